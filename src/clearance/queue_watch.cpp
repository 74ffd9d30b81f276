#include "puente/clearance/queue_watch.hpp"

#include <atomic>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <chrono>
#include <exception>
#include <functional>

#include "puente/store/bays.hpp"
#include "puente/store/contingency.hpp"
#include "puente/store/pool.hpp"
#include "puente/telemetry/log.hpp"

namespace puente::clearance {

namespace asio = boost::asio;
using telemetry::Event;
using telemetry::Level;

namespace {

constexpr std::chrono::seconds look_every{5};
constexpr std::size_t flags_at_once = 200;

}  // namespace

struct QueueWatch::Inside {
    asio::awaitable<void> watch();
    asio::awaitable<void> look();
    asio::awaitable<std::size_t> told(std::function<Result<std::size_t>(store::Transaction&)> work);

    store::Pool* pool = nullptr;
    bool is_failing = false;
    std::atomic<bool> over{false};
    asio::thread_pool watcher{1};
    asio::steady_timer timer{watcher.get_executor()};
};

QueueWatch::QueueWatch() : inside_{std::make_unique<Inside>()} {}

QueueWatch::~QueueWatch() {
    stop();
}

void QueueWatch::begin(store::Pool& pool) {
    inside_->pool = &pool;
    asio::co_spawn(inside_->watcher, inside_->watch(), [](const std::exception_ptr& failed) {
        if (failed) Event{"queue.watch_failed", Level::error};
    });
}

void QueueWatch::stop() {
    if (inside_->over.exchange(true)) return;
    inside_->watcher.stop();
    inside_->watcher.join();
}

asio::awaitable<void> QueueWatch::Inside::watch() {
    while (!over) {
        co_await look();
        timer.expires_after(look_every);
        boost::system::error_code cancelled;
        co_await timer.async_wait(asio::redirect_error(asio::use_awaitable, cancelled));
    }
}

asio::awaitable<void> QueueWatch::Inside::look() {
    const std::function<Result<std::size_t>(store::Transaction&)> flag = [](store::Transaction& tx) {
        return store::flag_overdue_legs(tx, flags_at_once);
    };
    std::size_t overdue = 0;
    for (std::size_t flagged = flags_at_once; flagged == flags_at_once && !over; overdue += flagged) flagged = co_await told(flag);
    const std::size_t lapsed = co_await told(store::note_lapsed_contingencies);
    if (overdue > 0) Event{"queue.overdue", Level::warning}.with("legs", overdue);
    if (lapsed > 0) Event{"contingency.lapsed"}.with("contingencies", lapsed);
}

/// How many; none when the database cannot be asked, which is logged once until it can.
asio::awaitable<std::size_t> QueueWatch::Inside::told(std::function<Result<std::size_t>(store::Transaction&)> work) {
    const Result<std::size_t> count = co_await pool->in_transaction<std::size_t>(store::As::watch(), std::move(work));
    if (!count && !is_failing) Event{"queue.watch_waits", Level::warning}.with("reason", count.error().detail());
    is_failing = !count;
    co_return count ? *count : 0;
}

}  // namespace puente::clearance
