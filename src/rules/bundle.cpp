#include "puente/rules/bundle.hpp"

#include <google/protobuf/descriptor.pb.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>
#include <string_view>
#include <vector>

#include "puente/crypto/base64url.hpp"
#include "puente/instant.hpp"
#include "puente/manifest/manifest.hpp"
#include "puente/v1/facts.pb.h"
#include "puente/v1/manifest.pb.h"
#include "rules/meanings.hpp"

namespace puente::rules {

namespace {

using Json = nlohmann::ordered_json;
namespace pb = google::protobuf;

Json described(const Rule& rule);
Json described(const codes::CodeList& list, const BundleWishes& wishes);
Json functions();
Json facts();
std::string descriptors();
bool reads(const Rule& rule, const std::string& list);

/// The lists that the facts are worked out from, whatever the rules say.
const std::set<std::string_view> lists_of_facts{"essentialGoods", "foodHeadings", "perishables"};

}  // namespace

std::string make_bundle(const Rulebook& rulebook, RuleSetName name, const BundleWishes& wishes) {
    const RuleSet& set = rulebook.set(name);
    std::vector<const Rule*> chosen;
    for (const Rule& rule : set.rules) {
        if (rule.agency_only && !wishes.targeting) continue;
        if (!wishes.day || rule.effective.holds(*wishes.day)) chosen.push_back(&rule);
    }
    Json bundle = Json::object();
    bundle["set"] = to_text(name);
    bundle["version"] = set.version;
    bundle["listsVersion"] = rulebook.set(RuleSetName::shared).version;  // code lists count among the files of `shared`
    if (wishes.day) bundle["madeFor"] = day_text(*wishes.day);
    bundle["rules"] = Json::array();
    for (const Rule* rule : chosen) bundle["rules"].push_back(described(*rule));
    bundle["lists"] = Json::object();
    for (const codes::CodeList& list : *rulebook.lists) {
        const bool wanted = lists_of_facts.contains(list.name()) ||
                            std::any_of(chosen.begin(), chosen.end(), [&](const Rule* rule) { return reads(*rule, list.name()); });
        if (wanted) bundle["lists"][list.name()] = described(list, wishes);
    }
    bundle["functions"] = functions();
    bundle["facts"] = facts();
    bundle["descriptors"] = descriptors();
    bundle["schema"] = Json::parse(manifest::json_schema());
    return bundle.dump();
}

namespace {

Json in_both(const Bilingual& text) {
    return {
        {"en", text.en},
        {"es", text.es}
    };
}

/// The text as its author wrote it: holes are {value} or {expression}.
std::string as_written(const Template& text, const Rule& rule) {
    std::string written = text.texts[0];
    for (std::size_t i = 0; i < text.holes.size(); ++i) {
        const std::size_t hole = text.holes[i];
        written += "{" + (hole == 0 ? std::string{"value"} : rule.placeholders[hole - 1].text()) + "}" + text.texts[i + 1];
    }
    return written;
}

Json in_both(const BilingualTemplate& text, const Rule& rule) {
    return {
        {"en", as_written(text.en, rule)},
        {"es", as_written(text.es, rule)}
    };
}

std::string pointer_as_written(const Rule& rule) {
    std::string written = rule.pointer[0];
    for (std::size_t i = 0; i < rule.pointer_loops.size(); ++i)
        written += "{" + rule.loops[rule.pointer_loops[i]].variable + "}" + rule.pointer[i + 1];
    return written;
}

Json described(const Rule& rule) {
    Json made{
        {"id",    rule.id            },
        {"title", in_both(rule.title)},
        {"each",  Json::array()      }
    };
    for (const Loop& loop : rule.loops)
        made["each"].push_back({
            {"variable", loop.variable   },
            {"list",     loop.list.text()}
        });
    if (rule.when) made["when"] = rule.when->text();
    made["assert"] = rule.assertion.text();
    made["severity"] = to_text(rule.severity);
    if (rule.agency_only) made["agencyOnly"] = true;
    made["pointer"] = pointer_as_written(rule);
    if (rule.value) made["value"] = rule.value->text();
    made["message"] = in_both(rule.message, rule);
    made["fix"] = in_both(rule.fix, rule);
    made["placeholders"] = Json::array();
    for (const cel::Program& placeholder : rule.placeholders) made["placeholders"].push_back(placeholder.text());
    made["citation"] = rule.citation;
    made["confidence"] = rule.confidence;
    made["effective"] = Json::object();
    if (rule.effective.from) made["effective"]["from"] = day_text(*rule.effective.from);
    if (rule.effective.until) made["effective"]["until"] = day_text(*rule.effective.until);
    return made;
}

Json described(const codes::CodeList& list, const BundleWishes& wishes) {
    Json rows = Json::array();
    for (const codes::Entry& entry : list) {
        if (wishes.day && !entry.in_force(*wishes.day)) continue;
        Json row = Json::object();
        for (std::size_t i = 0; i < list.columns().size(); ++i) row[std::string{list.columns()[i]}] = entry.column(i);
        rows.push_back(std::move(row));
    }
    return {
        {"source", list.source()  },
        {"rows",   std::move(rows)}
    };
}

Json functions() {
    Json made = Json::array();
    for (const FunctionMeaning& each : function_meanings) {
        made.push_back({
            {"name",      each.name                   },
            {"arguments", Json::array({each.argument})},
            {"result",    each.result                 },
            {"meaning",   each.meaning                }
        });
    }
    return made;
}

std::string type_of(const pb::FieldDescriptor& field) {
    switch (field.cpp_type()) {
        case pb::FieldDescriptor::CPPTYPE_BOOL:
            return "bool";
        case pb::FieldDescriptor::CPPTYPE_INT64:
            return "int";
        case pb::FieldDescriptor::CPPTYPE_MESSAGE:
            if (field.message_type()->full_name() == "google.protobuf.Timestamp") return "timestamp";
            return field.is_repeated() ? "list(" + field.message_type()->full_name() + ")" : field.message_type()->full_name();
        default:
            return field.is_repeated() ? "list(string)" : "string";
    }
}

Json facts() {
    Json made = Json::array();
    const pb::Descriptor& type = *v1::Facts::descriptor();
    for (int i = 0; i < type.field_count(); ++i) {
        const std::string& name = type.field(i)->json_name();
        const auto known = std::find_if(fact_meanings.begin(), fact_meanings.end(), [&](const FactMeaning& each) { return name == each.field; });
        made.push_back({
            {"field",   name                                              },
            {"type",    type_of(*type.field(i))                           },
            {"meaning", known == fact_meanings.end() ? "" : known->meaning}
        });
    }
    return made;
}

/// The rules name fields as JSON does, so the descriptors handed out do, too. The format's own options and the names of oneofs go.
void use_json_names(pb::DescriptorProto& type) {
    for (pb::FieldDescriptorProto& field : *type.mutable_field()) {
        field.set_name(field.json_name());
        field.clear_options();
    }
    for (pb::DescriptorProto& inner : *type.mutable_nested_type()) use_json_names(inner);
}

void add_file(const pb::FileDescriptor& file, std::set<std::string>& seen, pb::FileDescriptorSet& files) {
    constexpr std::string_view options_file = "puente/v1/format.proto";
    if (file.name() == options_file || !seen.insert(file.name()).second) return;
    for (int i = 0; i < file.dependency_count(); ++i) add_file(*file.dependency(i), seen, files);
    pb::FileDescriptorProto& copy = *files.add_file();
    file.CopyTo(&copy);
    if (file.package() == "google.protobuf") return;
    file.CopyJsonNameTo(&copy);
    for (pb::DescriptorProto& type : *copy.mutable_message_type()) use_json_names(type);
    copy.clear_dependency();
    for (int i = 0; i < file.dependency_count(); ++i) {
        if (file.dependency(i)->name() != options_file) copy.add_dependency(file.dependency(i)->name());
    }
}

/// A google.protobuf.FileDescriptorSet of puente.v1.Manifest and puente.v1.Facts, base64url.
std::string descriptors() {
    std::set<std::string> seen;
    pb::FileDescriptorSet files;
    add_file(*v1::Manifest::descriptor()->file(), seen, files);
    add_file(*v1::Facts::descriptor()->file(), seen, files);
    return crypto::base64url(files.SerializeAsString());
}

bool names_list(std::string_view expression, std::string_view name) {
    for (std::size_t at = expression.find(name); at != std::string_view::npos; at = expression.find(name, at + 1)) {
        const std::size_t end = at + name.size();
        const bool whole = end == expression.size() || (std::isalnum(static_cast<unsigned char>(expression[end])) == 0 && expression[end] != '_');
        if (whole) return true;
    }
    return false;
}

bool reads(const Rule& rule, const std::string& list) {
    const std::string name = "list." + list;
    const auto names = [&](const cel::Program& program) { return names_list(program.text(), name); };
    return names(rule.assertion) || (rule.when && names(*rule.when)) || (rule.value && names(*rule.value)) ||
           std::any_of(rule.placeholders.begin(), rule.placeholders.end(), names) ||
           std::any_of(rule.loops.begin(), rule.loops.end(), [&](const Loop& loop) { return names(loop.list); });
}

}  // namespace

}  // namespace puente::rules
