#pragma once

#include <boost/asio/awaitable.hpp>
#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "puente/access/caller.hpp"
#include "puente/clearance/clearance.hpp"
#include "puente/clearance/grant.hpp"
#include "puente/push/event_feed.hpp"

namespace puente::clearance {

/// A place in the feed as callers hold it: text that means nothing to them, good at every gateway.
std::string cursor_text(const store::FeedPlace& place);
/// Nothing when the text was never given out.
std::optional<store::FeedPlace> parse_cursor(std::string_view text);

/// What a caller wants to hear of; empty: everything that it may.
struct EventWish {
    std::optional<store::FeedPlace> after;  ///< nothing: from now on
    std::optional<Uuid> manifest_id;
    std::string port;
    std::string kind;
};

/// Listens as the caller: officers under their agency's database role, brokers and carriers to what is theirs.
/// Errors: stale (the place is gone), conflict (too many at once), overloaded.
boost::asio::awaitable<Result<std::unique_ptr<push::Listening>>> listen(EventWish wish, const access::Caller& caller, Clearance& clearance);

struct EventPage {
    std::vector<std::shared_ptr<const push::Told>> events;
    store::FeedPlace next;  ///< where to go on
};

/// The next events, at most `events_max`. When there are none yet it waits for the first, at most so long. Errors as above.
boost::asio::awaitable<Result<EventPage>> next_events(EventWish wish, std::size_t events_max, std::chrono::milliseconds at_most,
                                                      const access::Caller& caller, Clearance& clearance);

/// When the token with which somebody began to listen ends; it was found good before.
Result<Instant> token_end(std::string_view token, const AccessDesk& desk, Clearance& clearance);

}  // namespace puente::clearance
