#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "puente/simulation/simulate.hpp"

namespace puente::simulation {

using Span = std::chrono::microseconds;

/// Percentiles are of the nearest rank: each is a wait that a load really had.
struct Spread {
    std::uint64_t count = 0;
    Span p50{0};
    Span p90{0};
    Span p95{0};
    Span max{0};
};

Spread spread_of(std::vector<Span> spans);

/// The loads of a class, or of a group of classes.
struct GroupWaits {
    std::string name;
    Bilingual title;
    Spread waited;   ///< in queues: from arrival to release, less the work itself
    Spread at_port;  ///< from arrival to release
};

struct StationUse {
    std::size_t station;  ///< index into Scenario::stations
    std::uint64_t visits = 0;
    double used = 0;  ///< share of the open hours of its places in the days with arrivals
};

/// What a course comes to.
struct Summary {
    std::vector<GroupWaits> groups;  ///< each class, then "essential", "other", "several" (see summarise) and "all"
    std::uint64_t arrived = 0;
    std::uint64_t released_in_days = 0;  ///< until the last day with arrivals ended
    double released_a_day = 0;
    std::uint64_t never_released = 0;
    std::uint32_t most_waiting = 0;
    Instant most_waiting_at;
    Span oldest{0};                      ///< the longest that a waiting load had been at the port, on any hour
    std::uint32_t waiting_at_end = 0;    ///< when the last day with arrivals ended
    std::optional<Instant> empty_again;  ///< the first hour after it on which nothing waited
    std::vector<StationUse> stations;    ///< those of the policy
    std::vector<Mark> marks;
};

/// Besides the classes and all, the groups are: the loads with essential goods of `classes` (of any class when empty), the others, and those that
/// several agencies want to see, so that a joint bay would take them.
Summary summarise(const Scenario& scenario, const Plan& plan, const std::vector<std::string>& classes, const std::vector<Load>& loads,
                  const Course& course);

}  // namespace puente::simulation
