#pragma once

#include <string>
#include <vector>

#include "puente/access/caller.hpp"
#include "puente/instant.hpp"
#include "puente/result.hpp"
#include "puente/store/pool.hpp"

namespace puente::store {

Result<access::Client> find_client(Transaction& tx, const std::string& client_id);
Result<std::vector<access::Client>> list_clients(Transaction& tx);
/// Errors: conflict when the id is taken.
Result<void> add_client(Transaction& tx, const access::Client& client);
/// Errors: not_found.
Result<void> revoke_client(Transaction& tx, const std::string& client_id);

/// Remembers the id of a client assertion until it expires. Errors: conflict when it was used before (a replay).
Result<void> remember_assertion(Transaction& tx, const std::string& client_id, const std::string& token_id, Instant expires_at);

}  // namespace puente::store
