#pragma once

#include <memory>
#include <string>
#include <vector>

#include "puente/rules/rule_set.hpp"

namespace puente::rules {

/// A sample manifest by the name that examples call it.
struct NamedSample {
    std::string name;
    std::string text;
};

/// One frozen answer of a rule: on this sample with this patch, received at this moment, it passes or it fails.
struct Vector {
    std::string sample;
    std::string patch;     ///< JSON text in the dialect of `patched` (examples.hpp); "null" for none
    std::string received;  ///< RFC 3339
    bool passes;           ///< false: at least one finding. Passes where the rule is not in force on the day of arrival
};

/// A mutant (mutants.hpp) that no vector can tell from the rule, with the reason: an entry of rules/equivalent-mutants.yaml.
struct EquivalentMutant {
    std::string rule;
    std::string mutant;
    std::string reason;
};

/// Reads `equivalents: [{rule, mutant, reason}]`. Errors: malformed, with line and column.
Result<std::vector<EquivalentMutant>> parse_equivalents(const std::string& text);

/// How many vectors are made.
struct VectorLimits {
    std::size_t wanted = 48;     ///< vectors of a rule, where so many can be found
    std::size_t most = 64;       ///< beyond `wanted` only those that tell the rule from a mutant
    std::size_t attempts = 500;  ///< documents tried for one rule
};

/// Makes vectors by changing samples around the places that a rule reads: its own examples first, then the samples it applies to; each field
/// missing, malformed, one step beside the rule's constants and the fields compared with it, codes in and out of force, list items removed and
/// repeated, days around its effective days. A document that is not in the format is dropped. Nothing is random: the same rulebook and
/// samples give the same vectors in the same order. Immutable; safe to use from any thread.
class VectorMaker {
public:
    VectorMaker(std::shared_ptr<const Rulebook> rulebook, std::vector<NamedSample> samples, std::vector<EquivalentMutant> equivalents = {},
                VectorLimits limits = {});
    ~VectorMaker();
    VectorMaker(const VectorMaker&) = delete;
    VectorMaker& operator=(const VectorMaker&) = delete;

    /// The vectors of one rule of the rulebook.
    std::vector<Vector> vectors(const Rule& rule) const;

    struct Inside;
    const Inside& inside() const { return *inside_; }

private:
    std::unique_ptr<const Inside> inside_;
};

}  // namespace puente::rules
