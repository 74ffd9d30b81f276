#include "puente/push/change_feed.hpp"

#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <atomic>
#include <mutex>
#include <unordered_map>
#include <utility>
#include <vector>

namespace puente::push {

namespace asio = boost::asio;

/// The timer is touched on the executor of the one who waits only; others post to it.
struct ChangeFeed::Watch::Inside : std::enable_shared_from_this<Inside> {
    explicit Inside(asio::any_io_executor executor) : timer{std::move(executor)} {}

    void wake() {
        asio::post(timer.get_executor(), [self = shared_from_this()] {
            self->changed = true;
            self->timer.cancel();
        });
    }

    asio::steady_timer timer;
    bool changed = false;
};

struct ChangeFeed::Inside {
    std::mutex mutex;
    std::unordered_multimap<Uuid, std::shared_ptr<Watch::Inside>> waiting;
    std::atomic<bool> closed{false};
};

ChangeFeed::ChangeFeed() : inside_{std::make_unique<Inside>()} {}
ChangeFeed::~ChangeFeed() = default;

asio::awaitable<std::unique_ptr<ChangeFeed::Watch>> ChangeFeed::watch(Uuid manifest_id) {
    auto waiter = std::make_shared<Watch::Inside>(co_await asio::this_coro::executor);
    {
        const std::lock_guard lock{inside_->mutex};
        inside_->waiting.emplace(manifest_id, waiter);
    }
    co_return std::make_unique<Watch>(std::move(waiter), *this, manifest_id);
}

void ChangeFeed::announce(const Uuid& manifest_id) {
    std::vector<std::shared_ptr<Watch::Inside>> woken;
    {
        const std::lock_guard lock{inside_->mutex};
        const auto [first, last] = inside_->waiting.equal_range(manifest_id);
        for (auto each = first; each != last; ++each) woken.push_back(each->second);
    }
    for (const auto& waiter : woken) waiter->wake();
}

void ChangeFeed::announce_all() {
    const std::lock_guard lock{inside_->mutex};
    for (const auto& [manifest_id, waiter] : inside_->waiting) waiter->wake();
}

void ChangeFeed::close() {
    inside_->closed = true;
    announce_all();
}

bool ChangeFeed::closed() const { return inside_->closed; }

ChangeFeed::Watch::Watch(std::shared_ptr<Inside> inside, ChangeFeed& feed, Uuid manifest_id) : inside_{std::move(inside)}, feed_{feed}, manifest_id_{manifest_id} {}

ChangeFeed::Watch::~Watch() {
    const std::lock_guard lock{feed_.inside_->mutex};
    const auto [first, last] = feed_.inside_->waiting.equal_range(manifest_id_);
    for (auto each = first; each != last; ++each) {
        if (each->second != inside_) continue;
        feed_.inside_->waiting.erase(each);
        return;
    }
}

asio::awaitable<bool> ChangeFeed::Watch::wait(std::chrono::milliseconds at_most) {
    if (!inside_->changed) {
        inside_->timer.expires_after(at_most);
        boost::system::error_code woken;
        co_await inside_->timer.async_wait(asio::redirect_error(asio::use_awaitable, woken));
    }
    co_return inside_->changed;
}

}  // namespace puente::push
