#include "api/rule_page.hpp"

#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>

#include "puente/instant.hpp"

namespace puente::api {

namespace {

using Json = nlohmann::ordered_json;

Json in_both(const rules::Bilingual& text) {
    return Json{
        {"en", text.en},
        {"es", text.es}
    };
}

/// Holes are {value} or {expression}.
std::string as_written(const rules::Template& text, const rules::Rule& rule) {
    std::string written = text.texts[0];
    for (std::size_t i = 0; i < text.holes.size(); ++i) {
        const std::size_t hole = text.holes[i];
        written += "{" + (hole == 0 ? std::string{"value"} : rule.placeholders[hole - 1].text()) + "}" + text.texts[i + 1];
    }
    return written;
}

Json in_both(const rules::BilingualTemplate& text, const rules::Rule& rule) {
    return Json{
        {"en", as_written(text.en, rule)},
        {"es", as_written(text.es, rule)}
    };
}

std::string pointer_as_written(const rules::Rule& rule) {
    std::string written = rule.pointer[0];
    for (std::size_t i = 0; i < rule.pointer_loops.size(); ++i)
        written += "{" + rule.loops[rule.pointer_loops[i]].variable + "}" + rule.pointer[i + 1];
    return written;
}

Json days(const rules::Effective& effective) {
    Json made = Json::object();
    if (effective.from) made["from"] = day_text(*effective.from);
    if (effective.until) made["until"] = day_text(*effective.until);
    return made;
}

Json examples(const rules::Rule& rule, bool passes) {
    Json made = Json::array();
    for (const rules::Example& example : rule.examples) {
        if (example.passes != passes) continue;
        Json each{
            {"sample", example.sample}
        };
        if (example.patch != "null") each["patch"] = Json::parse(example.patch, nullptr, false);
        if (!example.received.empty()) each["received"] = example.received;
        made.push_back(std::move(each));
    }
    return made;
}

std::map<std::string, Json> pages(const rules::RuleSet& set, const clearance::RuleReader& reader) {
    std::map<std::string, Json> made;
    for (const rules::Rule& rule : set.rules) {
        if (clearance::may_see(reader, rule)) made.emplace(rule.id, rule_page(rule));
    }
    return made;
}

/// The fields that differ; where a rule stands in its file does not count.
Json changes(const Json& from, const Json& to) {
    Json fields = Json::array();
    const auto compare = [&](const std::string& name) {
        const Json before = from.value(name, Json{});
        const Json after = to.value(name, Json{});
        if (before != after)
            fields.push_back({
                {"field", name  },
                {"from",  before},
                {"to",    after }
            });
    };
    for (const auto& [name, value] : to.items()) {
        if (name != "line") compare(name);
    }
    for (const auto& [name, value] : from.items()) {
        if (!to.contains(name)) compare(name);
    }
    return fields;
}

Json named(const Json& page) {
    return Json{
        {"id",       page["id"]      },
        {"title",    page["title"]   },
        {"severity", page["severity"]}
    };
}

}  // namespace

nlohmann::ordered_json rule_page(const rules::Rule& rule) {
    Json page{
        {"id",       rule.id               },
        {"set",      to_text(rule.set)     },
        {"title",    in_both(rule.title)   },
        {"severity", to_text(rule.severity)}
    };
    if (rule.agency_only) page["agencyOnly"] = true;
    page["effective"] = days(rule.effective);
    page["each"] = Json::array();
    for (const rules::Loop& loop : rule.loops)
        page["each"].push_back({
            {"variable", loop.variable   },
            {"list",     loop.list.text()}
        });
    if (rule.when) page["when"] = rule.when->text();
    page["assert"] = rule.assertion.text();
    page["pointer"] = pointer_as_written(rule);
    if (rule.value) page["value"] = rule.value->text();
    page["message"] = in_both(rule.message, rule);
    page["fix"] = in_both(rule.fix, rule);
    page["citation"] = rule.citation;
    page["confidence"] = rule.confidence;
    page["examples"] = {
        {"pass", examples(rule, true) },
        {"fail", examples(rule, false)}
    };
    page["file"] = rule.file;
    page["line"] = rule.line;
    return page;
}

nlohmann::ordered_json rules_difference(const rules::RuleSet& from, const rules::RuleSet& to, const clearance::RuleReader& reader) {
    const std::map<std::string, Json> before = pages(from, reader);
    const std::map<std::string, Json> after = pages(to, reader);
    Json difference{
        {"set",     to_text(to.name)},
        {"from",    from.version    },
        {"to",      to.version      },
        {"added",   Json::array()   },
        {"removed", Json::array()   },
        {"changed", Json::array()   }
    };
    for (const auto& [id, page] : after) {
        const auto known = before.find(id);
        if (known == before.end()) {
            difference["added"].push_back(named(page));
            continue;
        }
        Json fields = changes(known->second, page);
        if (!fields.empty())
            difference["changed"].push_back({
                {"id",     id               },
                {"title",  page["title"]    },
                {"fields", std::move(fields)}
            });
    }
    for (const auto& [id, page] : before) {
        if (!after.contains(id)) difference["removed"].push_back(named(page));
    }
    return difference;
}

}  // namespace puente::api
