#include <exception>
#include <optional>
#include <utility>

#include "puente/store/claims.hpp"
#include "store/answer.hpp"
#include "store/attempt.hpp"
#include "store/crew.hpp"
#include "store/line.hpp"

namespace puente::store {

namespace {

using namespace std::chrono_literals;

/// An officer at a counter.
struct Waiting {
    Counter counter;
    std::string officer;
    std::chrono::seconds lease;
    std::shared_ptr<Answer<Result<Claim>>> answer;
    int tries = 0;
};

using Group = std::vector<Waiting>;

constexpr int tries_max = 5;
constexpr std::size_t connections = 2;

Error unreachable() {
    return Error{ErrorKind::overloaded, "the database cannot be reached; try again"};
}

Session session_of(const DatabaseSettings& settings, telemetry::Metrics& metrics) {
    return {settings.url, "", settings.statement_time, settings.lock_time, &metrics};
}

std::vector<std::string> officers_of(const Group& group) {
    std::vector<std::string> officers;
    for (const Waiting& waiting : group) officers.push_back(waiting.officer);
    return officers;
}

}  // namespace

struct ClaimWriter::Inside {
    Inside(DatabaseSettings given, telemetry::Metrics& metrics)
        : settings{std::move(given)},
          line{settings.queue_max},
          crew{connections, session_of(settings, metrics),
               Crew::Duties{[this](Connection& connection) { turn(connection); }, [this] { refuse(line.drain(), unreachable()); },
                            [this](std::chrono::milliseconds time) { line.pause(time); }, [this] { return line.closed(); }}} {}

    void turn(Connection& connection);
    Group next_group();
    void serve(Connection& connection, Group group);
    void once_more(Group group, const Error& error);
    static void refuse(const Group& group, const Error& error) {
        for (const Waiting& waiting : group) waiting.answer->give(error);
    }

    const DatabaseSettings settings;
    Line<Waiting> line;
    Crew crew;
};

void ClaimWriter::Inside::turn(Connection& connection) {
    Group group = next_group();
    if (!group.empty()) return serve(connection, std::move(group));
    try {
        connection.ping();
    } catch (const std::exception&) {
        return;  // the connection is closed: the crew makes another
    }
}

/// Everybody at the counter of whoever has waited longest; those who gave up waiting get nothing, which they would not know of.
Group ClaimWriter::Inside::next_group() {
    std::optional<std::pair<Counter, std::chrono::seconds>> counter;
    const auto admit = [&](const Waiting& waiting) {
        if (!counter) counter.emplace(waiting.counter, waiting.lease);
        return waiting.counter == counter->first && waiting.lease == counter->second;
    };
    Group group = line.take(claims_at_once_max, 1s, admit);
    std::erase_if(group, [](const Waiting& waiting) { return waiting.answer->is_given(); });
    return group;
}

/// One transaction. Whoever it has nothing for asks once more, in a transaction that waits for those who are taking legs in this moment; it holds no
/// locks then, so that two gateways never wait for each other.
void ClaimWriter::Inside::serve(Connection& connection, Group group) {
    As as;
    as.kind = As::Kind::officer;
    as.agency = group.front().counter.agency.text();
    const Counter counter = group.front().counter;
    const std::vector<std::string> officers = officers_of(group);
    std::vector<Claim> taken;
    std::optional<Error> nothing;
    const auto work = [&](Transaction& tx) -> Result<void> {
        nothing.reset();
        Result<std::vector<Claim>> claims = claim_what_waits(tx, counter, officers, group.front().lease);
        if (!claims) return claims.error();
        taken = std::move(*claims);
        if (!taken.empty()) return {};
        nothing = nothing_waits(tx, counter);
        return {};
    };
    const Attempt ended = attempt(connection, as, work);
    if (ended.ending == Ending::again || ended.ending == Ending::lost)
        return once_more(std::move(group), ended.outcome ? unreachable() : ended.outcome.error());
    if (ended.ending != Ending::committed) return refuse(group, ended.outcome.error());
    for (std::size_t i = 0; i < taken.size(); ++i) group[i].answer->give(taken[i]);
    group.erase(group.begin(), group.begin() + static_cast<std::ptrdiff_t>(taken.size()));
    if (nothing) return refuse(group, *nothing);
    if (!group.empty()) serve(connection, std::move(group));
}

/// Nothing was written: back to the front of the line, a few times.
void ClaimWriter::Inside::once_more(Group group, const Error& error) {
    Group again;
    for (Waiting& waiting : group) {
        if (++waiting.tries < tries_max && !line.closed()) {
            again.push_back(std::move(waiting));
        } else {
            waiting.answer->give(error);
        }
    }
    if (!again.empty()) line.push_back_in_front(std::move(again));
}

ClaimWriter::ClaimWriter(DatabaseSettings settings, telemetry::Metrics& metrics) : inside_{std::make_unique<Inside>(std::move(settings), metrics)} {}

ClaimWriter::~ClaimWriter() {
    stop();
}

boost::asio::awaitable<Result<Claim>> ClaimWriter::next(Counter counter, std::string officer, std::chrono::seconds lease) {
    if (inside_->crew.known_down()) co_return unreachable();
    const Result<Claim> too_late = Error{ErrorKind::overloaded, "the database did not answer in time; look whether a leg is yours, or try again"};
    const auto begin = [inside = inside_.get(), counter = std::move(counter), officer = std::move(officer),
                        lease](const std::shared_ptr<Answer<Result<Claim>>>& answer) {
        if (!inside->line.push(Waiting{counter, officer, lease, answer}))
            answer->give(Error{ErrorKind::overloaded, "too many requests are waiting; try again"});
    };
    auto waiting = answered<Result<Claim>>(inside_->settings.answer_time, too_late, begin);
    co_return co_await std::move(waiting);
}

void ClaimWriter::stop() {
    inside_->line.close();
    inside_->crew.join(inside_->settings.answer_time);
    inside_->refuse(inside_->line.drain(), unreachable());
}

}  // namespace puente::store
