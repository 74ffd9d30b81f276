#pragma once

#include "puente/store/amendments.hpp"
#include "puente/store/transaction.hpp"

namespace puente::store {

/// Runs a statement that locks a manifest and gives status, version, state number and arrival; then reads its legs. Errors: not_found.
Result<Standing> standing_under_lock(Transaction& tx, const Statement& lock, const Uuid& manifest_id);

}  // namespace puente::store
