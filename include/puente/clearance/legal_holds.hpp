#pragma once

#include <boost/asio/awaitable.hpp>
#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "puente/access/caller.hpp"
#include "puente/clearance/clearance.hpp"
#include "puente/store/legal_holds.hpp"

namespace puente::clearance {

// While a manifest is under a legal hold of any agency, retention removes nothing of it. Each agency places, finds and lifts its own.

/// Errors: not_found; malformed (no reason, or too long a one).
boost::asio::awaitable<Result<store::LegalHold>> place_legal_hold(Uuid manifest_id, std::string reason, const access::Caller& officer,
                                                                  Clearance& clearance);
/// Errors: not_found; malformed; conflict (lifted already).
boost::asio::awaitable<Result<store::LegalHold>> lift_legal_hold(Uuid manifest_id, Uuid hold_id, std::string reason, const access::Caller& officer,
                                                                 Clearance& clearance);

/// Errors: not_found.
boost::asio::awaitable<Result<store::LegalHold>> read_legal_hold(Uuid manifest_id, Uuid hold_id, const access::Caller& officer, Clearance& clearance);
/// Those on one manifest, in force and lifted. Errors: not_found.
boost::asio::awaitable<Result<std::vector<store::LegalHold>>> read_legal_holds(Uuid manifest_id, const access::Caller& officer, Clearance& clearance);
/// Those in force, on any manifest.
boost::asio::awaitable<Result<store::LegalHoldPage>> list_legal_holds(std::optional<Uuid> after, std::size_t limit, const access::Caller& officer,
                                                                      Clearance& clearance);

}  // namespace puente::clearance
