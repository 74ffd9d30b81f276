#pragma once

#include <cstdint>
#include <string>

#include "puente/instant.hpp"
#include "puente/store/transaction.hpp"

namespace puente::store {

/// A stretch of made-up filings, numbered from `first` on, as part of `total` that are spread over the `days` before `until`, more by day than by
/// night.
struct SeedStretch {
    std::int64_t first = 1;
    std::int64_t count = 0;
    std::int64_t total = 0;
    std::int32_t days = 14;
    Instant until;
    std::string run;  ///< makes the identifiers of one run differ from those of another; letters and digits
};

/// Whether there are manifests whose company is not one that `seed` makes up.
Result<bool> has_manifests_of_others(Transaction& tx);

/// Writes what gateways would have written if these loads had been filed and looked at: manifests, versions, remembered answers, identifiers used,
/// findings, inspections, legs and events. Companies are called SYNTHETIC-0001 and so on. For the owner of the tables, outside of service: it locks
/// them until the transaction ends.
Result<void> seed(Transaction& tx, const SeedStretch& stretch);

/// Lets the planner know what is there.
Result<void> analyze_all(Transaction& tx);

}  // namespace puente::store
