#pragma once

#include "puente/result.hpp"
#include "puente/store/transaction.hpp"

namespace puente::store {

/// Forgets the answers that were remembered under idempotency keys for longer than seven days. To be run as intake, now and then, by any gateway.
Result<void> forget_expired_answers(Transaction& tx);

}  // namespace puente::store
