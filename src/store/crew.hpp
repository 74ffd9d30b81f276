#pragma once

#include <atomic>
#include <chrono>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "store/connection.hpp"

namespace puente::store {

/// A few threads, each with a connection that is made again when it is lost, waiting longer after each failure (50 ms to 1 s).
class Crew {
public:
    struct Duties {
        std::function<void(Connection&)> turn;  ///< one piece of work, or a ping after a second without any; leaves a lost connection closed
        std::function<void()> nobody_home;      ///< no connection is up, and none can be made: answer those who wait
        std::function<void(std::chrono::milliseconds)> pause;
        std::function<bool()> is_over;
    };

    Crew(std::size_t count, Session session, Duties duties);
    ~Crew();

    /// True while a connection is up.
    bool reachable() const { return up_ > 0; }
    /// True when it is known that nobody would answer: tried, and failed.
    bool known_down() const { return down_; }
    /// Waits for the threads, which must have been told that it is over. Those still blocked in the database after `grace` are cut off.
    void join(std::chrono::milliseconds grace);

private:
    struct Hand {
        Lifeline lifeline;
        std::atomic<bool> done{false};
        std::thread thread;
    };
    void serve(Hand& hand);
    std::unique_ptr<Connection> connect(Hand& hand);
    void tell() const;

    const Session session_;
    const Duties duties_;
    std::atomic<int> up_{0};
    std::atomic<bool> down_{false};
    std::vector<std::unique_ptr<Hand>> hands_;
};

}  // namespace puente::store
