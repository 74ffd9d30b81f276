#pragma once

#include <optional>
#include <string>
#include <vector>

#include "puente/store/records.hpp"

namespace puente::store {

/// One place in the queue of a port.
struct QueueEntry {
    Uuid inspection_id;
    StatusRecord manifest;
    std::int32_t rank;
    bool perishable;
    std::vector<std::string> essential;
    Instant opened_at;
    std::vector<FindingRow> findings;         ///< those the officer's agency may see
    std::vector<selection::Factor> factors;   ///< of the officer's own agency
};

/// The cursor of a queue page: the last entry's sort key, opaque to callers.
struct QueuePage {
    std::vector<QueueEntry> entries;
    std::string next;  ///< empty at the end
};

/// Inspections at a port (US port code or Mexican office) that some leg still waits for or works on, in order: rank, perishables, arrival, age. Same rows for both agencies.
Result<QueuePage> list_inspections(Transaction& tx, const std::string& port, const std::string& after, std::size_t limit);

/// What a claim gives: a lease with a fencing token.
struct Claim {
    Uuid inspection_id;
    Uuid manifest_id;
    std::int64_t fence;
    Instant lease_until;
};

/// Takes the next claimable leg of the officer's agency at a port, or the named inspection. One statement decides (FOR UPDATE SKIP LOCKED). Errors: not_found (no such
/// inspection at this port); conflict (somebody holds it, nothing to claim).
Result<Claim> claim_leg(Transaction& tx, const std::string& port, identifiers::Agency agency, const std::string& officer, const std::optional<Uuid>& inspection_id,
                        std::chrono::seconds lease);

/// A leg after an officer's move.
struct LegMove {
    Uuid manifest_id;
    inspection::LegState state;
    std::string status;       ///< public status of the manifest after it
    std::int32_t version;
    std::int64_t state_no;
    std::int64_t fence;
};

struct DecisionText {
    inspection::Decision decision;
    std::string note;      ///< shown to everyone who may see the manifest
    std::string findings;  ///< JSON array of what was found, shown to officers of both agencies
};

/// Each checks holder and fence at the data, moves the leg by the domain's own transition function, recomputes the public status under a lock on the manifest, writes the event and
/// notifies readers. Errors: not_found; stale (another fence, lease lost); conflict (the state does not allow it).
Result<LegMove> start_leg(Transaction& tx, const Uuid& inspection_id, identifiers::Agency agency, const std::string& officer, std::int64_t fence);
Result<LegMove> decide_leg(Transaction& tx, const Uuid& inspection_id, identifiers::Agency agency, const std::string& officer, std::int64_t fence, const DecisionText& decision);
Result<LegMove> release_claim(Transaction& tx, const Uuid& inspection_id, identifiers::Agency agency, const std::string& officer, std::int64_t fence);

}  // namespace puente::store
