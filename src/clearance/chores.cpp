#include "puente/clearance/chores.hpp"

#include "puente/store/bays.hpp"
#include "puente/store/board.hpp"
#include "puente/store/contingency.hpp"
#include "puente/store/expiry.hpp"
#include "puente/store/retention.hpp"
#include "puente/telemetry/log.hpp"

namespace puente::clearance {

namespace {

using namespace std::chrono_literals;
using store::As;
using store::Transaction;
using telemetry::Event;
using telemetry::Level;

/// A page is counted in a tenth of a second or so.
constexpr std::size_t page_events = 1'000;
/// Looking at the queues takes longer the more waits.
constexpr int look_share = 20;

Result<std::size_t> count_page(Transaction& tx, std::size_t most) {
    const Result<store::BoardRound> round = store::count_events(tx, most);
    if (!round) return round.error();
    return round->events;
}

Result<std::size_t> look_at_queues(Transaction& tx, std::size_t) {
    const Result<void> looked = store::look_at_queues(tx);
    if (!looked) return looked.error();
    return std::size_t{0};
}

Result<std::size_t> note_lapsed(Transaction& tx, std::size_t) {
    return store::note_lapsed_contingencies(tx);
}

Result<std::size_t> prepare_months(Transaction& tx, std::size_t) {
    return store::prepare_cohorts(tx);
}

void tell_overdue(std::size_t legs) {
    Event{"queue.overdue", Level::warning}.with("legs", legs);
}

void tell_lapsed(std::size_t contingencies) {
    Event{"contingency.lapsed"}.with("contingencies", contingencies);
}

void tell_expired(std::size_t manifests) {
    Event{"trips.expired"}.with("manifests", manifests);
}

void tell_prepared(std::size_t months) {
    Event{"months.prepared"}.with("months", months);
}

}  // namespace

std::vector<store::Chore> chores(std::chrono::hours late_after) {
    const auto expire = [late_after](Transaction& tx, std::size_t most) { return store::expire_manifests(tx, late_after, most); };
    constexpr std::size_t all = SIZE_MAX;
    // A line each; the tool would tear them apart.
    // clang-format off
    return {
        {"board.count",    1s,    As::watch(),  page_events, count_page                                   },
        {"board.queues",   1s,    As::watch(),  all,         look_at_queues,                nullptr,      look_share},
        {"legs.overdue",   5s,    As::watch(),  200,         store::flag_overdue_legs,      tell_overdue  },
        {"contingencies",  5s,    As::watch(),  all,         note_lapsed,                   tell_lapsed   },
        {"answers.forget", 10min, As::intake(), 5'000,       store::forget_expired_answers                },
        {"trips.expire",   10min, As::watch(),  200,         expire,                        tell_expired  },
        {"months.prepare", 1h,    As::watch(),  all,         prepare_months,                tell_prepared },
    };
    // clang-format on
}

}  // namespace puente::clearance
