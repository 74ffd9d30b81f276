#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "puente/instant.hpp"
#include "puente/result.hpp"
#include "puente/selection/standing.hpp"
#include "puente/store/pool.hpp"

namespace puente::store {

/// How a holder stands. Only `active` gives a benefit.
enum class StandingStatus : std::uint8_t { active, suspended, revoked };

/// active, suspended, revoked.
std::string_view to_text(StandingStatus status);
std::optional<StandingStatus> parse_standing_status(std::string_view text);

/// One holder in the register of a programme.
struct RegistryEntry {
    selection::IdKind kind = selection::IdKind::rfc;
    std::string id;  ///< canonical
    std::string name;
    std::int32_t tier = 0;
    StandingStatus status = StandingStatus::active;
    std::chrono::sys_days valid_from;
    std::optional<std::chrono::sys_days> valid_until;  ///< the last day
    std::int32_t line = 0;                             ///< in the file it comes from
};

/// An entry with where it comes from.
struct RegistryRecord {
    RegistryEntry entry;
    std::string source;  ///< the file, or "api"
    Instant recorded_at;
    std::string by;
};

/// A register and how many stand in it.
struct RegistrySummary {
    selection::Programme programme;
    std::string agency;  ///< that keeps it
    std::int64_t version = 0;
    Instant changed_at;
    std::int64_t active = 0;
    std::int64_t suspended = 0;
    std::int64_t revoked = 0;
};

/// What a change did.
struct RegistryTally {
    std::int64_t added = 0;
    std::int64_t changed = 0;
    std::int64_t unchanged = 0;
    std::int64_t ended = 0;
};

/// A change under way, within one transaction: other changes of the same register wait for it.
struct RegistryChange {
    selection::Programme programme;
    std::int64_t version = 0;
    std::string source;
    std::string by;
};

/// Begins a change and tells every gateway once it commits. Errors: forbidden (not that agency's register).
Result<RegistryChange> begin_registry_change(Transaction& tx, selection::Programme programme, std::string source, std::string by);
/// Lines of those entries that this change has put already.
Result<std::vector<std::int32_t>> find_registry_repeats(Transaction& tx, const RegistryChange& change, const std::vector<RegistryEntry>& entries);
/// Puts entries, each named once, in place of what the register says of these holders; adds to the tally.
Result<void> put_registry_entries(Transaction& tx, const RegistryChange& change, const std::vector<RegistryEntry>& entries, RegistryTally& tally);
/// Ends every entry that this change has not put. Nothing is deleted: an ended entry stays on record.
Result<void> end_other_registry_entries(Transaction& tx, const RegistryChange& change, RegistryTally& tally);
/// Ends one entry. Errors: not_found.
Result<void> end_registry_entry(Transaction& tx, const RegistryChange& change, selection::IdKind kind, const std::string& id, RegistryTally& tally);
/// Writes down what the change did. Every change ends with it.
Result<void> finish_registry_change(Transaction& tx, const RegistryChange& change, const RegistryTally& tally);

Result<std::vector<RegistrySummary>> list_registries(Transaction& tx);
/// Entries in the order of kind and identifier, after the one named by `after` ("RFC:EKU9003173C9"; empty: from the first). One more than `limit`
/// where there are more. Errors: malformed (`after`).
Result<std::vector<RegistryRecord>> list_registry_entries(Transaction& tx, selection::Programme programme, const std::string& after,
                                                          std::size_t limit);
/// Errors: not_found.
Result<RegistryRecord> find_registry_entry(Transaction& tx, selection::Programme programme, selection::IdKind kind, const std::string& id);

/// The version of each programme's register, in the order of selection::programmes.
using RegistryVersions = std::array<std::int64_t, selection::programmes.size()>;
Result<RegistryVersions> find_registry_versions(Transaction& tx);

/// The active standings of a register that have not run out, as they were at a version.
struct RollAtVersion {
    std::int64_t version = 0;
    std::shared_ptr<const selection::Roll> roll;
};
Result<RollAtVersion> read_roll(Transaction& tx, selection::Programme programme);

}  // namespace puente::store
