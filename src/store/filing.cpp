#include "puente/store/filing.hpp"

#include <algorithm>
#include <exception>
#include <iterator>
#include <set>
#include <utility>

#include "puente/telemetry/log.hpp"
#include "puente/telemetry/metrics.hpp"
#include "store/answer.hpp"
#include "store/crew.hpp"
#include "store/filing_batch.hpp"
#include "store/line.hpp"

namespace puente::store {

namespace {

using namespace std::chrono_literals;
using Kind = FilingOutcome::Kind;

/// One filing on its way.
struct Waiting {
    std::shared_ptr<const Filing> filing;
    std::shared_ptr<Answer<FilingOutcome>> answer;
    int tries = 0;
    bool in_doubt = false;  ///< its COMMIT was sent and not answered: to be looked up, never written again
};

constexpr int tries_max = 3;

FilingOutcome outcome_of(Kind kind) {
    FilingOutcome outcome;
    outcome.kind = kind;
    return outcome;
}

Filings filings_of(const std::vector<Waiting>& batch) {
    Filings filings;
    filings.reserve(batch.size());
    for (const Waiting& waiting : batch) filings.push_back(waiting.filing);
    return filings;
}

Session session_of(const DatabaseSettings& settings, telemetry::Metrics& metrics) {
    return {settings.url, "puente_intake", settings.statement_time, settings.lock_time, &metrics};
}

}  // namespace

struct FilingWriter::Inside {
    Inside(DatabaseSettings given, telemetry::Metrics& counted)
        : settings{std::move(given)},
          metrics{counted},
          line{settings.queue_max},
          crew{settings.writers, session_of(settings, counted),
               Crew::Duties{[this](Connection& connection) { turn(connection); }, [this] { refuse_all(); },
                            [this](std::chrono::milliseconds time) { line.pause(time); }, [this] { return line.closed(); }}} {}

    void turn(Connection& connection);
    std::vector<Waiting> next_batch();
    void write(Connection& connection, std::vector<Waiting> batch);
    void settle(Connection& connection, std::vector<Waiting> batch, const BatchResult& result);
    void once_more(std::vector<Waiting> batch);
    void refuse_all() { give(line.drain(), Kind::unavailable); }
    void give(const std::vector<Waiting>& batch, Kind kind) {
        for (const Waiting& waiting : batch) waiting.answer->give(outcome_of(kind));
    }

    const DatabaseSettings settings;
    telemetry::Metrics& metrics;
    Line<Waiting> line;
    Crew crew;
};

void FilingWriter::Inside::turn(Connection& connection) {
    std::vector<Waiting> batch = next_batch();
    if (!batch.empty()) return write(connection, std::move(batch));
    try {
        connection.ping();
    } catch (const std::exception&) {
        return;  // the connection is closed: the crew makes another
    }
}

/// Whatever waits, up to batch_rows_max. A second filing under the same key stays for the next batch, and so does what has to be looked up.
std::vector<Waiting> FilingWriter::Inside::next_batch() {
    std::set<std::pair<std::string, std::string>> keys;
    std::optional<bool> in_doubt;
    const auto admit = [&](const Waiting& waiting) {
        if (!in_doubt) in_doubt = waiting.in_doubt;
        return waiting.in_doubt == *in_doubt && keys.emplace(waiting.filing->client_id, waiting.filing->idempotency_key).second;
    };
    return line.take(settings.batch_rows_max, 1s, admit);
}

void FilingWriter::Inside::write(Connection& connection, std::vector<Waiting> batch) {
    const Filings filings = filings_of(batch);
    const auto began = std::chrono::steady_clock::now();
    const BatchResult result = batch.front().in_doubt ? look_up(connection, filings) : commit_batch(connection, filings);
    if (result.ending == Ending::committed) metrics.commit(batch.size(), std::chrono::steady_clock::now() - began);
    settle(connection, std::move(batch), result);
}

void FilingWriter::Inside::settle(Connection& connection, std::vector<Waiting> batch, const BatchResult& result) {
    switch (result.ending) {
        case Ending::committed:
            for (std::size_t i = 0; i < batch.size(); ++i) batch[i].answer->give(result.outcomes[i]);
            return;
        case Ending::refused:
            if (batch.size() == 1) {
                telemetry::Event{"filing.refused_by_database", telemetry::Level::error}.with("sqlstate", result.sqlstate);
                return give(batch, Kind::unavailable);
            }
            for (Waiting& waiting : batch) {  // one of them is to blame: each by itself
                if (!connection.is_open()) {
                    once_more({std::move(waiting)});
                } else {
                    write(connection, {std::move(waiting)});
                }
            }
            return;
        case Ending::again:
        case Ending::lost:
            return once_more(std::move(batch));
        case Ending::in_doubt:
            for (Waiting& waiting : batch) waiting.in_doubt = true;
            return once_more(std::move(batch));
    }
}

/// Nothing was written, or it has to be looked up: back to the front of the line, a few times.
void FilingWriter::Inside::once_more(std::vector<Waiting> batch) {
    std::vector<Waiting> again;
    std::vector<Waiting> given_up;
    for (Waiting& waiting : batch) (++waiting.tries < tries_max && !line.closed() ? again : given_up).push_back(std::move(waiting));
    give(given_up, Kind::unavailable);
    if (!again.empty()) line.push_back_in_front(std::move(again));
}

FilingWriter::FilingWriter(DatabaseSettings settings, telemetry::Metrics& metrics)
    : inside_{std::make_unique<Inside>(std::move(settings), metrics)} {}

FilingWriter::~FilingWriter() {
    stop();
}

boost::asio::awaitable<FilingOutcome> FilingWriter::file(std::shared_ptr<const Filing> filing) {
    if (inside_->crew.known_down()) co_return outcome_of(Kind::unavailable);
    const auto begin = [inside = inside_.get(), filing](const std::shared_ptr<Answer<FilingOutcome>>& answer) {
        if (!inside->line.push(Waiting{filing, answer})) answer->give(outcome_of(Kind::overloaded));
    };
    auto waiting = answered<FilingOutcome>(inside_->settings.answer_time, outcome_of(Kind::unavailable), begin);
    co_return co_await std::move(waiting);
}

bool FilingWriter::reachable() const {
    return inside_->crew.reachable();
}

void FilingWriter::stop() {
    inside_->line.close();
    inside_->crew.join(inside_->settings.answer_time);
    inside_->refuse_all();
}

}  // namespace puente::store
