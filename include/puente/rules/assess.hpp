#pragma once

#include <chrono>
#include <memory>
#include <vector>

#include "puente/instant.hpp"
#include "puente/manifest/manifest.hpp"
#include "puente/rules/rule_set.hpp"

namespace puente::v1 {
class Facts;
}

namespace puente::rules {

/// What the rules say of one manifest: every finding, in the order of sets, rules and places. Deterministic.
class Assessment {
public:
    Assessment(std::shared_ptr<const Rulebook> rulebook, std::vector<Finding> findings);

    const Rulebook& rulebook() const { return *rulebook_; }
    const std::shared_ptr<const Rulebook>& rulebook_pointer() const { return rulebook_; }
    const std::vector<Finding>& findings() const { return findings_; }
    /// Some finding keeps the manifest from being put on file.
    bool rejects() const;

private:
    std::shared_ptr<const Rulebook> rulebook_;
    std::vector<Finding> findings_;
};

/// Applies every rule in force on the manifest's day of arrival. Pure; thread-safe.
Assessment assess(const manifest::Manifest& manifest, const v1::Facts& facts, std::shared_ptr<const Rulebook> rulebook);

/// The same under the rules of another day.
Assessment assess_as_of(const manifest::Manifest& manifest, const v1::Facts& facts, std::shared_ptr<const Rulebook> rulebook, std::chrono::sys_days day);

/// What one rule says of one manifest, whatever its effective dates.
std::vector<Finding> apply(const Rule& rule, const std::shared_ptr<const Rulebook>& rulebook, const manifest::Manifest& manifest, const v1::Facts& facts);

/// Whether a condition over `manifest`, `facts` and the lists holds (compile_condition).
bool holds(const cel::Program& condition, const std::shared_ptr<const Rulebook>& rulebook, const manifest::Manifest& manifest, const v1::Facts& facts);

}  // namespace puente::rules
