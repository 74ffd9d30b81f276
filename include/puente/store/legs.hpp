#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "puente/inspection/found.hpp"
#include "puente/inspection/leg.hpp"
#include "puente/instant.hpp"
#include "puente/result.hpp"
#include "puente/uuid.hpp"

namespace puente::store {

class Transaction;

/// A leg after an officer's move.
struct LegMove {
    Uuid inspection_id;
    Uuid manifest_id;
    inspection::LegState state;
    std::string status;  ///< public status of the manifest after it
    std::int32_t version;
    std::int64_t state_no;
    std::int64_t fence;
};

/// Each checks holder and fence at the data, moves the leg by the domain's own table, recomputes the public status under a lock on the manifest,
/// writes the event and notifies readers. Errors: not_found; stale (another fence, lease lost); conflict (the state does not allow it, or the trip is
/// over).
Result<LegMove> start_leg(Transaction& tx, const Uuid& inspection_id, const identifiers::AgencyCode& agency, const std::string& officer,
                          std::int64_t fence);
/// The verdict must have passed inspection::check.
Result<LegMove> decide_leg(Transaction& tx, const Uuid& inspection_id, const identifiers::AgencyCode& agency, const std::string& officer,
                           std::int64_t fence, const inspection::Verdict& verdict);
Result<LegMove> release_claim(Transaction& tx, const Uuid& inspection_id, const identifiers::AgencyCode& agency, const std::string& officer,
                              std::int64_t fence);

/// The agency of the transaction looks as well. `why`, which may be empty, is kept for that agency's eyes. Errors: not_found; conflict.
Result<LegMove> join_leg(Transaction& tx, const Uuid& inspection_id, inspection::LegKind kind, const std::string& officer, const std::string& why);
/// It does not look: the reason is kept for officers of all agencies. Nothing changes for parties. Errors: not_found; conflict.
Result<LegMove> decline_leg(Transaction& tx, const Uuid& inspection_id, const std::string& reason);

/// A release that is taken back, and the signature that makes it so.
struct SignedRehold {
    inspection::Hold hold;
    std::int64_t fence;  ///< of the release
    Instant signed_at;
    std::string signed_text;  ///< what the signature is over
    std::string signature;    ///< detached JWS
    std::string public_key;   ///< PEM; the one it was checked with
    std::string officer;      ///< client id
};

/// Errors: not_found; stale (another fence); conflict (not released, or the trip is over).
Result<LegMove> rehold_leg(Transaction& tx, const Uuid& inspection_id, const SignedRehold& rehold);

/// A load that an officer wants looked at although nobody selected it.
struct Referral {
    Uuid manifest_id;
    Uuid inspection_id;  ///< of the inspection, should it have to be opened
    inspection::LegKind kind = inspection::LegKind::inspect;
    std::string officer;  ///< client id
    std::string why;      ///< for the eyes of the officer's own agency
    bool perishable = false;
    std::vector<std::string> essential;
    Instant turn_at;  ///< its place in the queue, should an inspection have to be opened
};

/// Opens an inspection if there is none, and the leg of the transaction's agency in it. Errors: not_found; conflict (the leg is open or decided
/// already, or the trip is over).
Result<LegMove> refer_manifest(Transaction& tx, const Referral& referral);

/// Where one agency's leg is, for the officer who asks.
struct LegPlace {
    inspection::LegState state = inspection::LegState::none;
    inspection::Hand hand = inspection::Hand::nobody;
    std::int64_t fence = 0;
    std::string status;  ///< of the manifest
    bool trip_is_over = false;
};

/// Errors: not_found (no such inspection, no such agency).
Result<LegPlace> find_leg(Transaction& tx, const Uuid& inspection_id, const identifiers::AgencyCode& agency, const std::string& officer);
/// The inspection of a manifest, if there is one that the role may see.
Result<std::optional<Uuid>> find_inspection_of(Transaction& tx, const Uuid& manifest_id);

/// The trip is over: nothing can be done with the manifest any more.
bool is_over(std::string_view status);

}  // namespace puente::store
