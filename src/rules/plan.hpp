#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "puente/rules/rule_set.hpp"

namespace puente::rules {

/// In which order rules are applied to a manifest, so that nothing is worked out twice: conditions that do not depend on a place ("the trip goes
/// south") are looked at once for all rules that begin with them, and rules with the same `each` walk together.
struct Plan {
    struct Step {
        const Rule* rule;
        std::uint32_t ordinal;             ///< place among all rules: findings come out in this order
        std::vector<std::uint32_t> gates;  ///< the rule applies nowhere when one of these is false
        bool gates_are_all;                ///< `when` says nothing but its gates
    };
    struct Group {
        const std::vector<Loop>* loops;
        std::vector<Step> steps;
    };
    std::vector<cel::Program> gates;
    std::vector<Group> groups;
};

/// Makes the plan of a rulebook, whose rules it points to.
std::shared_ptr<const Plan> make_plan(const Rulebook& rulebook);

}  // namespace puente::rules
