#pragma once

#include <boost/asio/awaitable.hpp>
#include <optional>
#include <string>
#include <vector>

#include "puente/access/caller.hpp"
#include "puente/clearance/clearance.hpp"
#include "puente/store/board.hpp"

namespace puente::clearance {

/// How long legs waited that were begun: from when the inspection was opened, the load had arrived (as told, otherwise as estimated) and the agency
/// had joined, whichever came last, until its officer began. Minutes; each percentile is at most 9 % off, those below a minute at most half a minute.
struct Waits {
    std::int64_t count = 0;
    double p50 = 0;
    double p90 = 0;
    double p95 = 0;
};

/// The middle of a bucket of puente.wait_bucket, in minutes: what a wait in it is taken for.
double wait_of_bucket(std::size_t bucket);
/// From a histogram by these buckets.
Waits waits_of(const std::vector<std::int64_t>& histogram);

/// What one agency did in an hour, with the loads of one lane and class or with all.
struct BoardWork {
    std::string agency;
    std::string lane{};
    std::string load_class{};  ///< empty: all lanes and classes
    std::int64_t begun = 0;
    std::int64_t released = 0;
    std::int64_t held = 0;
    std::int64_t refused = 0;
    Waits waits{};
};

struct BoardSelected {
    std::string lane;
    std::string load_class;
    std::int64_t count = 0;
};

struct BoardLine {
    Instant hour;
    std::int64_t filed = 0;
    std::int64_t selected = 0;
    std::int64_t crossed = 0;
    std::vector<BoardWork> agencies{};
    std::vector<BoardSelected> selected_by{};
    std::vector<BoardWork> groups{};  ///< by agency, lane and class
};

struct Board {
    bool current = false;  ///< counted to the end less than a minute ago
    std::vector<store::BoardStatus> statuses;
    std::vector<store::BoardQueue> queue;
    std::vector<BoardLine> hours;  ///< newest first, every hour
};

/// How a port stands and what happened there in the last `hours`, the one under way included: the same for officers of every agency. Errors:
/// not_found (no such port).
boost::asio::awaitable<Result<Board>> find_board(std::string port, int hours, const access::Caller& officer, Clearance& clearance);

}  // namespace puente::clearance
