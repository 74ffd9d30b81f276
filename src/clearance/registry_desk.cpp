#include "puente/clearance/registry_desk.hpp"

#include <array>
#include <atomic>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/use_future.hpp>
#include <functional>

#include "puente/store/pool.hpp"
#include "puente/store/registry.hpp"
#include "puente/telemetry/log.hpp"

namespace puente::clearance {

namespace asio = boost::asio;
using selection::Programme;
using selection::programmes;
using selection::Roll;
using telemetry::Event;
using telemetry::Level;

namespace {

constexpr std::chrono::milliseconds poll_every{1'000};

}  // namespace

struct RegistryDesk::Inside {
    explicit Inside(RegistryInForce& in_force) : registry{in_force}, timer{follower.get_executor()} { seen.fill(-1); }

    asio::awaitable<void> follow();
    asio::awaitable<void> step();
    asio::awaitable<Result<void>> catch_up();
    void tell_staleness();

    RegistryInForce& registry;
    store::Pool* pool = nullptr;
    store::RegistryVersions seen;  ///< of what is in memory
    bool told_stale = false;
    bool woken = false;  ///< of the follower's thread
    std::atomic<bool> over{false};
    asio::thread_pool follower{1};
    asio::steady_timer timer;
};

RegistryDesk::RegistryDesk(RegistryInForce& registry) : inside_{std::make_unique<Inside>(registry)} {}

RegistryDesk::~RegistryDesk() {
    stop();
}

void RegistryDesk::follow(store::Pool& pool) {
    inside_->pool = &pool;
    asio::co_spawn(inside_->follower, inside_->step(), asio::use_future).get();
    asio::co_spawn(inside_->follower, inside_->follow(), [](const std::exception_ptr& failed) {
        if (failed) Event{"registry.follower_failed", Level::error};
    });
}

void RegistryDesk::wake() {
    asio::post(inside_->follower, [inside = inside_.get()] {
        inside->woken = true;
        inside->timer.cancel();
    });
}

void RegistryDesk::stop() {
    if (inside_->over.exchange(true)) return;
    inside_->follower.stop();
    inside_->follower.join();
}

asio::awaitable<void> RegistryDesk::Inside::follow() {
    while (!over) {
        timer.expires_after(poll_every);
        boost::system::error_code cancelled;
        if (!woken) co_await timer.async_wait(asio::redirect_error(asio::use_awaitable, cancelled));
        woken = false;
        co_await step();
    }
}

asio::awaitable<void> RegistryDesk::Inside::step() {
    const Result<void> caught_up = co_await catch_up();
    if (caught_up) registry.confirm();
    tell_staleness();
}

/// Reads again the registers whose version is another. Each is read in a transaction of its own, version and entries in one statement's view.
asio::awaitable<Result<void>> RegistryDesk::Inside::catch_up() {
    const std::function<Result<store::RegistryVersions>(store::Transaction&)> look = [](store::Transaction& tx) {
        return store::find_registry_versions(tx);
    };
    const Result<store::RegistryVersions> versions = co_await pool->in_transaction<store::RegistryVersions>(store::As::intake(), look);
    if (!versions) co_return versions.error();
    for (const Programme programme : programmes) {
        const auto at = static_cast<std::size_t>(programme);
        if ((*versions)[at] == seen[at]) continue;
        const std::function<Result<store::RollAtVersion>(store::Transaction&)> read = [programme](store::Transaction& tx) {
            return store::read_roll(tx, programme);
        };
        const Result<store::RollAtVersion> roll = co_await pool->in_transaction<store::RollAtVersion>(store::As::intake(), read);
        if (!roll) co_return roll.error();
        selection::Registry next = *registry.last();
        next.rolls[at] = roll->roll;
        registry.replace(std::make_shared<const selection::Registry>(std::move(next)));
        seen[at] = roll->version;
        Event{"registry.in_force"}.with("programme", to_text(programme)).with("version", roll->version).with("standings", roll->roll->size());
    }
    co_return Result<void>{};
}

void RegistryDesk::Inside::tell_staleness() {
    const bool stale = registry.is_stale();
    if (stale && !told_stale)
        Event{"registry.stale", Level::warning}.with("reason", "the database cannot be read: nobody is given the benefit of standing");
    if (!stale && told_stale) Event{"registry.fresh"};
    told_stale = stale;
}

}  // namespace puente::clearance
