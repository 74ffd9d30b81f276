#include "puente/push/event_feed.hpp"

#include <algorithm>
#include <atomic>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <map>
#include <thread>
#include <utility>

#include "puente/telemetry/log.hpp"
#include "push/audience.hpp"

namespace puente::push {

namespace asio = boost::asio;
using store::FeedPage;
using store::FeedPlace;

namespace {

constexpr std::size_t page_max = 1'000;
/// After a read that failed: the database is away.
constexpr std::chrono::milliseconds pause_after_failure{200};
/// Between two rounds for those who catch up, when all of them have enough to take.
constexpr std::chrono::milliseconds catch_up_pause{10};

store::DatabaseSettings settings_of(store::DatabaseSettings database) {
    database.readers = 3;  // one for those who catch up, so that it does not keep the others waiting
    return database;
}

store::As eyes_of(const Interest& interest) {
    if (interest.agency.empty()) return store::As::feed();
    store::As as;
    as.kind = store::As::Kind::officer;
    as.agency = interest.agency;
    return as;
}

}  // namespace

struct EventFeed::Inside {
    Inside(Settings given, telemetry::Metrics& metrics, Write how)
        : settings{std::move(given)}, write{std::move(how)}, pool{settings_of(settings.database), metrics} {}

    asio::awaitable<void> look(std::shared_ptr<Audience> audience);
    asio::awaitable<void> catch_up_all();
    asio::awaitable<bool> catch_up(Listener listener);
    asio::awaitable<Result<FeedPage>> read(std::shared_ptr<Audience> audience, FeedPlace after);
    asio::awaitable<void> pause(std::chrono::milliseconds time);
    Events told(FeedPage& page) const;
    template <class Loop>
    void spawn(Loop loop);

    bool has_audience(const std::string& agency) const;
    std::shared_ptr<Audience> audience_of(const Interest& interest, FeedPlace end);
    bool forget_if_idle(const std::shared_ptr<Audience>& audience);
    Result<Listener> admit(Interest interest, FeedPlace after, FeedPlace end);
    void leave(const Listener& listener);
    template <class Chosen>
    void end_those(Chosen chosen);

    const Settings settings;
    const Write write;
    std::atomic<bool> closed{false};
    std::atomic<std::uint64_t> read_count{0};
    std::atomic<std::uint64_t> slow_count{0};
    mutable std::mutex mutex;                                    // of what follows
    std::map<std::string, std::shared_ptr<Audience>> audiences;  ///< by agency; the parties under an empty name
    std::unordered_set<Listener> listeners;
    std::unordered_map<std::string, std::size_t> of_client;
    std::vector<std::weak_ptr<Listening::Inside>> behind;  ///< those who are read for
    bool catches_up = false;

