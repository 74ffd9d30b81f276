#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "puente/access/caller.hpp"
#include "puente/result.hpp"

namespace puente::telemetry {
class Metrics;
}

namespace puente::store {

class Transaction;

/// How to reach PostgreSQL, and how long to wait for it.
struct DatabaseSettings {
    std::string url;                                     ///< libpq connection URI or key=value text
    std::size_t readers = 4;                             ///< connections for reading and for officers' work
    std::size_t writers = 2;                             ///< connections that commit filings in groups
    std::size_t batch_rows_max = 128;                    ///< filings in one transaction
    std::size_t queue_max = 4'096;                       ///< filings, and jobs, that may wait; more are refused at once
    std::chrono::milliseconds statement_time{5'000};
    std::chrono::milliseconds lock_time{2'000};
    std::chrono::milliseconds answer_time{10'000};       ///< a caller waits no longer than this for the outcome
};

/// Under whose eyes a transaction runs: it takes that database role, and row-level security does the rest.
struct As {
    enum class Kind : std::uint8_t { gateway, intake, party, officer, feed, courier, watch, sender };  // officer: everyone of an agency
    Kind kind = Kind::gateway;
    std::string company;
    std::string scac;
    std::string agency;  ///< an agency's code: CBP, SAT, or one that was added
    static As gateway() { return {}; }
    static As caller(const access::Caller& caller);
    /// Who files, and what filing needs to know.
    static As intake() { return {Kind::intake, {}, {}, {}}; }
    /// The reader of the event feed, for all parties together.
    static As feed() { return {Kind::feed, {}, {}, {}}; }
    /// Who delivers to webhooks.
    static As courier() { return {Kind::courier, {}, {}, {}}; }
    /// Who looks for legs that are overdue and contingencies that have run out, ends late trips and counts for boards.
    static As watch() { return {Kind::watch, {}, {}, {}}; }
    /// Who amends and cancels what a company has filed.
    static As sender(const access::Caller& caller) { return {Kind::sender, caller.company, {}, {}}; }
};

/// Database threads, one connection each. Work never blocks an I/O thread; a lost connection is made again by itself.
class Pool {
public:
    Pool(DatabaseSettings settings, telemetry::Metrics& metrics);
    ~Pool();

    /// Runs `work` in one transaction as `as` on a database thread, commits when it gives a value, rolls back when it gives an error, tries again
    /// on a serialisation failure or deadlock, and resumes the caller on its own executor. Errors: those of `work`; overloaded when the database
    /// cannot be reached, the queue is full, the outcome of the commit is unknown, or the answer takes longer than settings.answer_time.
    template <class T>
    boost::asio::awaitable<Result<T>> in_transaction(As as, std::function<Result<T>(Transaction&)> work) {
        auto state = std::make_shared<Result<T>>(Error{ErrorKind::overloaded, "the database did not answer in time; try again"});
        const Job job = [state, work = std::move(work)](Transaction& tx) -> Result<void> {
            Result<T> outcome = work(tx);
            if (!outcome) return outcome.error();
            *state = std::move(outcome);
            return {};
        };
        const Result<void> done = co_await run(std::move(as), job);
        if (!done) co_return done.error();
        co_return std::move(*state);
    }

    /// True while a connection is up.
    bool reachable() const;
    const DatabaseSettings& settings() const;
    /// Ends the threads after the job in hand. Jobs still waiting are answered with `overloaded`.
    void stop();

    struct Inside;

private:
    using Job = std::function<Result<void>(Transaction&)>;
    boost::asio::awaitable<Result<void>> run(As as, Job job);
    std::unique_ptr<Inside> inside_;
};

/// Runs `work` in one transaction on a connection of its own, blocking: for the command line.
Result<void> run_once(const std::string& url, As as, const std::function<Result<void>(Transaction&)>& work);

}  // namespace puente::store
