#pragma once

#include <boost/asio/awaitable.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "puente/access/caller.hpp"
#include "puente/clearance/clearance.hpp"
#include "puente/inspection/found.hpp"
#include "puente/store/legs.hpp"

namespace puente::clearance {

/// A leg as the officer who was refused may know it.
struct LegStanding {
    identifiers::AgencyCode agency;
    inspection::LegState state = inspection::LegState::none;
    std::vector<inspection::Move> allowed{};  ///< what this officer may do with it next
    std::optional<std::int64_t> fence{};      ///< of the claim, when it is this officer's
};

/// Why a move was not made, and what may be done instead.
struct LegRefusal {
    Error error;
    std::string status{};                ///< of the manifest; empty when there is no such inspection
    std::optional<LegStanding> asked{};  ///< the leg that was asked for
    std::optional<LegStanding> own{};    ///< that of the officer's own agency, when it is another
};

using LegOutcome = std::variant<store::LegMove, LegRefusal>;

/// The leg that a move is about, under which fencing token.
struct LegWork {
    Uuid inspection_id;
    identifiers::AgencyCode agency;
    std::int64_t fence = 0;
};

/// An officer's moves on the leg of the officer's own agency, under the fencing token of the claim. Errors: forbidden (another agency's leg), stale
/// (another holds it now), conflict (its state does not allow the move), not_found.
boost::asio::awaitable<LegOutcome> start(LegWork work, const access::Caller& officer, Clearance& clearance);
/// Also malformed: a verdict that is not whole.
boost::asio::awaitable<LegOutcome> decide(LegWork work, inspection::Verdict verdict, const access::Caller& officer, Clearance& clearance);
boost::asio::awaitable<LegOutcome> release_claim(LegWork work, const access::Caller& officer, Clearance& clearance);

/// The officer's agency looks as well, or says that it does not. No claim is needed.
boost::asio::awaitable<LegOutcome> join(LegWork work, inspection::LegKind kind, std::string why, const access::Caller& officer, Clearance& clearance);
boost::asio::awaitable<LegOutcome> decline(LegWork work, std::string reason, const access::Caller& officer, Clearance& clearance);

/// Takes a release back. The signature is a detached JWS of the client's registered key over the text of access::Rehold.
struct ReholdRequest {
    inspection::Hold hold;
    std::string time;  ///< as it was signed
    std::string signature;
};
/// Errors: as above; malformed (hold, time); forbidden (no key is registered, or the signature is not its).
boost::asio::awaitable<LegOutcome> rehold(LegWork work, ReholdRequest request, const access::Caller& officer, Clearance& clearance);

/// An officer wants a load looked at that nobody selected, or not this agency.
struct ReferralRequest {
    Uuid manifest_id;
    inspection::LegKind kind = inspection::LegKind::inspect;
    std::string why;  ///< kept as an annotation for the officer's own agency
};
boost::asio::awaitable<LegOutcome> refer(ReferralRequest request, const access::Caller& officer, Clearance& clearance);

/// What may be done instead of a move that was refused: reads the legs as they stand now. For refusals of `error`'s kinds that the state explains.
boost::asio::awaitable<LegRefusal> explain(Error error, LegWork work, const access::Caller& officer, Clearance& clearance);

}  // namespace puente::clearance