    asio::io_context io{1};
    asio::executor_work_guard<asio::io_context::executor_type> stay{asio::make_work_guard(io)};
    store::Pool pool;  // after the context that its answers go to
    std::jthread thread{[this] { io.run(); }};
};

EventFeed::EventFeed(Settings settings, telemetry::Metrics& metrics, Write write)
    : inside_{std::make_unique<Inside>(std::move(settings), metrics, std::move(write))} {}

EventFeed::~EventFeed() {
    stop();
}

asio::awaitable<Result<std::unique_ptr<Listening>>> EventFeed::listen(Interest interest, std::optional<FeedPlace> after) {
    if (after) {
        const std::function<Result<bool>(store::Transaction&)> ask = [place = *after](store::Transaction& tx) {
            return store::is_place_known(tx, place);
        };
        const Result<bool> known = co_await inside_->pool.in_transaction<bool>(store::As::feed(), ask);
        if (!known) co_return known.error();
        if (!*known) co_return Error{ErrorKind::stale, "this place is before the oldest event that is kept, or was never reached here"};
    }
    Result<FeedPlace> end = after.value_or(FeedPlace{});
    if (!after || !inside_->has_audience(interest.agency)) {
        const std::function<Result<FeedPlace>(store::Transaction&)> look = [](store::Transaction& tx) { return store::feed_end(tx); };
        end = co_await inside_->pool.in_transaction<FeedPlace>(eyes_of(interest), look);
        if (!end) co_return end.error();
    }
    Result<Listener> listener = inside_->admit(std::move(interest), after.value_or(*end), *end);
    if (!listener) co_return listener.error();
    co_return std::make_unique<Listening>(*this, std::move(*listener));
}

void EventFeed::end_client(std::string_view client_id) {
    inside_->end_those([client_id](const Listener& listener) { return listener->interest.client_id == client_id; });
}

void EventFeed::end_all() {
    inside_->end_those([](const Listener&) { return true; });
}

void EventFeed::close() {
    inside_->closed = true;
    end_all();
}

void EventFeed::stop() {
    close();
    inside_->io.stop();
    if (inside_->thread.joinable()) inside_->thread.join();
    inside_->pool.stop();
}

EventFeed::Counts EventFeed::counts() const {
    const std::lock_guard lock{inside_->mutex};
    return {inside_->listeners.size(), inside_->read_count.load(), inside_->slow_count.load()};
}

Listening::Listening(EventFeed& feed, std::shared_ptr<Inside> inside) : feed_{feed}, inside_{std::move(inside)} {}

Listening::~Listening() {
    feed_.inside_->leave(inside_);
}

void Listening::on_arrival(std::function<void()> ring) {
    {
        const std::lock_guard lock{inside_->mutex};
        inside_->bell = std::move(ring);
    }
    inside_->ring();
}

Taken Listening::take(std::size_t events_max, bool with_reached) {
    const FeedPlace reached = with_reached ? inside_->audience->reached() : FeedPlace{};  // before the box is looked into
    const std::lock_guard lock{inside_->mutex};
    Taken taken;
    Events& box = inside_->box;
    const auto end = box.begin() + static_cast<std::ptrdiff_t>(std::min(events_max, box.size()));
    taken.events.assign(std::make_move_iterator(box.begin()), std::make_move_iterator(end));
    box.erase(box.begin(), end);
    if (box.empty()) Events{}.swap(box);
    taken.is_live = inside_->is_live;
    taken.is_over = inside_->is_over;
    if (with_reached && taken.events.empty()) taken.reached = inside_->is_live ? std::max(reached, inside_->looked_at) : inside_->looked_at;
    return taken;
}

/// Looks for new events of one audience until nobody has listened to them for a while.
asio::awaitable<void> EventFeed::Inside::look(std::shared_ptr<Audience> audience) {
    auto last_listened = std::chrono::steady_clock::now();
    while (!closed) {
        Result<FeedPage> page = co_await read(audience, audience->reached());
        if (!page) {
            co_await pause(pause_after_failure);
            continue;
        }
        if (!page->events.empty() || page->reached != audience->reached()) audience->hand_out(told(*page), page->reached);
        if (!page->is_last) continue;
        const auto now = std::chrono::steady_clock::now();
        if (audience->has_listeners()) last_listened = now;
        if (now - last_listened > settings.linger && forget_if_idle(audience)) co_return;
        co_await pause(settings.interval);
    }
}

/// Reads for those who are behind, in turns, until none is.
asio::awaitable<void> EventFeed::Inside::catch_up_all() {
    while (!closed) {
        std::vector<std::weak_ptr<Listening::Inside>> round;
        {
            const std::lock_guard lock{mutex};
            round.swap(behind);
            catches_up = !round.empty();
        }
        if (round.empty()) co_return;
        bool has_moved = false;
        for (const std::weak_ptr<Listening::Inside>& each : round) {
            const Listener listener = each.lock();
            if (!listener) continue;
            const bool waits = listener->is_behind();
            const bool is_done = !waits && co_await catch_up(listener);
            has_moved = has_moved || !waits;
            if (is_done) continue;
            const std::lock_guard lock{mutex};
            behind.push_back(each);
        }
        if (!has_moved) co_await pause(catch_up_pause);
    }
}

/// One page for one listener; true when it needs no more of them.
asio::awaitable<bool> EventFeed::Inside::catch_up(Listener listener) {
    using Caught = Audience::Caught;
    FeedPlace from;
    {
        const std::lock_guard lock{listener->mutex};
        if (listener->is_over) co_return true;
        from = listener->looked_at;
    }
    const Caught caught = listener->audience->catch_up(listener);
    if (caught != Caught::too_old) co_return caught == Caught::live;
    Result<FeedPage> page = co_await read(listener->audience, from);
    if (!page) {
        co_await pause(pause_after_failure);
        co_return false;
    }
    const FeedPlace reached = page->reached;
    const bool is_something = listener->put(told(*page));
    {
        const std::lock_guard lock{listener->mutex};
        listener->looked_at = std::max(listener->looked_at, reached);
    }
    if (is_something) listener->ring();
    co_return false;
}

asio::awaitable<Result<FeedPage>> EventFeed::Inside::read(std::shared_ptr<Audience> audience, FeedPlace after) {
    const std::function<Result<FeedPage>(store::Transaction&)> next = [after](store::Transaction& tx) {
        return store::read_feed(tx, after, page_max);
    };
    Result<FeedPage> page = co_await pool.in_transaction<FeedPage>(audience->as(), next);
    if (page) read_count += page->events.size();
    co_return page;
}

asio::awaitable<void> EventFeed::Inside::pause(std::chrono::milliseconds time) {
    asio::steady_timer timer{io, time};
    boost::system::error_code ignored;
    co_await timer.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
}

Events EventFeed::Inside::told(FeedPage& page) const {
    Events events;
    events.reserve(page.events.size());
    for (store::FeedEvent& event : page.events) {
        Told each;
        each.event = std::move(event);
        write(each);
        events.push_back(std::make_shared<const Told>(std::move(each)));
    }
    return events;
}

template <class Loop>
void EventFeed::Inside::spawn(Loop loop) {
    const auto when_done = [](const std::exception_ptr& escaped) {
        try {
            if (escaped) std::rethrow_exception(escaped);
        } catch (const std::exception& error) {
            telemetry::Event{"event_feed.broken", telemetry::Level::error}.with("reason", error.what());
        }
    };
    asio::co_spawn(io, std::move(loop), when_done);
}

bool EventFeed::Inside::has_audience(const std::string& agency) const {
    const std::lock_guard lock{mutex};
    return audiences.count(agency) > 0;
}

std::shared_ptr<Audience> EventFeed::Inside::audience_of(const Interest& interest, FeedPlace end) {
    std::shared_ptr<Audience>& audience = audiences[interest.agency];
    if (!audience) {
        audience = std::make_shared<Audience>(eyes_of(interest), end, settings.recent_max);
        spawn(look(audience));
    }
    return audience;
}

bool EventFeed::Inside::forget_if_idle(const std::shared_ptr<Audience>& audience) {
    const std::lock_guard lock{mutex};
    const auto listens = [&](const Listener& listener) { return listener->audience == audience; };
    if (std::any_of(listeners.begin(), listeners.end(), listens)) return false;
    std::erase_if(audiences, [&](const auto& each) { return each.second == audience; });
    return true;
}

Result<Listener> EventFeed::Inside::admit(Interest interest, FeedPlace after, FeedPlace end) {
    const std::lock_guard lock{mutex};
    if (closed) return Error{ErrorKind::overloaded, "the gateway is about to stop; listen at another one"};
    std::size_t& count = of_client[interest.client_id];
    if (count >= settings.listeners_per_client_max) return Error{ErrorKind::conflict, "this client listens too often already"};
    const std::shared_ptr<Audience> audience = audience_of(interest, end);
    auto listener = std::make_shared<Listening::Inside>(std::move(interest), audience, after);
    ++count;
    listeners.insert(listener);
    if (audience->catch_up(listener) == Audience::Caught::live) return listener;
    behind.push_back(listener);
    if (!std::exchange(catches_up, true)) spawn(catch_up_all());
    return listener;
}

void EventFeed::Inside::leave(const Listener& listener) {
    {
        const std::lock_guard lock{listener->mutex};
        listener->is_over = true;
        listener->bell = nullptr;
        if (listener->was_slow) ++slow_count;
    }
    listener->audience->leave(listener);
    const std::lock_guard lock{mutex};
    listeners.erase(listener);
    const auto count = of_client.find(listener->interest.client_id);
    if (count != of_client.end() && --count->second == 0) of_client.erase(count);
}

template <class Chosen>
void EventFeed::Inside::end_those(Chosen chosen) {
    std::vector<Listener> ended;
    {
        const std::lock_guard lock{mutex};
        std::copy_if(listeners.begin(), listeners.end(), std::back_inserter(ended), chosen);
    }
    for (const Listener& listener : ended) listener->end();
}

}  // namespace puente::push
