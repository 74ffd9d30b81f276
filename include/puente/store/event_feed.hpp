#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "puente/instant.hpp"
#include "puente/result.hpp"
#include "puente/uuid.hpp"

namespace puente::store {

class Transaction;

/// A place in the order of all events: behind this one; zeros: before the first. The order is the same for every reader and at every gateway, and
/// nothing is ever put in before a place that was reached.
struct FeedPlace {
    std::uint64_t written_by = 0;  ///< PostgreSQL's 64-bit transaction number
    std::int64_t event_id = 0;
    friend auto operator<=>(const FeedPlace&, const FeedPlace&) = default;
};

/// An event with what tells whose it is: a manifest, or ports.
struct FeedEvent {
    FeedPlace place;
    Uuid manifest_id;  ///< all zero: of no manifest, but of `ports`
    Instant at;
    std::string kind;
    std::int32_t version = 0;
    std::int64_t state_no = 0;
    std::string actor;   ///< agency or company; never a person
    std::string status;  ///< public status after it, or the state of the contingency
    std::string detail;  ///< JSON object
    std::string company;
    std::string carrier_key;
    std::string trip_number;
    std::string us_port;
    std::string mx_office;
    std::vector<std::string> ports;  ///< US ports and Mexican offices that an event of no manifest concerns
};

struct FeedPage {
    std::vector<FeedEvent> events;  ///< in order
    FeedPlace reached;              ///< everything up to here has been read
    bool is_last = true;            ///< there was no more at the time
};

/// The next events behind a place, at most `limit`. Under As::feed() those that all parties of a manifest may see, of every company; under an officer
/// those of the officer's agency. Events of transactions that run beside an older one still writing come with a later page.
Result<FeedPage> read_feed(Transaction& tx, const FeedPlace& after, std::size_t limit);

/// The place behind the last event that can be read now, by the same role.
Result<FeedPlace> feed_end(Transaction& tx);
/// Whether everything behind the place can still be read, and the place was ever reached: not when events behind it were removed, or when it comes
/// from another database. Under As::feed().
Result<bool> is_place_known(Transaction& tx, const FeedPlace& place);

}  // namespace puente::store
