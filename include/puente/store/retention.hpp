#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "puente/instant.hpp"
#include "puente/result.hpp"
#include "puente/uuid.hpp"

namespace puente::store {

class Transaction;

/// The manifests filed in one month, whose versions, findings, events and gate events share partitions (migration 0016).
struct Cohort {
    std::string name;                  ///< 2026_11; `first` is everything before the first month that has partitions of its own
    std::optional<Instant> starts_at;  ///< none: from the beginning
    Instant ends_at;
    std::optional<Instant> removed_at;  ///< when its partitions went
    std::int64_t octets = 0;            ///< of its partitions, with indexes
};

/// Makes the partitions of the months that begin within the next two. Under As::watch(); harmless to repeat. Gives how many were made. Errors:
/// overloaded (somebody is at work on these tables in this moment: try later).
Result<std::size_t> prepare_cohorts(Transaction& tx);

// What follows is for the owner of the schema: no gateway can remove anything.

/// In the order of their months.
Result<std::vector<Cohort>> list_cohorts(Transaction& tx);

/// What stays though its month is over: manifests under a legal hold, and those whose trip is not over.
struct Staying {
    std::vector<Uuid> manifests;
    std::int64_t held = 0;  ///< of those: under a legal hold
};
Result<Staying> staying_of(Transaction& tx, const std::string& cohort);

/// Removes the partitions of a month at once; what stays of it moves aside. From here on its other manifests cannot be read any more. Errors:
/// conflict (it is not over, or removed already, or boards or webhooks have not read its events yet); overloaded (the tables are in use). Nothing is
/// changed then.
Result<Staying> remove_cohort(Transaction& tx, const std::string& cohort);

/// Removes what is left of manifests whose month was removed and that need not stay, inspections and attachments included; at most `most` of them.
/// Gives how many went; fewer than `most`: there are no more.
Result<std::size_t> remove_manifests(Transaction& tx, std::size_t most);

/// Forgets which identifiers were used on trips that arrived before `moment`, in the order of the keys behind `after`, some thousands at a time.
/// Gives the last key that was looked at; none: that was the end.
Result<std::optional<Uuid>> forget_uses(Transaction& tx, Instant moment, const std::optional<Uuid>& after);

}  // namespace puente::store
