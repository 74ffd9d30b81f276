#pragma once

#include <boost/asio/awaitable.hpp>
#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "puente/identifiers/agency_code.hpp"
#include "puente/instant.hpp"
#include "puente/result.hpp"
#include "puente/store/pool.hpp"
#include "puente/uuid.hpp"

namespace puente::store {

/// What a claim gives: a lease with a fencing token.
struct Claim {
    Uuid inspection_id;
    Uuid manifest_id;
    std::int64_t fence;
    Instant lease_until;
};

/// Where an officer takes the next leg from.
struct Counter {
    std::string port;  ///< US port code or Mexican office
    identifiers::AgencyCode agency;
    std::vector<std::string> lanes;  ///< none: loads of every lane
    friend bool operator==(const Counter&, const Counter&) = default;
};

/// Whether a claim passes over the legs that others are taking in this moment, or waits to see whether they do.
enum class Busy : std::uint8_t { pass_over, wait_for };

/// The most officers that one statement serves.
inline constexpr std::size_t claims_at_once_max = 128;

/// Takes the next legs of a counter, one for each officer, in the order of the queue: fewer when fewer wait. One statement decides (FOR UPDATE, SKIP
/// LOCKED), by the database's clock. The order is inspection::turn_of under the contingencies in force; legs on hold are taken by name only.
Result<std::vector<Claim>> claim_next_legs(Transaction& tx, const Counter& counter, const std::vector<std::string>& officers,
                                           std::chrono::seconds lease, Busy busy);

/// Takes the next leg, for one officer. Errors: conflict, in words (nothing is waiting).
Result<Claim> claim_next_leg(Transaction& tx, const Counter& counter, const std::string& officer, std::chrono::seconds lease);

/// Takes the leg of a named inspection at a port. Errors: not_found (no such inspection there); conflict, saying how the leg stands.
Result<Claim> claim_named_leg(Transaction& tx, const std::string& port, const identifiers::AgencyCode& agency, const std::string& officer,
                              const Uuid& inspection_id, std::chrono::seconds lease);

/// The next leg or that of a named inspection, of any lane.
Result<Claim> claim_leg(Transaction& tx, const std::string& port, const identifiers::AgencyCode& agency, const std::string& officer,
                        const std::optional<Uuid>& inspection_id, std::chrono::seconds lease);

/// Keeps a claim for another lease from now: a sign of life. Gives when it ends. Errors: not_found; stale (another fence, another holder, or the
/// lease is over).
Result<Instant> extend_claim(Transaction& tx, const Uuid& inspection_id, const identifiers::AgencyCode& agency, const std::string& officer,
                             std::int64_t fence, std::chrono::seconds lease);

/// The same, and does not give up while a leg is free: waits for those who are taking legs in this moment, and looks again, a few times. None means
/// that none was left. Locks are waited for only while none is held.
Result<std::vector<Claim>> claim_what_waits(Transaction& tx, const Counter& counter, const std::vector<std::string>& officers,
                                            std::chrono::seconds lease);

/// What a counter says when nothing waits.
Error nothing_waits(Transaction& tx, const Counter& counter);

/// Serves all who ask for the next leg at the same moment with one transaction, as filings are committed in groups: hundreds of officers share a
/// COMMIT.
class ClaimWriter {
public:
    /// Keeps two connections of its own.
    ClaimWriter(DatabaseSettings settings, telemetry::Metrics& metrics);
    ~ClaimWriter();

    /// Takes the next leg of a counter. First come, first in the order. Waits no longer than settings.answer_time. Errors: conflict (nothing waits);
    /// overloaded.
    boost::asio::awaitable<Result<Claim>> next(Counter counter, std::string officer, std::chrono::seconds lease);
    void stop();

    struct Inside;

private:
    std::unique_ptr<Inside> inside_;
};

}  // namespace puente::store
