#pragma once

#include <functional>
#include <string>

#include "puente/store/pool.hpp"
#include "puente/store/transaction.hpp"
#include "store/connection.hpp"

namespace puente::store {

/// How a transaction ended.
enum class Ending : std::uint8_t {
    committed,
    refused,   ///< the work gave an error, or the database refused a statement: rolled back
    again,     ///< serialisation failure or deadlock: rolled back, may succeed when run again
    lost,      ///< the connection was lost before COMMIT was sent: nothing was written
    in_doubt,  ///< COMMIT was sent and no clean answer came
};

/// The ending that an exception of pqxx stands for, and the SQLSTATE where there is one.
struct Failure {
    Ending ending;
    std::string sqlstate;
};

/// Must be called inside a catch block; rethrows what it does not know.
Failure failure_in_flight(const Connection& connection);

struct Transaction::Inside {
    Connection& connection;
    pqxx::work& work;
    const std::string& role;
    const As& as;
    Ending ending = Ending::committed;  ///< what the first failed statement makes of the transaction
    Error error{};
};

struct Attempt {
    Ending ending;
    Result<void> outcome;
};

/// Runs `work` once in one transaction as `as`. With `takes_role` false, As::gateway stays whoever is logged in.
Attempt attempt(Connection& connection, const As& as, const std::function<Result<void>(Transaction&)>& work, bool takes_role = true);
/// The same, and a few times more after a serialisation failure or a deadlock.
Attempt attempt_again(Connection& connection, const As& as, const std::function<Result<void>(Transaction&)>& work, bool takes_role = true);

}  // namespace puente::store
