#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "puente/rules/rule_set.hpp"

namespace puente::rules {

/// In which order rules are applied to a manifest, so that little is worked out twice: rules whose `each` begins alike walk together, and a
/// condition that several of them set ("the trip goes south", "the shipment has a Carta Porte") is looked at once at each place it speaks of.
struct Plan {
    /// Gates, by their numbers: parts of `when` between two && that several rules share or that speak of an outer place only.
    using Gates = std::vector<std::uint32_t>;
    /// A rule at the places of its walk.
    struct Step {
        const Rule* rule;
        std::uint32_t ordinal;     ///< place among all rules: findings come out in this order
        Gates whole;               ///< of the whole manifest: when one is false the rule applies nowhere
        Gates outer;               ///< of a place around: when one is false the rule applies to nothing within
        Gates here;                ///< of the place itself
        const cel::Program* rest;  ///< what else `when` says; null when that is nothing
    };
    /// All places of some loops.
    struct Walk {
        std::uint32_t number;          ///< counted over the plan
        const Loop* loop;              ///< the innermost one, within a place of the walk around this; null for the whole manifest
        std::vector<Step> steps{};     ///< the rules that look at each of the places
        std::vector<Walk> within{};    ///< walks that begin at each of the places
        std::uint32_t first_gate = 0;  ///< the gates that speak of its places; they are numbered side by side
        std::uint32_t end_gate = 0;
    };
    std::vector<cel::Program> gates;
    std::vector<std::unique_ptr<cel::Program>> rests;
    std::uint32_t walks = 1;
    Walk whole{0, nullptr};
};

/// Makes the plan of a rulebook, whose rules it points to.
std::shared_ptr<const Plan> make_plan(const Rulebook& rulebook);

}  // namespace puente::rules
