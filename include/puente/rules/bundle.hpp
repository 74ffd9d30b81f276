#pragma once

#include <chrono>
#include <optional>
#include <string>

#include "puente/rules/rule_set.hpp"

namespace puente::rules {

/// What goes into a bundle.
struct BundleWishes {
    std::optional<std::chrono::sys_days> day;  ///< only what is in force on this day of arrival; absent: everything, with its effective days
    bool targeting = false;                    ///< also the rules whose findings are never shown to a sender; for the agency itself
};

/// One rule set as one JSON document that any CEL library can evaluate: rules, the code lists they read, the functions they call, the facts
/// they look at, the message types (descriptors) and the JSON Schema. docs/bundle.md tells how it is used. The same rulebook and wishes give
/// the same bytes.
std::string make_bundle(const Rulebook& rulebook, RuleSetName set, const BundleWishes& wishes = {});

}  // namespace puente::rules
