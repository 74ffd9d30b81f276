#pragma once

#include <memory>
#include <mutex>
#include <string>
#include <utility>

#include "puente/rules/rule_set.hpp"
#include "puente/selection/select.hpp"

namespace puente::clearance {

/// The rules and the selection policy that new requests are judged by: one immutable snapshot, swapped whole.
struct RulesSnapshot {
    std::shared_ptr<const rules::Rulebook> rulebook;
    selection::Policy policy;
    std::string versions;  ///< JSON object: set name -> version
};

class RulesInForce {
public:
    explicit RulesInForce(std::shared_ptr<const RulesSnapshot> first) : current_{std::move(first)} {}

    std::shared_ptr<const RulesSnapshot> current() const { return std::atomic_load(&current_); }
    void replace(std::shared_ptr<const RulesSnapshot> next) { std::atomic_store(&current_, std::move(next)); }

private:
    std::shared_ptr<const RulesSnapshot> current_;
};

/// Loads rules/ of a folder: rules, code lists and selection.yaml. The error lists every fault with file, line and column.
Result<std::shared_ptr<const RulesSnapshot>> load_rules(const std::string& folder);

}  // namespace puente::clearance
