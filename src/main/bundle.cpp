#include "main/bundle.hpp"

#include <fmt/format.h>
#include <google/protobuf/util/json_util.h>

#include <CLI/CLI.hpp>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <nlohmann/json.hpp>
#include <optional>

#include "main/commands.hpp"
#include "puente/clearance/rules_in_force.hpp"
#include "puente/manifest/facts.hpp"
#include "puente/rules/assess.hpp"
#include "puente/rules/bundle.hpp"
#include "puente/rules/examples.hpp"
#include "puente/v1/facts.pb.h"

namespace puente::main {

namespace {

using Json = nlohmann::ordered_json;
using Rulebook = std::shared_ptr<const rules::Rulebook>;

/// What the person asked for.
struct Wishes {
    std::string set;
    std::string rules = shipped_folder("rules");
    std::string samples = shipped_folder("tests/samples");
    std::string day;
    bool targeting = false;
    std::vector<std::string> verdicts;
    std::string vectors;
    bool examples = false;
};

/// A patched sample on which one rule must hold or not.
struct Vector {
    std::string rule;
    std::string sample;
    std::string patch;
    std::string received;  ///< RFC 3339; empty: three hours before the arrival stated
    bool passes;
};

int declared(CLI::App& app, Wishes& wishes, int argc, const char* const* argv);
int print_bundle(const rules::Rulebook& rulebook, const Wishes& wishes);
bool print_file(const std::string& file, const Rulebook& rulebook);
bool print_vectors(const Wishes& wishes, const Rulebook& rulebook);
bool print_examples(const Wishes& wishes, const Rulebook& rulebook);

constexpr int go_on = -1;

}  // namespace

int bundle(int argc, const char* const* argv) {
    CLI::App app{
        "Writes a rule set as one JSON document for CEL libraries (docs/bundle.md).\n"
        "With --verdicts, --vectors or --examples it writes the gateway's own verdicts instead, one JSON object a line.",
        "puente rules-bundle"};
    Wishes wishes;
    const int exit_code = declared(app, wishes, argc, argv);
    if (exit_code != go_on) return exit_code;
    const auto snapshot = clearance::load_rules(wishes.rules);
    if (!snapshot) {
        std::cerr << snapshot.error().detail() << "\n";
        return 2;
    }
    const Rulebook& rulebook = (*snapshot)->rulebook;
    if (!wishes.set.empty()) return print_bundle(*rulebook, wishes);
    bool good = true;
    for (const std::string& file : wishes.verdicts) good = print_file(file, rulebook) && good;
    if (!wishes.vectors.empty()) good = print_vectors(wishes, rulebook) && good;
    if (wishes.examples) good = print_examples(wishes, rulebook) && good;
    return good ? 0 : 1;
}

namespace {

int declared(CLI::App& app, Wishes& wishes, int argc, const char* const* argv) {
    CLI::Option* const set = app.add_option("set", wishes.set, "shared, cbp or sat")->check(CLI::IsMember({"shared", "cbp", "sat"}));
    app.add_option("--rules", wishes.rules, "folder of rules")->envname("PUENTE_RULES")->capture_default_str();
    app.add_option("--day", wishes.day, "only what is in force on this day of arrival, YYYY-MM-DD")->needs(set)->check([](const std::string& text) {
        return parse_date(text) ? std::string{} : std::string{"a day such as 2026-03-02"};
    });
    app.add_flag("--targeting", wishes.targeting, "also the rules whose findings a sender never sees")->needs(set);
    app.add_option("--verdicts", wishes.verdicts, "manifest files (JSON): what every rule says of each")->excludes(set);
    app.add_option("--vectors", wishes.vectors, "file of lines {rule, sample, patch, received, passes}: what each rule says of its patched sample")
        ->excludes(set);
    app.add_flag("--examples", wishes.examples, "the same for the examples inside the rules")->excludes(set);
    app.add_option("--samples", wishes.samples, "folder of the samples that vectors and examples name")->capture_default_str();
    int exit_code = 0;
    if (!parsed(app, argc, argv, exit_code)) return exit_code;
    if (!wishes.set.empty() || !wishes.verdicts.empty() || !wishes.vectors.empty() || wishes.examples) return go_on;
    std::cerr << app.help();
    return 2;
}

int print_bundle(const rules::Rulebook& rulebook, const Wishes& wishes) {
    rules::BundleWishes of_bundle{{}, wishes.targeting};
    if (const auto day = parse_date(wishes.day)) of_bundle.day = std::chrono::sys_days{*day};
    for (const rules::RuleSet& set : rulebook.sets) {
        if (to_text(set.name) == wishes.set) std::cout << rules::make_bundle(rulebook, set.name, of_bundle) << "\n";
    }
    return 0;
}

std::optional<std::string> contents_of(const std::filesystem::path& file) {
    std::ifstream in{file, std::ios::binary};
    if (!in) return std::nullopt;
    return std::string{std::istreambuf_iterator<char>{in}, {}};
}

bool complain(const std::string& where, const std::string& text) {
    std::cerr << where << ": " << text << "\n";
    return false;
}

void print_line(const Json& line) {
    std::cout << line.dump(-1, ' ', false, Json::error_handler_t::replace) << "\n";
}

/// By default a manifest is taken to arrive at the gateway three hours ahead of its load, so that verdicts do not depend on the clock.
v1::Facts facts_of(const manifest::Manifest& manifest, const std::string& received, const rules::Rulebook& rulebook) {
    Instant at = manifest.arrival().at - std::chrono::hours{3};
    if (const std::optional<LocalInstant> stated = parse_date_time(received)) at = stated->at;
    v1::Facts facts;
    manifest::derive_facts(manifest, at, *rulebook.lists, facts);
    return facts;
}

Json in_json(const v1::Facts& facts) {
    std::string text;
    google::protobuf::util::MessageToJsonString(facts, &text);
    return Json::parse(text);
}

Json in_json(const std::vector<rules::Finding>& findings) {
    Json made = Json::array();
    for (const rules::Finding& finding : findings) {
        const rules::Rule& rule = *finding.rule;
        made.push_back({
            {"pointer", finding.pointer                                                  },
            {"value",   finding.value                                                    },
            {"en",      rule.message.en.fill(finding) + " | " + rule.fix.en.fill(finding)},
            {"es",      rule.message.es.fill(finding) + " | " + rule.fix.es.fill(finding)}
        });
    }
    return made;
}

/// What every rule says of a manifest, those out of force on its day included and named.
bool print_file(const std::string& file, const Rulebook& rulebook) {
    const std::optional<std::string> bytes = contents_of(file);
    if (!bytes) return complain(file, "cannot be read");
    const manifest::Decoded decoded = manifest::decode_json(*bytes);
    if (!decoded.manifest) {
        print_line({
            {"file",         file},
            {"notTheFormat", true}
        });
        return true;
    }
    const v1::Facts facts = facts_of(*decoded.manifest, {}, *rulebook);
    Json line{
        {"file",       file          },
        {"facts",      in_json(facts)},
        {"outOfForce", Json::array() },
        {"verdicts",   Json::object()}
    };
    for (const rules::RuleSet& set : rulebook->sets) {
        for (const rules::Rule& rule : set.rules) {
            if (!rule.effective.holds(decoded.manifest->arrival_day())) line["outOfForce"].push_back(rule.id);
            line["verdicts"][rule.id] = in_json(rules::apply(rule, rulebook, *decoded.manifest, facts));
        }
    }
    print_line(line);
    return true;
}

/// What one rule says of its patched sample.
bool print_vector(const std::string& where, const Vector& vector, const Wishes& wishes, const Rulebook& rulebook) {
    const rules::Rule* const rule = rulebook->find(vector.rule);
    if (rule == nullptr) return complain(where, fmt::format("there is no rule '{}'", vector.rule));
    const std::optional<std::string> sample = contents_of(std::filesystem::path{wishes.samples} / (vector.sample + ".json"));
    if (!sample) return complain(where, fmt::format("there is no sample '{}'", vector.sample));
    const Result<rules::Posed> question = rules::posed(*sample, vector.patch);
    if (!question) return complain(where, question.error().detail());
    const manifest::Decoded decoded = manifest::decode_json(question->document);
    if (!decoded.manifest)
        return complain(where, fmt::format("the patched sample is not in the format: {} {}", decoded.faults[0].pointer, decoded.faults[0].en));
    v1::Facts facts = facts_of(*decoded.manifest, vector.received, *rulebook);
    if (const Result<void> added = rules::add_memory(question->memory, facts); !added) return complain(where, added.error().detail());
    print_line({
        {"vector",   where                                                                         },
        {"passes",   vector.passes                                                                 },
        {"manifest", Json::parse(question->document)                                                     },
        {"facts",    in_json(facts)                                                                },
        {"verdicts", {{rule->id, in_json(rules::apply(*rule, rulebook, *decoded.manifest, facts))}}}
    });
    return true;
}

bool print_vectors(const Wishes& wishes, const Rulebook& rulebook) {
    std::ifstream in{wishes.vectors, std::ios::binary};
    if (!in) return complain(wishes.vectors, "cannot be read");
    bool good = true;
    std::size_t number = 0;
    for (std::string text; std::getline(in, text);) {
        const std::string where = fmt::format("{}:{}", std::filesystem::path{wishes.vectors}.filename().string(), ++number);
        const Json line = Json::parse(text, nullptr, false);
        if (!line.is_object() || !line.contains("rule") || !line.contains("sample")) {
            good = complain(where, "a vector is an object with rule, sample, patch, received, passes");
            continue;
        }
        const Json patch = line.value("patch", Json{});
        const Vector vector{line["rule"].get<std::string>(), line["sample"].get<std::string>(),
                            patch.is_string() ? patch.get<std::string>() : patch.dump(), line.value("received", std::string{}),
                            line.value("passes", true)};
        good = print_vector(where, vector, wishes, rulebook) && good;
    }
    return good;
}

bool print_examples(const Wishes& wishes, const Rulebook& rulebook) {
    bool good = true;
    for (const rules::RuleSet& set : rulebook->sets) {
        for (const rules::Rule& rule : set.rules) {
            for (const rules::Example& example : rule.examples) {
                const std::string where = fmt::format("{}:{}", rule.file, example.line);
                good = print_vector(where, {rule.id, example.sample, example.patch, example.received, example.passes}, wishes, rulebook) && good;
            }
        }
    }
    return good;
}

}  // namespace

}  // namespace puente::main
