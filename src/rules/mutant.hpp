#pragma once

#include <optional>
#include <string>
#include <vector>

#include "rules/walk.hpp"

namespace puente::rules {

/// A rule changed in one place, ready to be run.
struct Mutant {
    std::string name;
    bool coarse = false;
    std::optional<cel::Program> when;       ///< instead of the rule's own
    std::optional<cel::Program> assertion;  ///< instead of the rule's own
    std::optional<Effective> effective;     ///< instead of the rule's own
    bool drops_when = false;                ///< `when` always holds

    Reading of(const Rule& rule) const;
};

/// Every mutant of a rule that compiles, in a fixed order, the coarse ones first.
std::vector<Mutant> mutants_of(const Rule& rule, const Rulebook& rulebook);

}  // namespace puente::rules
