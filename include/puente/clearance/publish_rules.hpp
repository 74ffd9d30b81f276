#pragma once

#include <boost/asio/awaitable.hpp>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "puente/access/caller.hpp"
#include "puente/clearance/clearance.hpp"
#include "puente/store/rule_sets.hpp"

namespace puente::clearance {

/// What a published rule set may hold at most.
inline constexpr std::size_t rule_files_max = 256;
inline constexpr std::size_t rule_file_bytes_max = 2 * 1024 * 1024;
inline constexpr std::size_t rule_set_bytes_max = 8 * 1024 * 1024;

/// Why a version is not taken: every place at fault.
struct RulesRefused {
    std::vector<rules::LoadFault> faults;
};

/// A version on record with the approvals it has. `fresh`: it was not there before.
struct RulesPublished {
    store::RuleSetVersion version;
    bool fresh;
};

/// A version that is to come into force.
struct RulesActivated {
    store::RuleSetActivation activation;
};

/// Publishes a whole rule set under the author's agency: it has to load beside the other sets in force, and its own examples have to behave. The
/// shared set gains an approval each time an agency publishes it. Errors: forbidden (another agency's set), overloaded.
boost::asio::awaitable<Result<std::variant<RulesPublished, RulesRefused>>> publish_rules(rules::RuleSetName set, std::vector<rules::SourceFile> files,
                                                                                         const access::Caller& author, Clearance& clearance);

/// Puts a published version in force from a moment on, at once without one. It has to load beside the other sets in force. Errors: not_found;
/// conflict (an approval is missing); malformed (the moment is past); forbidden; overloaded.
boost::asio::awaitable<Result<std::variant<RulesActivated, RulesRefused>>> activate_rules(rules::RuleSetName set, std::string version,
                                                                                          std::optional<Instant> from, const access::Caller& author,
                                                                                          Clearance& clearance);

}  // namespace puente::clearance
