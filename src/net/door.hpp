#pragma once

#include <atomic>
#include <boost/asio/ip/address.hpp>
#include <chrono>
#include <cstddef>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "puente/net/server.hpp"

namespace puente::net {

using Clock = std::chrono::steady_clock;

class Door;

/// A connection's place among those allowed; given back when it goes.
class Place {
public:
    Place(Door& door, boost::asio::ip::address address) : door_{&door}, address_{std::move(address)} {}
    Place(Place&& other) noexcept : door_{std::exchange(other.door_, nullptr)}, address_{std::move(other.address_)} {}
    Place& operator=(Place&&) = delete;
    ~Place();

    const boost::asio::ip::address& address() const { return address_; }

private:
    Door* door_;
    boost::asio::ip::address address_;
};

/// What all I/O threads share: the limits, the application, and the counts that keep the limits. Requests touch atomics only.
class Door {
public:
    Door(const Server::Options& options, Application& served) : limits{options.limits}, host_names{options.host_names}, application{served} {}

    /// Takes a place for a connection from this address; nothing when the address has too many.
    std::optional<Place> enter(const boost::asio::ip::address& address);
    bool is_full() const { return connections.load() >= limits.connections_max; }

    /// Takes a request in; false: too many are being answered. Each true is given back with finish_request().
    bool begin_request();
    void finish_request() { requests_in_flight.fetch_sub(1); }
    /// Takes room for bytes of a body; false: the bodies held would pass the limit. HeldBody gives it back.
    bool hold_body(std::size_t bytes);
    void release_body(std::size_t bytes) { body_bytes.fetch_sub(bytes); }

    /// Nobody is let in any more; what is inside has until then.
    void begin_drain(Clock::time_point cut_at);
    bool draining() const { return cut_at_.load() != Clock::duration::max().count(); }
    Clock::time_point cut_at() const { return Clock::time_point{Clock::duration{cut_at_.load()}}; }

    const Limits limits;
    const std::vector<std::string> host_names;
    Application& application;
    std::atomic<bool> accepting = false;
    std::atomic<std::size_t> connections = 0;
    std::atomic<std::size_t> requests_in_flight = 0;
    std::atomic<std::size_t> body_bytes = 0;
    std::atomic<std::uint64_t> connections_refused = 0;
    std::atomic<std::uint64_t> handshakes_failed = 0;
    std::atomic<std::uint64_t> requests_shed = 0;

private:
    friend class Place;
    void leave(const boost::asio::ip::address& address);

    std::atomic<Clock::rep> cut_at_ = Clock::duration::max().count();
    std::mutex addresses_mutex_;  // taken once when a connection comes and once when it goes
    std::map<boost::asio::ip::address, std::size_t> addresses_;
};

/// The memory of one request's body, counted against the limit of all bodies for as long as it is needed.
class HeldBody {
public:
    explicit HeldBody(Door& door) : door_{door} {}
    HeldBody(const HeldBody&) = delete;
    HeldBody& operator=(const HeldBody&) = delete;
    ~HeldBody() {
        if (bytes_ > 0) door_.release_body(bytes_);
    }

    /// False: no more is to be had.
    bool add(std::size_t bytes) {
        if (!door_.hold_body(bytes)) return false;
        bytes_ += bytes;
        return true;
    }

private:
    Door& door_;
    std::size_t bytes_ = 0;
};

}  // namespace puente::net
