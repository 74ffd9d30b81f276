#pragma once

#include <array>
#include <optional>
#include <string>
#include <vector>

#include "puente/inspection/leg.hpp"
#include "puente/instant.hpp"
#include "puente/result.hpp"
#include "puente/store/filing.hpp"
#include "puente/uuid.hpp"

namespace puente::store {

/// One leg of an inspection as its readers see it.
struct LegRecord {
    identifiers::AgencyCode agency;
    inspection::LegState state = inspection::LegState::none;
    inspection::LegKind kind = inspection::LegKind::review;
    std::string decision_note{};          ///< public text of the decision
    std::optional<Instant> decided_at{};
    bool claimed = false;                 ///< a live lease is on it
    std::optional<Instant> lease_until{};
    std::string holder{};                 ///< client id; filled for the holder's own agency only
    std::int64_t fence = 0;
    std::string hold_reason{};            ///< why it is held
    std::optional<Instant> due_at{};      ///< of a hold: when it is looked at again
    std::string hold_owner{};             ///< who answers for the hold; for officers
    std::string found{};                  ///< JSON array of what was found; for officers
    std::optional<Instant> declined_at{}; ///< the agency does not want to look; for officers
    std::string decline_reason{};
};

/// The state of a manifest: what polls ask for.
struct StatusRecord {
    Uuid manifest_id;
    std::string trip_number;
    std::string carrier_key;
    std::string document_id;
    std::string direction;
    std::string us_port;
    std::string mx_office;
    Instant estimated_arrival;
    Instant received_at;
    Instant changed_at;
    std::string status;
    std::int32_t version = 1;
    std::int64_t state_no = 1;  ///< grows with every change of anything a reader can see; the ETag is "<version>.<state_no>"
    std::string company;
    std::optional<Instant> arrived_at{};  ///< at the gate
    std::optional<Instant> crossed_at{};
    std::vector<LegRecord> legs;  ///< empty when nobody looks
};

/// The whole record.
struct ManifestRecord {
    StatusRecord status;
    std::string mode;
    std::string document;    ///< exact bytes
    std::string media_type;
    std::string sha256;
    std::string rule_sets;   ///< JSON
    std::vector<FindingRow> findings;  ///< those the reader may see
};

struct EventRecord {
    std::int64_t event_id;
    Instant at;
    std::string kind;
    std::int32_t version;
    std::int64_t state_no;
    std::string actor;   ///< agency or company; never a person
    std::string status;  ///< public status after it
    std::string detail;  ///< JSON object
};

struct VersionRecord {
    std::int32_t version;
    Instant received_at;
    std::string media_type;
    std::string sha256;
    std::string rule_sets;
};

struct ListFilter {
    std::string trip_number;
    std::string status;
    std::string port;       ///< us_port or mx_office
    std::string carrier;    ///< carrier key
    std::optional<Instant> since;  ///< changed at or after
    std::optional<Uuid> after;     ///< cursor: manifests with a smaller id
    std::size_t limit = 50;
};

/// Each sees only what the role of the transaction may see; what it may not see is `not_found`.
Result<StatusRecord> find_status(Transaction& tx, const Uuid& manifest_id);
Result<ManifestRecord> find_manifest(Transaction& tx, const Uuid& manifest_id);
Result<std::vector<EventRecord>> find_events(Transaction& tx, const Uuid& manifest_id);
Result<std::vector<VersionRecord>> find_versions(Transaction& tx, const Uuid& manifest_id);
/// Newest first.
Result<std::vector<StatusRecord>> list_manifests(Transaction& tx, const ListFilter& filter);

}  // namespace puente::store
