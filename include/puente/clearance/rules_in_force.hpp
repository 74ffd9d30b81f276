#pragma once

#include <array>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "puente/inspection/turn.hpp"
#include "puente/rules/rule_set.hpp"
#include "puente/selection/select.hpp"
#include "puente/store/rule_sets.hpp"

namespace puente::clearance {

/// The texts that rules are made from.
struct RuleSources {
    std::array<std::vector<rules::SourceFile>, rules::rule_set_count> sets;  ///< by name; the code lists are among the files of `shared`
    std::string selection;                                                   ///< selection.yaml
    std::string queue;                                                       ///< queue.yaml; empty: what is built in

    std::vector<rules::SourceFile>& files(rules::RuleSetName set) { return sets[static_cast<std::size_t>(set)]; }
    const std::vector<rules::SourceFile>& files(rules::RuleSetName set) const { return sets[static_cast<std::size_t>(set)]; }
};

/// By which activation each set is in force; nothing: it comes with the rules folder.
using ActivationOfSet = std::array<std::optional<store::RuleSetActivation>, rules::rule_set_count>;

/// The rules and the selection policy that new requests are judged by: one immutable snapshot, swapped whole.
struct RulesSnapshot {
    std::shared_ptr<const rules::Rulebook> rulebook;
    selection::Policy policy;
    inspection::HeadStarts head_starts;  ///< queue.yaml
    std::string versions;  ///< JSON object: set name -> version
    RuleSources sources;
    ActivationOfSet activations;
};

class RulesInForce {
public:
    explicit RulesInForce(std::shared_ptr<const RulesSnapshot> first) : current_{std::move(first)} {}

    std::shared_ptr<const RulesSnapshot> current() const { return std::atomic_load(&current_); }
    void replace(std::shared_ptr<const RulesSnapshot> next) { std::atomic_store(&current_, std::move(next)); }

private:
    std::shared_ptr<const RulesSnapshot> current_;
};

/// A snapshot, or every fault of its texts.
struct MadeRules {
    std::shared_ptr<const RulesSnapshot> snapshot;  ///< null when there are faults
    std::vector<rules::LoadFault> faults;
};

/// Parses, checks and binds rules, code lists and selection policy: up to a second of work. Never throws.
MadeRules make_rules(RuleSources sources, ActivationOfSet activations = {});

/// One line for each fault, with file, line and column.
std::string described(const std::vector<rules::LoadFault>& faults);

/// Reads rules/ of a folder: rules, code lists and selection.yaml. Errors: not_found.
Result<RuleSources> read_rules(const std::string& folder);

/// Reads and makes the rules of a folder. The error lists every fault.
Result<std::shared_ptr<const RulesSnapshot>> load_rules(const std::string& folder);

}  // namespace puente::clearance
