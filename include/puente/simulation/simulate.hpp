#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

#include "puente/instant.hpp"
#include "puente/simulation/scenario.hpp"

namespace puente::simulation {

/// One thing that has to be done with a load, and how long it will take, drawn beforehand: every policy meets the same loads.
struct Task {
    std::uint16_t work;
    std::chrono::microseconds duration;
};

/// A load on its way to the port. The clock of a simulation begins at Instant{}, midnight at the port.
struct Load {
    Instant arrival;
    Instant filed;  ///< when its manifest was on file and its inspection opened
    std::uint16_t load_class = 0;
    std::vector<Task> tasks;
};

/// Whether a station takes a load for one of these tasks, its class apart.
bool can_do(const Scenario& scenario, const Station& station, const std::vector<Task>& tasks);

/// The loads of so many days, by arrival. The same scenario, days and seed give the same loads.
std::vector<Load> draw_loads(const Scenario& scenario, int days, std::uint64_t seed);

/// How the port is run.
struct Plan {
    Policy policy = Policy::joint;
    inspection::HeadStarts head_starts;
    std::optional<ContingencySpan> contingency;
    int days = 1;  ///< in which loads arrive; the port then works on until none waits
};

constexpr Instant never = Instant::max();

/// One stay of a load at a station.
struct Visit {
    std::uint32_t load;
    std::uint16_t station;
    Instant ready;  ///< when it came to stand in the queue
    Instant begun = never;
    Instant ended = never;
};

/// How the port stands on the hour.
struct Mark {
    Instant at;
    std::uint32_t waiting = 0;
    std::uint64_t arrived = 0;
    std::uint64_t released = 0;
    std::chrono::microseconds oldest{0};     ///< since the arrival of the load that is longest at the port among those that wait
    std::vector<std::uint32_t> at_stations;  ///< waiting, by station
};

/// Everything that happened.
struct Course {
    std::vector<Visit> visits;      ///< by begin
    std::vector<Instant> released;  ///< by load; never: it still waited when the simulation gave up
    std::vector<Mark> marks;        ///< on the hour, from hour 0 on
};

/// Told on each hour of the simulation.
using Progress = std::function<void(const Mark&)>;

/// Runs a port. Whose turn it is at a station is decided by inspection::turn_of alone, as at the gateway; nothing is drawn here, so that the same
/// loads and plan give the same course. After the last day with arrivals it works on until nothing waits, for at most 120 days.
Course simulate(const Scenario& scenario, const Plan& plan, const std::vector<Load>& loads, const Progress& progress = {});

}  // namespace puente::simulation
