#pragma once

#include <optional>
#include <string>
#include <vector>

#include "puente/store/claims.hpp"
#include "puente/store/legs.hpp"
#include "puente/store/records.hpp"

namespace puente::store {

/// When and where a load is looked at.
struct SlotRecord {
    std::string port;
    std::string bay;
    Instant starts_at;
    Instant ends_at;
};

/// One place in the queue of a port.
struct QueueEntry {
    Uuid inspection_id;
    StatusRecord manifest;
    Instant turn_at;         ///< by which it stands in the queue now: inspection::turn_of
    bool put_first = false;  ///< a contingency in force puts it before its usual turn
    std::string lane;
    bool trusted = false;
    bool perishable = false;
    std::vector<std::string> essential;
    Instant opened_at;
    std::optional<Instant> overdue_since;  ///< its slot, or the time by which a hold should have ended, passed without a decision
    std::optional<SlotRecord> slot;
    std::vector<FindingRow> findings;        ///< those the officer's agency may see
    std::vector<selection::Factor> factors;  ///< of the officer's own agency
};

/// The cursor of a queue page: the last entry's sort key, opaque to callers.
struct QueuePage {
    std::vector<QueueEntry> entries;
    std::string next;  ///< empty at the end
};

/// Inspections at a port (US port code or Mexican office) that some leg still waits for or works on, by their turn under the contingencies in force,
/// then age. Same rows for both agencies. Errors: malformed (cursor).
Result<QueuePage> list_inspections(Transaction& tx, const std::string& port, const std::string& after, std::size_t limit);

}  // namespace puente::store
