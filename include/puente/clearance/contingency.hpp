#pragma once

#include <boost/asio/awaitable.hpp>
#include <chrono>
#include <string>
#include <vector>

#include "puente/access/caller.hpp"
#include "puente/clearance/clearance.hpp"
#include "puente/store/contingency.hpp"

namespace puente::clearance {

/// What one agency proposes to the other.
struct ContingencyProposal {
    std::string port;
    std::vector<std::string> classes;  ///< of the code list essentialGoods
    std::string reason;
    std::chrono::minutes lasts;  ///< from now; it ends by itself after that
};

/// Those that concern a port, newest first. Errors: not_found (no such port).
boost::asio::awaitable<Result<std::vector<store::ContingencyRecord>>> list_contingencies(std::string port, const access::Caller& officer,
                                                                                         Clearance& clearance);

/// The first of two keys: nothing changes yet. Errors: not_found (port), malformed (a class that is none), conflict (one is declared already),
/// forbidden (not an officer of a customs agency).
boost::asio::awaitable<Result<store::ContingencyRecord>> declare_contingency(ContingencyProposal proposal, const access::Caller& officer,
                                                                             Clearance& clearance);

/// The second key, of the other country's agency: from now on essential goods go first. Errors: not_found, conflict, forbidden.
boost::asio::awaitable<Result<store::ContingencyRecord>> confirm_contingency(std::string port, Uuid id, const access::Caller& officer,
                                                                             Clearance& clearance);

/// Either agency ends it alone: a benefit that both have to agree to lasts only as long as both do. Errors: not_found, conflict, forbidden.
boost::asio::awaitable<Result<store::ContingencyRecord>> end_contingency(std::string port, Uuid id, const access::Caller& officer,
                                                                         Clearance& clearance);

}  // namespace puente::clearance
