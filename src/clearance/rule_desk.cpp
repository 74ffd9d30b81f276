#include "puente/clearance/rule_desk.hpp"

#include <algorithm>
#include <atomic>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/use_future.hpp>
#include <deque>
#include <mutex>

#include "puente/store/pool.hpp"
#include "puente/telemetry/log.hpp"

namespace puente::clearance {

namespace asio = boost::asio;
using namespace std::chrono_literals;
using telemetry::Event;
using telemetry::Level;

namespace {

constexpr int waiting_max = 16;
constexpr std::size_t remembered_max = 8;
constexpr std::chrono::milliseconds poll_every{1'000};
constexpr std::array all_sets{rules::RuleSetName::shared, rules::RuleSetName::cbp, rules::RuleSetName::sat};

constexpr std::size_t place(rules::RuleSetName set) {
    return static_cast<std::size_t>(set);
}

/// Which agency's eyes see every file of a set.
store::As reader_of(rules::RuleSetName set) {
    return {store::As::Kind::officer, "", "", set == rules::RuleSetName::sat ? "SAT" : "CBP"};
}

std::string key_of(const ActivationOfSet& activations) {
    std::string key;
    for (const auto& each : activations) key += std::to_string(each ? each->activation_id : 0) + " ";
    return key;
}

std::chrono::milliseconds until_next(const store::RuleSetOutlook& outlook) {
    std::chrono::milliseconds wait = poll_every;
    for (const auto& each : outlook.next) {
        if (each) wait = std::min(wait, std::chrono::ceil<std::chrono::milliseconds>(each->effective_from - outlook.now) + 1ms);
    }
    return wait;
}

}  // namespace

struct RuleDesk::Inside {
    Inside(RulesInForce& in_force, std::shared_ptr<const RulesSnapshot> first, std::string folder)
        : rules{in_force}, shipped{std::move(first)}, samples{std::move(folder)}, timer{follower.get_executor()} {}

    asio::awaitable<void> follow();
    asio::awaitable<Result<std::chrono::milliseconds>> step();
    asio::awaitable<Result<void>> catch_up(ActivationOfSet wanted);
    asio::awaitable<Result<std::vector<rules::SourceFile>>> files_of(rules::RuleSetName set,
                                                                     const std::optional<store::RuleSetActivation>& activation);
    void put_in_force(const RuleSources& sources, const ActivationOfSet& wanted);
    bool take(RuleSources sources, ActivationOfSet activations, Level level);
    std::shared_ptr<const RulesSnapshot> shipped_now() const {
        const std::lock_guard lock{mutex};
        return shipped;
    }

    RulesInForce& rules;
    mutable std::mutex mutex;  ///< of the four that follow
    std::shared_ptr<const RulesSnapshot> shipped;
    ActivationOfSet next;
    std::deque<std::pair<std::string, std::shared_ptr<const RulesSnapshot>>> memory;
    std::shared_ptr<const RulesSnapshot> tried_shipped;  ///< with `tried`: the last that was attempted, loaded or refused

