#pragma once

#include <boost/asio/awaitable.hpp>
#include <optional>
#include <string>
#include <variant>

#include "puente/access/caller.hpp"
#include "puente/clearance/clearance.hpp"
#include "puente/clearance/work_leg.hpp"
#include "puente/store/claims.hpp"

namespace puente::clearance {

/// What an officer wants to take at a port.
struct ClaimRequest {
    std::string port;
    std::optional<Uuid> inspection_id{};  ///< that one; nothing: the next in the queue
    std::string lane{};                   ///< the next of this lane; empty: of any
    std::string bay{};                    ///< the next of the lanes of this bay
};

using ClaimOutcome = std::variant<store::Claim, LegRefusal>;

/// Takes the next leg of the officer's agency at a port, or that of a named inspection: a lease with a fencing token. Two officers never hold one
/// leg, and none goes away empty while a leg waits. Errors: conflict (nothing to claim, somebody holds it, or there is no such bay), not_found
/// (inspection).
boost::asio::awaitable<ClaimOutcome> claim(ClaimRequest request, const access::Caller& officer, Clearance& clearance);

/// When a lease that was kept ends now, or why it was not kept.
using HeartbeatOutcome = std::variant<Instant, LegRefusal>;

/// A sign of life: the claim lasts for another lease from now. Errors: forbidden (another agency's leg), stale, not_found.
boost::asio::awaitable<HeartbeatOutcome> heartbeat(LegWork work, const access::Caller& officer, Clearance& clearance);

}  // namespace puente::clearance
