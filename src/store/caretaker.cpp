#include "puente/store/caretaker.hpp"

#include <algorithm>
#include <condition_variable>
#include <exception>
#include <mutex>
#include <optional>
#include <utility>

#include "puente/telemetry/log.hpp"
#include "store/attempt.hpp"
#include "store/crew.hpp"

namespace puente::store {

namespace {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;
using telemetry::Event;
using telemetry::Level;

constexpr std::chrono::minutes try_again{1};
constexpr std::chrono::seconds stop_grace{1};

/// A chore and how it stands.
struct Task {
    Chore chore;
    Clock::time_point due = Clock::now();
    std::size_t done = 0;  ///< since there was last nothing left
    bool is_failing = false;
};

}  // namespace

struct Caretaker::Inside {
    Inside(const DatabaseSettings& settings, telemetry::Metrics& metrics, std::vector<Chore> chores)
        : tasks{tasks_of(std::move(chores))},
          crew{1, Session{settings.url, "", settings.statement_time, settings.lock_time, &metrics},
               Crew::Duties{[this](Connection& connection) { turn(connection); }, [] {},
                            [this](std::chrono::milliseconds time) { rest_until(Clock::now() + time); }, [this] { return is_over(); }}} {}

    static std::vector<Task> tasks_of(std::vector<Chore> chores) {
        std::vector<Task> all;
        for (Chore& chore : chores) all.push_back({std::move(chore)});
        return all;
    }
    void turn(Connection& connection);
    static void step(Task& task, Connection& connection);
    void rest_until(Clock::time_point when) {
        std::unique_lock lock{mutex};
        ended.wait_until(lock, when, [this] { return over; });
    }
    bool is_over() {
        const std::lock_guard lock{mutex};
        return over;
    }

    std::vector<Task> tasks;  ///< of the crew's thread only
    std::mutex mutex;
    std::condition_variable ended;
    bool over = false;
    Crew crew;
};

/// The chore that has been due for longest; a ping when none is within a second.
void Caretaker::Inside::turn(Connection& connection) {
    const auto next = std::min_element(tasks.begin(), tasks.end(), [](const Task& a, const Task& b) { return a.due < b.due; });
    const Clock::time_point look = Clock::now() + 1s;
    rest_until(next == tasks.end() ? look : std::min(next->due, look));
    if (is_over()) return;
    if (next != tasks.end() && next->due <= Clock::now()) return step(*next, connection);
    try {
        connection.ping();
    } catch (const std::exception&) {
        return;  // the connection is closed: the crew makes another
    }
}

void Caretaker::Inside::step(Task& task, Connection& connection) {
    const Chore& chore = task.chore;
    const Clock::time_point began = Clock::now();
    std::size_t done = 0;
    const Attempt last = attempt_again(connection, chore.as, [&](Transaction& tx) -> Result<void> {
        const Result<std::size_t> some = chore.step(tx, chore.portion);
        if (!some) return some.error();
        done = *some;
        return {};
    });
    const Clock::time_point now = Clock::now();
    if (!last.outcome) {
        if (!task.is_failing) Event{"chore.waits", Level::warning}.with("chore", chore.name).with("reason", last.outcome.error().detail());
        task.is_failing = true;
        task.due = now + std::min<Clock::duration>(chore.every, try_again);
        return;
    }
    task.is_failing = false;
    task.done += done;
    const bool more = done > 0 && done >= chore.portion;
    task.due = std::max(more ? now : now + chore.every, began + chore.share * (now - began));
    if (more) return;
    if (task.done > 0 && chore.tell) chore.tell(task.done);
    task.done = 0;
}

Caretaker::Caretaker(DatabaseSettings settings, telemetry::Metrics& metrics, std::vector<Chore> chores)
    : inside_{std::make_unique<Inside>(settings, metrics, std::move(chores))} {}

Caretaker::~Caretaker() {
    stop();
}

void Caretaker::stop() {
    {
        const std::lock_guard lock{inside_->mutex};
        inside_->over = true;
    }
    inside_->ended.notify_all();
    inside_->crew.join(stop_grace);
}

}  // namespace puente::store
