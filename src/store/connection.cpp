#include "store/connection.hpp"

#include <fmt/format.h>
#include <sys/socket.h>

#include <pqxx/binarystring>
#include <pqxx/nontransaction>
#include <pqxx/prepared_statement>

#include "puente/telemetry/metrics.hpp"

namespace puente::store {

namespace {

/// The URL with what makes a dead peer noticed, where it does not say otherwise. Seconds, except tcp_user_timeout: milliseconds.
std::string with_keepalives(const std::string& url) {
    const bool is_uri = url.rfind("postgres://", 0) == 0 || url.rfind("postgresql://", 0) == 0;
    std::string complete = url;
    for (const auto& [key, value] : {
             std::pair{"connect_timeout",     "3"    },
             std::pair{"keepalives_idle",     "10"   },
             std::pair{"keepalives_interval", "5"    },
             std::pair{"keepalives_count",    "3"    },
             std::pair{"tcp_user_timeout",    "15000"}
    }) {
        if (url.find(key) != std::string::npos) continue;
        if (!is_uri) {
            complete += fmt::format(" {}={}", key, value);
        } else {
            complete += fmt::format("{}{}={}", complete.find('?') == std::string::npos ? '?' : '&', key, value);
        }
    }
    return complete;
}

/// force_generic_plan: the statements are few and their plans do not depend on the values, so they are planned once.
std::string opening(const Session& session) {
    std::string sql = fmt::format(
        "SET client_encoding = 'UTF8'; SET TIME ZONE 'UTC'; SET DateStyle = 'ISO'; SET bytea_output = 'hex'; SET client_min_messages = 'warning';"
        "SET application_name = 'puente'; SET search_path = pg_catalog; SET plan_cache_mode = 'force_generic_plan';"
        "SET statement_timeout = {}; SET lock_timeout = {}; SET idle_in_transaction_session_timeout = '30s';"
        "SET tcp_keepalives_idle = 10; SET tcp_keepalives_interval = 5; SET tcp_keepalives_count = 3;",
        session.statement_time.count(), session.lock_time.count());
    if (!session.role.empty()) sql += fmt::format("SET ROLE {};", session.role);
    return sql;
}

}  // namespace

void Lifeline::hold(int socket) {
    const std::lock_guard lock{mutex_};
    socket_ = socket;
}

void Lifeline::drop() {
    hold(-1);
}

void Lifeline::cut() {
    const std::lock_guard lock{mutex_};
    if (socket_ >= 0) ::shutdown(socket_, SHUT_RDWR);
}

Connection::Connection(const Session& session, Lifeline* lifeline)
    : lifeline_{lifeline}, metrics_{session.metrics}, raw_{with_keepalives(session.url)}, warnings_{raw_} {
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wdeprecated-declarations"
    raw_.inhibit_reactivation(true);
#pragma GCC diagnostic pop
    if (lifeline_ != nullptr) lifeline_->hold(raw_.sock());
    try {
        pqxx::nontransaction work{raw_};
        work.exec(opening(session));
    } catch (...) {
        if (lifeline_ != nullptr) lifeline_->drop();
        throw;
    }
}

Connection::~Connection() {
    if (lifeline_ != nullptr) lifeline_->drop();
}

pqxx::result Connection::run(pqxx::work& work, const Statement& statement, const std::string& variant, const std::vector<Parameter>& parameters) {
    const std::string name = variant + "." + statement.name;
    if (prepared_.insert(name).second) raw_.prepare(name, statement.text);
    std::vector<pqxx::binarystring> bound;
    bound.reserve(parameters.size());
    for (const Parameter& parameter : parameters) bound.emplace_back(parameter.wire());
    const auto began = std::chrono::steady_clock::now();
    pqxx::result result = work.exec_prepared(name, pqxx::prepare::make_dynamic_params(bound));
    if (metrics_ != nullptr) metrics_->statement(statement.name, std::chrono::steady_clock::now() - began);
    return result;
}

bool Connection::commit(pqxx::work& work) {
    const int before = warnings_.count;
    work.commit();
    return warnings_.count == before;
}

void Connection::ping() {
    pqxx::nontransaction work{raw_};
    work.exec("SELECT 1");
}

bool Connection::Warnings::operator()(const char[]) noexcept {
    ++count;
    return false;
}

}  // namespace puente::store
