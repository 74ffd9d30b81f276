#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "puente/instant.hpp"
#include "puente/store/transaction.hpp"

namespace puente::store {

/// What was counted in an hour at the crossings of a port for one agency, lane and class. Of the load as a whole (agency empty): filed, selected,
/// crossed; of an agency's legs: the rest. `waits` counts the legs begun by puente.wait_bucket of the seconds they waited.
struct BoardHour {
    Instant hour;
    std::string agency;
    std::string lane;
    std::string load_class;  ///< essential, trusted, perishable or other; empty for filed and crossed
    std::int64_t filed = 0;
    std::int64_t selected = 0;
    std::int64_t crossed = 0;
    std::int64_t begun = 0;
    std::int64_t released = 0;
    std::int64_t held = 0;
    std::int64_t refused = 0;
    std::vector<std::int64_t> waits{};
};

struct BoardStatus {
    std::string status;
    std::int64_t manifests = 0;
};

/// Legs of an agency that are in the queue.
struct BoardQueue {
    std::string agency;
    std::string load_class;
    std::int64_t waiting = 0;               ///< nobody holds them
    std::int64_t arrived = 0;               ///< of those waiting: the load should be there by now
    std::int64_t in_hand = 0;               ///< claimed, under a lease that runs
    std::optional<Instant> oldest_since{};  ///< of those arrived
};

struct BoardRecord {
    Instant this_hour;     ///< the last of the hours, by the database's clock
    bool current = false;  ///< counted to the end less than a minute ago
    std::vector<BoardStatus> statuses;
    std::vector<BoardQueue> queue;
    std::vector<BoardHour> hours;  ///< newest first; hours in which nothing happened are not there
};

/// The board of a port over the last `hours`, the one under way included.
Result<BoardRecord> find_board(Transaction& tx, const std::string& port, int hours);

/// What a round of counting did.
struct BoardRound {
    std::size_t events = 0;
    bool more = false;  ///< there are events left to count
};

/// Counts the next `limit` events at most, as the watch. Nothing when another gateway is counting. Each event is counted once, however many gateways
/// count: in the transaction that moves the place in the feed (store/event_feed), which stops below the oldest transaction still writing.
Result<BoardRound> count_events(Transaction& tx, std::size_t limit);

/// Looks at the queue of every port unless somebody did in the last few seconds, as the watch; forgets hours that are over for two months.
Result<void> look_at_queues(Transaction& tx);

}  // namespace puente::store
