#pragma once

#include <string>
#include <vector>

#include "puente/rules/vectors.hpp"

namespace puente::rules {

/// What became of a rule that was changed in one place.
enum class Fate : std::uint8_t {
    killed,      ///< a vector gets another answer from it
    survived,    ///< no vector does: the vectors, or the rule, are too weak
    equivalent,  ///< it survives, and rules/equivalent-mutants.yaml says why it must
};

/// One changed rule: the assertion negated, an operand dropped, a comparison or constant shifted, an effective day moved ...
struct MutantFate {
    std::string mutant;  ///< what was changed and where: "assert 12: drop `has(s.us)`"; the number is the column
    bool coarse;         ///< negate assert, assert always or never holds, `when` always or never holds
    Fate fate;
    std::string reason;  ///< of an equivalent one
};

/// What the vectors of a rule are worth.
struct MutationReport {
    std::vector<Vector> vectors;
    std::vector<MutantFate> mutants;
    std::vector<std::string> stale;  ///< entries of equivalent-mutants.yaml that name no mutant of this rule, or one that is killed

    std::size_t count(Fate fate) const;
    /// Vectors on which the rule passes.
    std::size_t passing() const;
};

/// Makes the vectors of a rule and tries every mutant of it on all of them.
MutationReport check_mutants(const Rule& rule, const VectorMaker& maker);

}  // namespace puente::rules
