#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "puente/instant.hpp"
#include "puente/rules/assess.hpp"
#include "puente/rules/rule_set.hpp"

/// The rulebook of rules/, loaded once.
std::shared_ptr<const puente::rules::Rulebook> rulebook();

/// The text of tests/samples/<name>.json.
std::optional<std::string> sample(const std::string& name);

/// The text of rules/<name>; nothing when it is not there.
std::optional<std::string> rule_file(const std::string& name);

/// Names of tests/samples/ without ".json": those that end in `suffix` and hold no other dot.
std::vector<std::string> sample_names(const std::string& suffix);

/// The findings on a document, received three hours before it arrives, as "RULE-ID severity pointer: message".
std::vector<std::string> findings_on(const std::string& document);

/// A rulebook of one rule, the same in each set (SHARED-001, CBP-001, SAT-001), that goes over the shipments as `s`. `conditions` are its lines
/// `when` and `assert`, indented by four blanks. The one code of its one list, MX among the countries, is in force from `since` on, if given.
std::shared_ptr<const puente::rules::Rulebook> rulebook_with(const std::string& conditions, const std::string& since = "");
