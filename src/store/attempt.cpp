#include "store/attempt.hpp"

#include <algorithm>
#include <pqxx/except>

#include "store/rows.hpp"
#include "store/sqlstate.hpp"

namespace puente::store {

namespace {

constexpr int attempts_max = 5;

constexpr Statement take_role{"take_role",
                              "SELECT set_config('role', $1, true), set_config('puente.company', $2, true), set_config('puente.scac', $3, true)"};

/// The same words as in the column database_role of puente.agency.
std::string role_of_agency(const std::string& text) {
    const std::optional<identifiers::AgencyCode> agency = identifiers::AgencyCode::parse(text);
    if (!agency || agency->text() != text) return "";
    std::string lower = text;
    std::transform(lower.begin(), lower.end(), lower.begin(), [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
    return (agency->customs() ? "puente_" : "puente_agency_") + lower;
}

std::string role_of(const As& as) {
    switch (as.kind) {
        case As::Kind::gateway:
            return "puente_gateway";
        case As::Kind::intake:
            return "puente_intake";
        case As::Kind::party:
            return "puente_party";
        case As::Kind::officer:
            return role_of_agency(as.agency);
        case As::Kind::feed:
            return "puente_feed";
        case As::Kind::courier:
            return "puente_courier";
        case As::Kind::watch:
            return "puente_watch";
        case As::Kind::sender:
            return "puente_sender";
    }
    return "";
}

/// libpqxx 6.4 leaves the SQLSTATE out of a few of its own exception classes.
std::string sqlstate_of(const pqxx::sql_error& error) {
    if (!error.sqlstate().empty()) return error.sqlstate();
    if (dynamic_cast<const pqxx::insufficient_privilege*>(&error) != nullptr) return "42501";
    if (dynamic_cast<const pqxx::disk_full*>(&error) != nullptr) return "53100";
    if (dynamic_cast<const pqxx::insufficient_resources*>(&error) != nullptr) return "53000";
    if (dynamic_cast<const pqxx::unique_violation*>(&error) != nullptr) return "23505";
    if (dynamic_cast<const pqxx::foreign_key_violation*>(&error) != nullptr) return "23503";
    if (dynamic_cast<const pqxx::not_null_violation*>(&error) != nullptr) return "23502";
    if (dynamic_cast<const pqxx::check_violation*>(&error) != nullptr) return "23514";
    if (dynamic_cast<const pqxx::integrity_constraint_violation*>(&error) != nullptr) return "23000";
    if (dynamic_cast<const pqxx::data_exception*>(&error) != nullptr) return "22000";
    return "";
}

Attempt commit(Connection& connection, pqxx::work& work) {
    const Error unknown{ErrorKind::overloaded, "whether this was recorded is not known; look, or try again"};
    try {
        if (connection.commit(work)) return {Ending::committed, {}};
        return {Ending::in_doubt, unknown};
    } catch (...) {
        const Failure failure = failure_in_flight(connection);
        if (failure.ending == Ending::lost || failure.ending == Ending::in_doubt) return {Ending::in_doubt, unknown};
        return {failure.ending, error_of(failure.sqlstate)};
    }
}

}  // namespace

As As::caller(const access::Caller& caller) {
    As as;
    as.kind = access::is_of_agency(caller.role) ? Kind::officer : Kind::party;
    as.company = caller.company;
    if (caller.role == access::Role::carrier) as.scac = caller.scac;
    if (caller.agency) as.agency = identifiers::code(*caller.agency);
    return as;
}

Failure failure_in_flight(const Connection& connection) {
    try {
        throw;
    } catch (const pqxx::in_doubt_error&) {
        return {Ending::in_doubt, "08007"};
    } catch (const pqxx::broken_connection&) {
        return {Ending::lost, "08006"};
    } catch (const pqxx::transaction_rollback&) {
        return {Ending::again, "40001"};
    } catch (const pqxx::sql_error& error) {
        if (!connection.is_open()) return {Ending::lost, "08006"};
        const std::string state = sqlstate_of(error);
        return {is_retryable(state) ? Ending::again : Ending::refused, state};
    } catch (const pqxx::failure&) {
        return {connection.is_open() ? Ending::refused : Ending::lost, "08006"};
    }
}

Result<Rows> Transaction::run_bound(const Statement& statement, const std::vector<Parameter>& parameters) {
    if (inside_->ending != Ending::committed) return inside_->error;
    try {
        return Rows{std::make_shared<const Rows::Inside>(inside_->connection.run(inside_->work, statement, inside_->role, parameters))};
    } catch (...) {
        const Failure failure = failure_in_flight(inside_->connection);
        inside_->ending = failure.ending;
        inside_->error = error_of(failure.sqlstate);
        return inside_->error;
    }
}

const As& Transaction::as() const {
    return inside_->as;
}

Attempt attempt(Connection& connection, const As& as, const std::function<Result<void>(Transaction&)>& work, bool takes_role) {
    const std::string role = role_of(as);
    if (role.empty())
        return {
            Ending::refused, Error{ErrorKind::forbidden, "no such agency"}
        };
    try {
        pqxx::work raw{connection.raw()};
        Transaction::Inside inside{connection, raw, role, as};
        Transaction tx{inside};
        if (takes_role || as.kind != As::Kind::gateway) {
            const Result<Rows> taken = tx.run(take_role, role, as.company, as.scac);
            if (!taken && inside.ending == Ending::refused) return {Ending::refused, Error{ErrorKind::forbidden, "no such agency"}};
            if (!taken) return {inside.ending, taken.error()};
        }
        const Result<void> outcome = work(tx);
        if (inside.ending != Ending::committed) return {inside.ending, inside.error};
        if (!outcome) return {Ending::refused, outcome};
        return commit(connection, raw);
    } catch (const pqxx::pqxx_exception&) {
        const Failure failure = failure_in_flight(connection);  // BEGIN
        return {failure.ending, error_of(failure.sqlstate)};
    } catch (const std::exception&) {
        return {Ending::refused, Error{}};
    }
}

Attempt attempt_again(Connection& connection, const As& as, const std::function<Result<void>(Transaction&)>& work, bool takes_role) {
    Attempt last = attempt(connection, as, work, takes_role);
    for (int tries = 1; last.ending == Ending::again && tries < attempts_max; ++tries) last = attempt(connection, as, work, takes_role);
    return last;
}

}  // namespace puente::store
