#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "puente/instant.hpp"
#include "puente/result.hpp"
#include "puente/rules/finding.hpp"
#include "puente/store/pool.hpp"

namespace puente::store {

/// A file of a published rule set. One that holds a rule of an agency's private matter is seen by that agency only.
struct RuleFile {
    std::string name;  ///< "cbp/entry.yaml"
    std::string text;
    bool agency_only = false;
};

/// An agency's key to a version.
struct RuleSetApproval {
    std::string agency;
    Instant at;
};

/// A published version of a rule set.
struct RuleSetVersion {
    rules::RuleSetName set;
    std::string version;  ///< content hash: rules::RuleSet::version
    Instant published_at;
    std::vector<RuleSetApproval> approvals;
    std::vector<std::string> missing;  ///< agencies whose approval an activation still needs
};

/// From when a version is in force. Activations are the history of a set: none is ever changed.
struct RuleSetActivation {
    std::int64_t activation_id = 0;
    rules::RuleSetName set;
    std::string version;
    Instant effective_from;
    std::string agency;  ///< that entered it
    Instant at;
};

/// What is in force now by the database's clock, and what comes next, of each set that has any.
struct RuleSetOutlook {
    std::array<std::optional<RuleSetActivation>, rules::rule_set_count> in_force;
    std::array<std::optional<RuleSetActivation>, rules::rule_set_count> next;
    Instant now;  ///< of the database
};

/// Puts a version on record with the approval of the transaction's agency; one that is there already gains the approval. True: it was not there
/// before. Errors: forbidden (not that agency's set).
Result<bool> publish_rule_set(Transaction& tx, rules::RuleSetName set, const std::string& version, const std::vector<RuleFile>& files,
                              const std::string& client_id);

/// Newest first.
Result<std::vector<RuleSetVersion>> list_rule_set_versions(Transaction& tx, rules::RuleSetName set);
/// Errors: not_found.
Result<RuleSetVersion> find_rule_set_version(Transaction& tx, rules::RuleSetName set, const std::string& version);
/// The files that the role of the transaction may see, by name. Errors: not_found.
Result<std::vector<RuleFile>> find_rule_files(Transaction& tx, rules::RuleSetName set, const std::string& version);

/// Enters an activation, from now on where `from` is absent or past, and tells every gateway. Errors: not_found; conflict (an approval is missing);
/// forbidden (not that agency's set).
Result<RuleSetActivation> activate_rule_set(Transaction& tx, rules::RuleSetName set, const std::string& version, std::optional<Instant> from,
                                            const std::string& client_id);
/// Latest first.
Result<std::vector<RuleSetActivation>> list_activations(Transaction& tx, rules::RuleSetName set);

Result<RuleSetOutlook> find_rule_set_outlook(Transaction& tx);
/// What is, was or will be in force at a moment, of each set that has any.
Result<std::array<std::optional<RuleSetActivation>, rules::rule_set_count>> find_rule_sets_at(Transaction& tx, Instant moment);

}  // namespace puente::store
