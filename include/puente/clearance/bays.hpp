#pragma once

#include <boost/asio/awaitable.hpp>
#include <optional>
#include <string>
#include <vector>

#include "puente/access/caller.hpp"
#include "puente/clearance/clearance.hpp"
#include "puente/store/bays.hpp"

namespace puente::clearance {

/// The bays of a port with every agency's hours. Errors: not_found (no such port).
boost::asio::awaitable<Result<std::vector<store::BayRecord>>> list_bays(std::string port, const access::Caller& officer, Clearance& clearance);

/// Makes a bay or changes it, and says when the officer's agency works there; time_zone and the other agencies' hours of `bay` are not looked at.
/// Errors: not_found (no such port), malformed (hours that overlap).
boost::asio::awaitable<Result<store::BayRecord>> furnish_bay(store::BayRecord bay, std::vector<inspection::OpenHours> hours,
                                                             const access::Caller& officer, Clearance& clearance);

/// A load that needs a slot.
struct SlotRequest {
    std::string port;
    Uuid inspection_id;
    std::string bay{};                    ///< empty: whichever has the first slot
    std::optional<Instant> not_before{};  ///< nothing: now
};
/// Books the first slot in hours that all agencies whose leg is open have in common, at a bay for the load's lane; an earlier booking of the load is
/// given up. Errors: not_found (inspection); conflict (no such bay, nothing left to look at, or no common hours with room in the next two weeks).
boost::asio::awaitable<Result<store::SlotRecord>> schedule(SlotRequest request, const access::Caller& officer, Clearance& clearance);

}  // namespace puente::clearance
