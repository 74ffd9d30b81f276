#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "puente/inspection/passage.hpp"
#include "puente/store/filing.hpp"
#include "puente/store/records.hpp"

namespace puente::store {

/// Where a manifest stands, read under its lock: nothing of it changes before the transaction ends.
struct Standing {
    std::string status;
    std::int32_t version = 1;
    std::int64_t state_no = 1;
    std::optional<Instant> arrived_at{};
    bool touched = false;  ///< a leg is worked on or decided
    inspection::Whereabouts where() const { return {status, arrived_at.has_value(), touched}; }
};

/// What an amendment starts from, as its sender may see it.
struct AmendmentBase {
    StatusRecord now;
    std::string document;  ///< of the version in force
    std::string media_type;
    std::string draw_day;                 ///< of the first version: the draw is not made again
    std::string first_document;           ///< of the first version; empty when that one is in force
    std::string first_media_type;
    Instant cargo_received_at;            ///< when the shipments as they are now were first received
    std::set<std::string> asked_by_hand;  ///< agencies whose officers joined, or referred the load
};

/// A version to be written. The filing's `inspection` is the new selection; without one the facts are the same and every leg stays.
struct Amendment {
    const Filing& filing;
    Standing from;
    Instant cargo_received_at;  ///< of the amendment, or of the version that brought these shipments
};

/// Why nothing was written although nothing is wrong with the amendment.
struct AmendmentHitch {
    bool key_taken = false;                                           ///< the idempotency key has an answer already
    std::optional<std::vector<manifest::EarlierUse>> earlier_uses{};  ///< not those that the rules knew of, sorted: judge again
};

/// Errors: not_found.
Result<AmendmentBase> find_amendment_base(Transaction& tx, const Uuid& manifest_id);

/// As As::sender, whose company's own it must be. Locks the identifiers that the manifest uses and those of `uses`, its legs and itself, in the order
/// of all writers. Errors: not_found.
Result<Standing> lock_own_manifest(Transaction& tx, const Uuid& manifest_id, const std::vector<manifest::Use>& uses);

/// Writes the version, its findings, its identifiers, the selection and the event, and remembers the answer when there is a key. Only behind
/// lock_own_manifest. An error with a hitch: roll back and do as it says.
Result<void> write_amendment(Transaction& tx, const Amendment& amendment, AmendmentHitch& hitch);

/// Takes the manifest back: claims end and its identifiers are free. Only behind lock_own_manifest.
Result<void> write_cancellation(Transaction& tx, const Uuid& manifest_id, const std::string& reason);

/// Remembers the answer of an amendment that was rejected. False: the key has an answer already.
Result<bool> remember_answer(Transaction& tx, const Filing& filing);
/// What was answered under a key: replayed or key_reused; nothing when it is new.
Result<std::optional<FilingOutcome>> find_answer(Transaction& tx, const Filing& filing);

}  // namespace puente::store
