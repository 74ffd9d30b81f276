#include "net/door.hpp"

namespace puente::net {

Place::~Place() {
    if (door_ != nullptr) door_->leave(address_);
}

std::optional<Place> Door::enter(const boost::asio::ip::address& address) {
    {
        const std::lock_guard lock{addresses_mutex_};
        std::size_t& count = addresses_[address];
        if (count >= limits.connections_per_address_max) {
            connections_refused.fetch_add(1);
            return std::nullopt;
        }
        ++count;
    }
    connections.fetch_add(1);
    return Place{*this, address};
}

void Door::leave(const boost::asio::ip::address& address) {
    {
        const std::lock_guard lock{addresses_mutex_};
        const auto found = addresses_.find(address);
        if (--found->second == 0) addresses_.erase(found);
    }
    connections.fetch_sub(1);
}

bool Door::begin_request() {
    if (requests_in_flight.fetch_add(1) < limits.requests_in_flight_max) return true;
    requests_in_flight.fetch_sub(1);
    requests_shed.fetch_add(1);
    return false;
}

bool Door::hold_body(std::size_t bytes) {
    if (body_bytes.fetch_add(bytes) + bytes <= limits.bodies_bytes_max) return true;
    body_bytes.fetch_sub(bytes);
    requests_shed.fetch_add(1);
    return false;
}

void Door::begin_drain(Clock::time_point cut_at) {
    Clock::rep earlier = cut_at_.load();
    const Clock::rep wanted = cut_at.time_since_epoch().count();
    while (wanted < earlier && !cut_at_.compare_exchange_weak(earlier, wanted)) {
    }
}

}  // namespace puente::net
