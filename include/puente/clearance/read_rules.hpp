#pragma once

#include <boost/asio/awaitable.hpp>
#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "puente/access/caller.hpp"
#include "puente/clearance/clearance.hpp"
#include "puente/store/rule_sets.hpp"

namespace puente::clearance {

/// Who reads rules: nobody in particular, or an agency, which also sees its own private matter.
using RuleReader = std::optional<identifiers::Agency>;

/// Whether this reader may see what is targeting in a set: it is for the eyes of the set's agency only.
bool may_see_targeting(const RuleReader& reader, rules::RuleSetName set);
/// Whether this reader may see a rule.
bool may_see(const RuleReader& reader, const rules::Rule& rule);

/// Published versions of a set, newest first, and its activations, latest first.
struct RuleSetHistory {
    std::vector<store::RuleSetVersion> versions;
    std::vector<store::RuleSetActivation> activations;
};
boost::asio::awaitable<Result<RuleSetHistory>> read_rule_set_history(rules::RuleSetName set, Clearance& clearance);

/// A version of a set as its reader may see it: files with private matter are left out. `name` is a version, "in-force" or "shipped".
struct RuleSetText {
    std::string version;
    std::optional<store::RuleSetVersion> record;  ///< nothing: it comes with the rules folder
    std::vector<store::RuleFile> files;
};
boost::asio::awaitable<Result<RuleSetText>> read_rule_set(rules::RuleSetName set, std::string name, RuleReader reader, Clearance& clearance);

/// The rules with one set in this version, the others as they are in force. Errors: not_found; conflict (they do not load together); overloaded.
boost::asio::awaitable<Result<std::shared_ptr<const RulesSnapshot>>> rules_with(rules::RuleSetName set, std::string name, Clearance& clearance);

/// The rules as they stand on a day: of each set the version activated latest up to the end of that day (UTC), or the one in force where there is
/// none. Errors: conflict (they do not load together); overloaded.
boost::asio::awaitable<Result<std::shared_ptr<const RulesSnapshot>>> rules_on(std::chrono::sys_days day, Clearance& clearance);

}  // namespace puente::clearance
