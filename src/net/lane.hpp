#pragma once

#include <array>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "net/door.hpp"

namespace puente::net {

class Bell;
class Session;

/// One I/O thread with the connections that live on it. Everything here belongs to that thread.
class Lane {
public:
    explicit Lane(Door& door);

    /// Serves until the door has drained.
    void run();
    /// Tells the connections to close when they are idle. Any thread.
    void drain();

    void add(Session& session) { sessions_.push_back(&session); }
    void remove(Session& session);
    /// Wakes the session that a bell belongs to. Any thread. However many ring at once, the lane's thread is woken once.
    void ring(std::shared_ptr<Bell> bell);
    /// The value of Date, made once a second.
    std::string_view date();
    /// A new UUIDv7 as text.
    std::string new_request_id();

    Door& door() { return door_; }
    boost::asio::io_context& io() { return io_; }

private:
    void sweep_later();
    void sweep();
    void answer_bells();
    bool leave_when_drained(Clock::time_point now);

    Door& door_;
    std::vector<Session*> sessions_;
    std::mutex bells_mutex_;
    std::vector<std::shared_ptr<Bell>> bells_;  ///< rung, and not answered yet
    std::time_t date_second_ = 0;
    std::array<char, 32> date_{};
    std::array<std::uint8_t, 1000> random_{};
    std::size_t random_used_ = random_.size();
    // After the rest: what is destroyed with it, sessions that were still suspended, use the rest.
    boost::asio::io_context io_{1};
    boost::asio::executor_work_guard<boost::asio::io_context::executor_type> stay_;
    boost::asio::steady_timer timer_;
};

}  // namespace puente::net
