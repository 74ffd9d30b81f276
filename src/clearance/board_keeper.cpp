#include <atomic>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <chrono>
#include <exception>
#include <functional>

#include "puente/clearance/board.hpp"
#include "puente/store/pool.hpp"
#include "puente/telemetry/log.hpp"

namespace puente::clearance {

namespace asio = boost::asio;
using telemetry::Event;
using telemetry::Level;
using Clock = std::chrono::steady_clock;

namespace {

constexpr std::chrono::seconds count_every{1};
/// A page is counted in a tenth of a second or so.
constexpr std::size_t page_events = 1'000;
/// Looking at the queues takes longer the more waits: at most one part in so many of the time is spent on it.
constexpr int look_share = 20;

}  // namespace

struct BoardKeeper::Inside {
    asio::awaitable<void> keep();
    asio::awaitable<void> count();
    asio::awaitable<void> look();
    void note(const Result<void>& done);

    store::Pool* pool = nullptr;
    bool is_failing = false;
    std::atomic<bool> over{false};
    Clock::time_point next_look{};
    asio::thread_pool keeper{1};
    asio::steady_timer timer{keeper.get_executor()};
};

BoardKeeper::BoardKeeper() : inside_{std::make_unique<Inside>()} {}

BoardKeeper::~BoardKeeper() {
    stop();
}

void BoardKeeper::begin(store::Pool& pool) {
    inside_->pool = &pool;
    asio::co_spawn(inside_->keeper, inside_->keep(), [](const std::exception_ptr& failed) {
        if (failed) Event{"board.keeper_failed", Level::error};
    });
}

void BoardKeeper::stop() {
    if (inside_->over.exchange(true)) return;
    inside_->keeper.stop();
    inside_->keeper.join();
}

asio::awaitable<void> BoardKeeper::Inside::keep() {
    while (!over) {
        co_await count();
        if (!over && Clock::now() >= next_look) co_await look();
        timer.expires_after(count_every);
        boost::system::error_code cancelled;
        co_await timer.async_wait(asio::redirect_error(asio::use_awaitable, cancelled));
    }
}

/// A long log is counted page by page, in transactions of their own.
asio::awaitable<void> BoardKeeper::Inside::count() {
    const std::function<Result<store::BoardRound>(store::Transaction&)> page = [](store::Transaction& tx) {
        return store::count_events(tx, page_events);
    };
    for (bool more = true; more && !over;) {
        const Result<store::BoardRound> round = co_await pool->in_transaction<store::BoardRound>(store::As::watch(), page);
        more = round && round->more;
        note(round ? Result<void>{} : Result<void>{round.error()});
        if (more && Clock::now() >= next_look) co_await look();
    }
}

asio::awaitable<void> BoardKeeper::Inside::look() {
    const std::function<Result<int>(store::Transaction&)> queues = [](store::Transaction& tx) -> Result<int> {
        if (const Result<void> looked = store::look_at_queues(tx); !looked) return looked.error();
        return 1;
    };
    const auto began = Clock::now();
    const Result<int> looked = co_await pool->in_transaction<int>(store::As::watch(), queues);
    next_look = began + look_share * (Clock::now() - began);
    note(looked ? Result<void>{} : Result<void>{looked.error()});
}

/// Logged once, until it goes on.
void BoardKeeper::Inside::note(const Result<void>& done) {
    if (!done && !is_failing) Event{"board.waits", Level::warning}.with("reason", done.error().detail());
    is_failing = !done;
}

}  // namespace puente::clearance
