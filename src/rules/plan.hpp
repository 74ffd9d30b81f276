#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "puente/rules/rule_set.hpp"

namespace puente::rules {

/// In which order rules are applied to a manifest, so that little is worked out twice: rules whose `each` begins alike walk together, and a
/// condition that several of them set ("the trip goes south", "the shipment has a Carta Porte") is looked at once at each place it speaks of.
struct Plan {
    /// Gates, by their numbers: parts of `when` between two &&, and what must be true for `assert` to fail, that several rules share or that
    /// speak of an outer place only. When one is false the rule has nothing against the manifest there.
    using Gates = std::vector<std::uint32_t>;
    /// Gates of a step, as a part of Plan::step_gates: side by side with those of its neighbours.
    struct GatesOfStep {
        std::uint32_t first = 0;
        std::uint32_t end = 0;
    };
    /// A rule at the places of its walk. Copies of its programs stand here, so that walking the steps touches no rule.
    struct Step {
        cel::Program rest;  ///< what else `when` says; none when that is nothing
        cel::Program assertion;
        GatesOfStep here;       ///< of the place itself
        std::uint32_t ordinal;  ///< place among all rules: findings come out in this order
        const Rule* rule;
        void prefetch() const { (rest ? rest : assertion).prefetch(); }
    };
    /// Steps that are in force and shut out together.
    struct Group {
        Effective effective;
        Gates whole;  ///< of the whole manifest: when one is false the rules apply nowhere
        Gates outer;  ///< of a place around: when one is false the rules apply to nothing within
        std::vector<Step> steps{};
    };
    /// All places of some loops.
    struct Walk {
        std::uint32_t number;          ///< counted over the plan
        const Loop* loop;              ///< the innermost one, within a place of the walk around this; null for the whole manifest
        std::vector<Group> groups{};   ///< the rules that look at each of the places
        std::vector<Walk> within{};    ///< walks that begin at each of the places
        std::uint32_t first_gate = 0;  ///< the gates that speak of its places; they are numbered side by side
        std::uint32_t end_gate = 0;
    };
    std::vector<cel::Program> gates;
    std::vector<std::uint32_t> step_gates;
    std::uint32_t walks = 1;
    Walk whole{0, nullptr};
};

/// Makes the plan of a rulebook, whose rules it points to.
std::shared_ptr<const Plan> make_plan(const Rulebook& rulebook);

}  // namespace puente::rules
