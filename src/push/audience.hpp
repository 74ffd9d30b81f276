#pragma once

#include <deque>
#include <mutex>
#include <unordered_map>
#include <unordered_set>

#include "puente/push/event_feed.hpp"

namespace puente::push {

class Audience;

using Events = std::vector<std::shared_ptr<const Told>>;

/// What is kept of a listener: a box that the feed fills and the listener empties.
struct Listening::Inside {
    Inside(Interest wanted, std::shared_ptr<Audience> whose, store::FeedPlace from)
        : interest{std::move(wanted)}, audience{std::move(whose)}, looked_at{from} {}

    /// Puts what it wants of these events into the box; true when there is something to ring for.
    bool put(const Events& events);
    /// Nothing more comes; what is in the box is forgotten.
    void end();
    void ring() const;
    /// The box is fuller than it needs to be for the listener to keep busy.
    bool is_behind() const;

    const Interest interest;
    const std::shared_ptr<Audience> audience;
    mutable std::mutex mutex;
    store::FeedPlace looked_at;  ///< everything up to here is in the box, was taken from it, or is not wanted
    bool is_live = false;        ///< the audience puts in what comes
    bool is_over = false;
    bool was_slow = false;
    Events box;
    std::function<void()> bell;
};

using Listener = std::shared_ptr<Listening::Inside>;

/// Those who read under the same eyes, the latest events that these see, and how far has been read for them. Any thread.
class Audience {
public:
    Audience(store::As as, store::FeedPlace from, std::size_t recent_max)
        : as_{std::move(as)}, recent_max_{recent_max}, forgotten_{from}, reached_{from} {}

    const store::As& as() const { return as_; }
    store::FeedPlace reached() const;
    /// The next events, in order, for everybody who is live. Gives how many listeners they were for.
    std::size_t hand_out(const Events& events, store::FeedPlace reached);

    enum class Caught { live, partly, too_old };
    /// Gives a listener what it has missed out of memory. Live: it has all of it and gets what comes. Partly: once more when its box is emptier.
    /// Too old: memory does not go back so far.
    Caught catch_up(const Listener& listener);
    void leave(const Listener& listener);
    bool has_listeners() const;

private:
    using Group = std::unordered_set<Listener>;
    void join(const Listener& listener);
    std::unordered_map<Listener, Events> parcels_of(const Events& events) const;

    const store::As as_;
    const std::size_t recent_max_;
    mutable std::mutex mutex_;
    std::deque<std::shared_ptr<const Told>> recent_;
    store::FeedPlace forgotten_;  ///< the place before the first of them
    Group everybody_;
    std::unordered_map<std::string, Group> of_company_;
    std::unordered_map<std::string, Group> of_carrier_;
    mutable std::mutex reached_mutex_;  ///< held for two words only: who asks how far it has been read must not wait for a handing out
    store::FeedPlace reached_;
};

}  // namespace puente::push
