#pragma once

#include <boost/asio/awaitable.hpp>
#include <cstdint>
#include <optional>
#include <string>

#include "puente/access/caller.hpp"
#include "puente/clearance/clearance.hpp"
#include "puente/store/inspections.hpp"

namespace puente::clearance {

/// Takes the next leg of the officer's agency at a port, or that of a named inspection: a lease with a fencing token. Two officers never hold one leg.
/// Errors: conflict (nothing to claim, or somebody holds it), not_found.
boost::asio::awaitable<Result<store::Claim>> claim(std::string port, std::optional<Uuid> inspection_id, const access::Caller& officer, Clearance& clearance);

/// An officer's move on the leg of the officer's own agency, under the fencing token of the claim. Errors: forbidden (another agency's leg), stale (another
/// holds it now), conflict (its state does not allow the move), not_found.
struct LegWork {
    Uuid inspection_id;
    identifiers::Agency agency;
    std::int64_t fence;
};
boost::asio::awaitable<Result<store::LegMove>> start(LegWork work, const access::Caller& officer, Clearance& clearance);
boost::asio::awaitable<Result<store::LegMove>> decide(LegWork work, store::DecisionText decision, const access::Caller& officer, Clearance& clearance);
boost::asio::awaitable<Result<store::LegMove>> release_claim(LegWork work, const access::Caller& officer, Clearance& clearance);

}  // namespace puente::clearance
