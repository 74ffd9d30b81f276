#pragma once

#include <chrono>
#include <cstddef>

#include "puente/result.hpp"
#include "puente/store/transaction.hpp"

namespace puente::store {

/// Forgets answers that were remembered under idempotency keys for longer than seven days: at most `most`. To be run as intake, now and then, by any
/// gateway. Gives how many there were.
Result<std::size_t> forget_expired_answers(Transaction& tx, std::size_t most);

/// Ends trips that should have arrived longer ago than `patience` and did not: at most `most`, oldest first. Passed over are those that an officer
/// holds or works on. To be run as the watch, now and then, by any gateway: while one is at it the others find nothing. Gives how many there were.
Result<std::size_t> expire_manifests(Transaction& tx, std::chrono::hours patience, std::size_t most);

}  // namespace puente::store
