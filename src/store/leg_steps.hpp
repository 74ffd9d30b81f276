#pragma once

#include <string>

#include "puente/store/legs.hpp"
#include "puente/store/transaction.hpp"

namespace puente::store {

// Locks are taken in one order, own leg before manifest, so that two officers never wait for each other.

/// What is told about a leg.
struct Happening {
    std::string kind;
    std::string audience = "ALL";
    std::string decision{};
    std::string note{};
    std::string reason{};
    std::optional<Instant> due_at{};
    std::string leg_kind{};
};

/// A leg, locked by this transaction.
struct LockedLeg {
    Uuid inspection_id;
    Uuid manifest_id;
    std::string agency;
    inspection::LegState state = inspection::LegState::none;
    std::string holder;
    std::int64_t fence = 0;
    bool is_leased = false;
};

Error no_such_inspection();

/// Errors: not_found.
Result<LockedLeg> lock_leg(Transaction& tx, const Uuid& inspection_id, const std::string& agency);
/// The leg of the transaction's own agency; one without a wish when it has none yet. Errors: not_found.
Result<LockedLeg> lock_own_leg(Transaction& tx, const Uuid& inspection_id);
/// Errors: not_found; conflict when the trip is over.
Result<void> lock_open_manifest(Transaction& tx, const Uuid& manifest_id);

/// After a leg has moved: the public status, the inspection open or closed, state number, event, notice.
Result<LegMove> follow(Transaction& tx, const LockedLeg& leg, inspection::LegState state, const Happening& happening);
/// An event that changes nothing for parties: neither status nor state number. Gives the leg as it stands.
Result<LegMove> tell_officers(Transaction& tx, const LockedLeg& leg, const Happening& happening);

}  // namespace puente::store
