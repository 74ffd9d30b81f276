#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "puente/store/event_feed.hpp"
#include "puente/store/pool.hpp"

namespace puente::push {

/// An event as it is sent. Read once and written once, whoever gets it.
struct Told {
    store::FeedEvent event;
    std::string frame;           ///< the whole server-sent event
    std::size_t data_begin = 0;  ///< where in the frame its JSON is
    std::size_t data_size = 0;

    std::string_view data() const { return std::string_view{frame}.substr(data_begin, data_size); }
};

/// Who listens, and to what. Empty filters take everything.
struct Interest {
    std::string client_id;
    std::string agency;  ///< officers: their agency, under whose database role is read. Empty: a party, which gets what is of `company` or `scac`
    std::string company;
    std::string scac;
    std::optional<Uuid> manifest_id;
    std::string port;  ///< a US port or a Mexican office
    std::string kind;

    /// Whether an event that the listener's role may see is one of those it wants. For a party also whether it is its own.
    bool takes(const store::FeedEvent& event) const;
};

/// What has come for a listener.
struct Taken {
    std::vector<std::shared_ptr<const Told>> events;
    std::optional<store::FeedPlace> reached;  ///< with no events: everything up to here has been looked at
    bool is_live = false;                     ///< nothing older is still being read for it
    bool is_over = false;                     ///< it was too slow, its client was revoked, or the house closes: nothing more comes
};

class EventFeed;

/// A place among the listeners. To be used on one thread; it must not outlive the feed.
class Listening {
public:
    struct Inside;
    Listening(EventFeed& feed, std::shared_ptr<Inside> inside);
    ~Listening();
    Listening(const Listening&) = delete;
    Listening& operator=(const Listening&) = delete;

    /// `ring` is called, on any thread, when there is something to take.
    void on_arrival(std::function<void()> ring);
    /// At most this many events, in order. `with_reached` asks how far has been looked when there are none.
    Taken take(std::size_t events_max, bool with_reached);

private:
    EventFeed& feed_;
    std::shared_ptr<Inside> inside_;
};

/// Tells every listener what happens to the manifests that it may see, in the one order of all events, without gap or repetition.
///
/// One reader for each audience (all parties together; each agency under its own database role) looks for new events a few dozen times a second while
/// anybody listens, and hands them out in memory. The latest events stay in memory, so that a listener who comes back a moment later costs no read;
/// one who was away for longer is read for from the database, page by page, until it has caught up. Nothing is notified and no lock is taken in the
/// transactions that write events. Any thread.
class EventFeed {
public:
    struct Settings {
        store::DatabaseSettings database;
        std::chrono::milliseconds interval{25};  ///< between two looks while anybody listens
        std::chrono::seconds linger{60};         ///< how long it goes on looking when nobody does, for those who come back
        std::size_t recent_max = 20'000;         ///< events kept in memory for each audience
        std::size_t listeners_per_client_max = 100;
    };
    /// How an event is written: fills the frame of what is told.
    using Write = std::function<void(Told&)>;

    EventFeed(Settings settings, telemetry::Metrics& metrics, Write write);
    ~EventFeed();

    /// Listens from a place on; without one from now on. Errors: overloaded when the database cannot be reached; stale when the place is before what
    /// is kept or was never reached here; conflict when this client listens too often already.
    boost::asio::awaitable<Result<std::unique_ptr<Listening>>> listen(Interest interest, std::optional<store::FeedPlace> after);
    /// Ends what a client listens to: its registration has changed.
    void end_client(std::string_view client_id);
    /// Ends everything that is listened to.
    void end_all();
    /// The same, and nobody can listen any more.
    void close();
    /// Ends the reading, too. To be called before those whom listeners ring are gone.
    void stop();

    struct Counts {
        std::size_t listeners = 0;
        std::uint64_t read = 0;  ///< events read, once for each audience
        std::uint64_t slow = 0;  ///< listeners let go because they were too slow
    };
    Counts counts() const;

    struct Inside;

private:
    friend class Listening;
    std::unique_ptr<Inside> inside_;
};

}  // namespace puente::push
