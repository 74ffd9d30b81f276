#pragma once

#include <nlohmann/json_fwd.hpp>

#include "puente/clearance/read_rules.hpp"

namespace puente::api {

/// Everything there is to know of a rule, in both languages, its texts as their author wrote them.
nlohmann::ordered_json rule_page(const rules::Rule& rule);

/// What happened to the rules of a set between two versions, as far as the reader may see: added, removed, changed with the fields that differ.
nlohmann::ordered_json rules_difference(const rules::RuleSet& from, const rules::RuleSet& to, const clearance::RuleReader& reader);

}  // namespace puente::api