    const std::string samples;
    store::Pool* pool = nullptr;
    std::function<void()> changed;
    std::string tried = key_of({});
    bool woken = false;  ///< of the follower's thread
    std::atomic<bool> over{false};
    std::atomic<int> waiting{0};
    asio::thread_pool worker{1};
    asio::thread_pool follower{1};
    asio::steady_timer timer;
};

RuleDesk::RuleDesk(RulesInForce& rules, std::shared_ptr<const RulesSnapshot> shipped, std::string samples)
    : inside_{std::make_unique<Inside>(rules, shipped, std::move(samples))} {
    inside_->tried_shipped = std::move(shipped);
}

RuleDesk::~RuleDesk() {
    stop();
}

Result<void> RuleDesk::follow(store::Pool& pool, std::function<void()> changed) {
    inside_->pool = &pool;
    inside_->changed = std::move(changed);
    const Result<std::chrono::milliseconds> first = asio::co_spawn(inside_->follower, inside_->step(), asio::use_future).get();
    if (!first) return first.error();
    asio::co_spawn(inside_->follower, inside_->follow(), [](const std::exception_ptr& failed) {
        if (failed) Event{"rules.follower_failed", Level::error};
    });
    return {};
}

void RuleDesk::wake() {
    asio::post(inside_->follower, [inside = inside_.get()] {
        inside->woken = true;
        inside->timer.cancel();
    });
}

void RuleDesk::replace_shipped(std::shared_ptr<const RulesSnapshot> shipped) {
    {
        const std::lock_guard lock{inside_->mutex};
        inside_->shipped = std::move(shipped);
    }
    wake();
}

void RuleDesk::stop() {
    if (inside_->over.exchange(true)) return;
    inside_->follower.stop();
    inside_->worker.stop();
    inside_->follower.join();
    inside_->worker.join();
}

std::shared_ptr<const RulesSnapshot> RuleDesk::shipped() const {
    return inside_->shipped_now();
}

ActivationOfSet RuleDesk::next() const {
    const std::lock_guard lock{inside_->mutex};
    return inside_->next;
}

const std::string& RuleDesk::samples() const {
    return inside_->samples;
}

std::shared_ptr<const RulesSnapshot> RuleDesk::remembered(const std::string& key) const {
    const std::lock_guard lock{inside_->mutex};
    for (const auto& [known, snapshot] : inside_->memory) {
        if (known == key) return snapshot;
    }
    return nullptr;
}

void RuleDesk::remember(const std::string& key, std::shared_ptr<const RulesSnapshot> snapshot) {
    const std::lock_guard lock{inside_->mutex};
    inside_->memory.emplace_front(key, std::move(snapshot));
    if (inside_->memory.size() > remembered_max) inside_->memory.pop_back();
}

asio::awaitable<bool> RuleDesk::perform(std::function<void()> job) {
    if (inside_->waiting.fetch_add(1) >= waiting_max || inside_->over) {
        --inside_->waiting;
        co_return false;
    }
    const asio::any_io_executor executor = co_await asio::this_coro::executor;
    auto initiate = [inside = inside_.get(), executor, job = std::move(job)](auto handler) {
        const auto held = std::make_shared<decltype(handler)>(std::move(handler));
        asio::post(inside->worker, [inside, executor, job, held] {
            try {
                job();
            } catch (const std::exception& error) {
                Event{"rules.work_failed", Level::error}.with("reason", error.what());
            }
            --inside->waiting;
            asio::post(executor, [held] { std::move (*held)(); });
        });
    };
    using asio::use_awaitable;
    auto waiting = asio::async_initiate<const asio::use_awaitable_t<>, void()>(std::move(initiate), use_awaitable);
    co_await std::move(waiting);
    co_return true;
}

asio::awaitable<void> RuleDesk::Inside::follow() {
    while (!over) {
        const Result<std::chrono::milliseconds> wait = co_await step();
        timer.expires_after(wait ? *wait : poll_every);
        boost::system::error_code cancelled;
        if (!woken) co_await timer.async_wait(asio::redirect_error(asio::use_awaitable, cancelled));
        woken = false;
    }
}

/// Looks once; gives how long there is nothing to do.
asio::awaitable<Result<std::chrono::milliseconds>> RuleDesk::Inside::step() {
    const std::function<Result<store::RuleSetOutlook>(store::Transaction&)> look = [](store::Transaction& tx) {
        return store::find_rule_set_outlook(tx);
    };
    const Result<store::RuleSetOutlook> outlook = co_await pool->in_transaction<store::RuleSetOutlook>(store::As::gateway(), look);
    if (!outlook) co_return outlook.error();
    {
        const std::lock_guard lock{mutex};
        next = outlook->next;
    }
    const Result<void> caught_up = co_await catch_up(outlook->in_force);
    if (!caught_up) co_return caught_up.error();
    co_return until_next(*outlook);
}

asio::awaitable<Result<void>> RuleDesk::Inside::catch_up(ActivationOfSet wanted) {
    const std::shared_ptr<const RulesSnapshot> folder = shipped_now();
    const std::string key = key_of(wanted);
    if (key == tried && folder == tried_shipped) co_return Result<void>{};
    RuleSources sources = folder->sources;
    for (const rules::RuleSetName set : all_sets) {
        if (!wanted[place(set)]) continue;
        Result<std::vector<rules::SourceFile>> files = co_await files_of(set, wanted[place(set)]);
        if (!files) co_return files.error();
        sources.files(set) = std::move(*files);
    }
    put_in_force(sources, wanted);
    tried = key;
    tried_shipped = folder;
    co_return Result<void>{};
}

asio::awaitable<Result<std::vector<rules::SourceFile>>> RuleDesk::Inside::files_of(rules::RuleSetName set,
                                                                                   const std::optional<store::RuleSetActivation>& activation) {
    using Files = std::vector<rules::SourceFile>;
    const std::shared_ptr<const RulesSnapshot> current = rules.current();
    const auto& known = current->activations[place(set)];
    if (known && known->version == activation->version) co_return current->sources.files(set);
    const std::function<Result<Files>(store::Transaction&)> read = [set, version = activation->version](store::Transaction& tx) -> Result<Files> {
        Result<std::vector<store::RuleFile>> found = store::find_rule_files(tx, set, version);
        if (!found) return found.error();
        Files files;
        for (store::RuleFile& file : *found) files.push_back({std::move(file.name), std::move(file.text)});
        return files;
    };
    co_return co_await pool->in_transaction<Files>(reader_of(set), read);
}

/// All at once; where that does not load, set by set, so that one agency's version does not keep the other's out.
void RuleDesk::Inside::put_in_force(const RuleSources& sources, const ActivationOfSet& wanted) {
    if (take(sources, wanted, Level::error)) return changed();
    bool any = false;
    for (const rules::RuleSetName set : all_sets) {
        const std::shared_ptr<const RulesSnapshot> current = rules.current();
        RuleSources with_one = current->sources;
        ActivationOfSet activations = current->activations;
        with_one.files(set) = sources.files(set);
        activations[place(set)] = wanted[place(set)];
        if (key_of(activations) == key_of(current->activations)) continue;
        any = take(std::move(with_one), std::move(activations), Level::debug) || any;
    }
    if (any) changed();
}

bool RuleDesk::Inside::take(RuleSources sources, ActivationOfSet activations, Level level) {
    const std::string key = key_of(activations);
    MadeRules made = make_rules(std::move(sources), std::move(activations));
    if (!made.snapshot) {
        Event{"rules.refused", level}.with("activations", key).with("reason", described(made.faults));
        return false;
    }
    rules.replace(std::move(made.snapshot));
    return true;
}

}  // namespace puente::clearance
