#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "puente/store/pool.hpp"

namespace puente::store {

/// Work that comes back: small transactions, one after the other while there is more to do, and again after a while.
struct Chore {
    std::string name;  ///< in the log, when it cannot be done
    std::chrono::milliseconds every;
    As as;
    std::size_t portion;  ///< the most that one step may do: when it did so much there is more
    /// One transaction; gives how much it did. All gateways do all chores: the database decides who does what.
    std::function<Result<std::size_t>(Transaction&, std::size_t portion)> step;
    std::function<void(std::size_t)> tell{};  ///< how much was done until nothing was left, if it was anything
    int share = 1;                            ///< at most one part in so many of the time is spent on it
};

/// Does chores in turn, on a thread and a connection of its own. One that is due is kept waiting for one step of each other at most. One that fails
/// is tried again after its time, or after a minute if that is shorter; the log says so once, until it is done again.
class Caretaker {
public:
    /// Begins at once, with every chore.
    Caretaker(DatabaseSettings settings, telemetry::Metrics& metrics, std::vector<Chore> chores);
    ~Caretaker();

    /// Ends after the step in hand, or cuts it off after a second: nothing of it is done then.
    void stop();

    struct Inside;

private:
    std::unique_ptr<Inside> inside_;
};

}  // namespace puente::store
