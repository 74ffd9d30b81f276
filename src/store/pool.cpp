#include "puente/store/pool.hpp"

#include <exception>

#include "store/answer.hpp"
#include "store/attempt.hpp"
#include "store/crew.hpp"
#include "store/line.hpp"

namespace puente::store {

namespace {

using Work = std::function<Result<void>(Transaction&)>;

struct Waiting {
    As as;
    Work work;
    std::shared_ptr<Answer<Result<void>>> answer;
    int losses = 0;  ///< connections that were lost under it, before anything was written
};

Error unreachable() {
    return Error{ErrorKind::overloaded, "the database cannot be reached; try again"};
}

/// The session of one thread: its role is taken in each transaction.
Session session_of(const DatabaseSettings& settings, telemetry::Metrics& metrics) {
    return {settings.url, "", settings.statement_time, settings.lock_time, &metrics};
}

}  // namespace

struct Pool::Inside {
    Inside(DatabaseSettings given, telemetry::Metrics& metrics)
        : settings{std::move(given)},
          line{settings.queue_max},
          crew{settings.readers, session_of(settings, metrics),
               Crew::Duties{[this](Connection& connection) { turn(connection); }, [this] { refuse_all(); },
                            [this](std::chrono::milliseconds time) { line.pause(time); }, [this] { return line.closed(); }}} {}

    void turn(Connection& connection) {
        using namespace std::chrono_literals;
        std::vector<Waiting> jobs = line.take(1, 1s, [](const Waiting&) { return true; });
        try {
            if (jobs.empty()) return connection.ping();
        } catch (const std::exception&) {
            return;
        }
        run(connection, std::move(jobs.front()));
    }

    void run(Connection& connection, Waiting job) {
        const Attempt last = attempt_again(connection, job.as, job.work);
        if (last.ending == Ending::lost && job.losses++ == 0 && !line.closed()) {
            std::vector<Waiting> once_more;
            once_more.push_back(std::move(job));
            return line.push_back_in_front(std::move(once_more));
        }
        job.answer->give(last.outcome);
    }

    void refuse_all() {
        for (Waiting& job : line.drain()) job.answer->give(unreachable());
    }

    const DatabaseSettings settings;
    Line<Waiting> line;
    Crew crew;
};

Pool::Pool(DatabaseSettings settings, telemetry::Metrics& metrics) : inside_{std::make_unique<Inside>(std::move(settings), metrics)} {}

Pool::~Pool() {
    stop();
}

boost::asio::awaitable<Result<void>> Pool::run(As as, Job job) {
    if (inside_->crew.known_down()) co_return unreachable();
    const Result<void> too_late = Error{ErrorKind::overloaded, "the database did not answer in time; look, or try again"};
    const auto begin = [inside = inside_.get(), as = std::move(as), job = std::move(job)](const std::shared_ptr<Answer<Result<void>>>& answer) {
        if (!inside->line.push(Waiting{as, job, answer})) answer->give(Error{ErrorKind::overloaded, "too many requests are waiting; try again"});
    };
    auto waiting = answered<Result<void>>(inside_->settings.answer_time, too_late, begin);
    co_return co_await std::move(waiting);
}

bool Pool::reachable() const {
    return inside_->crew.reachable();
}

const DatabaseSettings& Pool::settings() const {
    return inside_->settings;
}

void Pool::stop() {
    inside_->line.close();
    inside_->crew.join(inside_->settings.answer_time);
    inside_->refuse_all();
}

Result<void> run_once(const std::string& url, As as, const std::function<Result<void>(Transaction&)>& work) {
    try {
        const Session session{url, "", std::chrono::milliseconds{0}, std::chrono::milliseconds{0}, nullptr};
        Connection connection{session, nullptr};
        return attempt_again(connection, as, work, false).outcome;
    } catch (const std::exception& error) {
        return Error{ErrorKind::overloaded, std::string{"the database cannot be reached: "} + error.what()};
    }
}

}  // namespace puente::store
