#pragma once

#include <pqxx/connection>
#include <pqxx/errorhandler>
#include <pqxx/result>
#include <pqxx/transaction>

#include <chrono>
#include <mutex>
#include <set>
#include <string>
#include <vector>

#include "puente/store/pool.hpp"
#include "puente/store/transaction.hpp"

namespace puente::store {

/// How a session behaves.
struct Session {
    std::string url;
    std::string role;                             ///< taken for the whole session; empty: whoever the URL logs in
    std::chrono::milliseconds statement_time{0};  ///< 0: no limit
    std::chrono::milliseconds lock_time{0};
    telemetry::Metrics* metrics = nullptr;
};

/// Lets another thread cut the connection of a thread that is blocked in it.
class Lifeline {
public:
    void hold(int socket);
    void drop();
    /// Shuts the socket down, if there is one: whoever waits on it gets an error.
    void cut();

private:
    std::mutex mutex_;
    int socket_ = -1;
};

/// One connection, used by one thread. Throws what pqxx throws. It is never made again silently: a session that lost its role must not go on.
class Connection {
public:
    Connection(const Session& session, Lifeline* lifeline);
    ~Connection();
    Connection(const Connection&) = delete;
    Connection& operator=(const Connection&) = delete;

    bool is_open() const { return raw_.is_open(); }
    pqxx::connection& raw() { return raw_; }
    /// Runs a statement, prepared on first use. `variant` tells apart the plans of different roles.
    pqxx::result run(pqxx::work& work, const Statement& statement, const std::string& variant, const std::vector<Parameter>& parameters);
    /// COMMIT. False when the server gave a warning with it ("might not have been replicated"): then it does not count as done.
    bool commit(pqxx::work& work);
    /// Asks for a sign of life; throws when there is none.
    void ping();

private:
    class Warnings : public pqxx::errorhandler {
    public:
        explicit Warnings(pqxx::connection_base& connection) : pqxx::errorhandler{connection} {}
        bool operator()(const char message[]) noexcept override;
        int count = 0;
    };

    Lifeline* lifeline_;
    telemetry::Metrics* metrics_;
    pqxx::connection raw_;
    Warnings warnings_;
    std::set<std::string> prepared_;
};

}  // namespace puente::store
