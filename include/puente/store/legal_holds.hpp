#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "puente/instant.hpp"
#include "puente/result.hpp"
#include "puente/uuid.hpp"

namespace puente::store {

class Transaction;

// A legal hold keeps a manifest from being removed. It is for the eyes of the agency that placed it: what another agency holds is not there.

/// What an officer wants held.
struct NewLegalHold {
    Uuid hold_id;  ///< version 7
    Uuid manifest_id;
    std::string reason;   ///< at most 2000 bytes
    std::string officer;  ///< client id
};

/// How a hold ended.
struct LegalHoldEnd {
    Instant at;
    std::string by;  ///< client id
    std::string reason;
};

struct LegalHold {
    Uuid hold_id;
    Uuid manifest_id;
    std::string reason;
    Instant placed_at;
    std::string placed_by;               ///< client id
    std::optional<LegalHoldEnd> lifted;  ///< nothing while it is in force
};

/// Some of an agency's holds, newest first.
struct LegalHoldPage {
    std::vector<LegalHold> holds;
    std::optional<Uuid> next;  ///< where the next page goes on; nothing at the end
};

/// Places one as the agency of the transaction, and tells that agency's officers by an event. Nothing changes for anybody else. Errors: not_found.
Result<LegalHold> place_legal_hold(Transaction& tx, const NewLegalHold& hold);
/// Lifts one, once, and tells likewise. Errors: not_found; conflict (lifted already, and when).
Result<LegalHold> lift_legal_hold(Transaction& tx, const Uuid& manifest_id, const Uuid& hold_id, const std::string& reason,
                                  const std::string& officer);

/// Errors: not_found.
Result<LegalHold> find_legal_hold(Transaction& tx, const Uuid& manifest_id, const Uuid& hold_id);
/// All on a manifest, in force and lifted, newest first. Errors: not_found (no such manifest).
Result<std::vector<LegalHold>> find_legal_holds(Transaction& tx, const Uuid& manifest_id);
/// Those in force on any manifest, behind `after`.
Result<LegalHoldPage> list_legal_holds(Transaction& tx, const std::optional<Uuid>& after, std::size_t limit);

}  // namespace puente::store
