#pragma once

#include <cstdlib>
#include <iostream>
#include <random>

#include "puente/simulation/simulate.hpp"

namespace puente::simulation {

/// PUENTE_SEED or a new seed; printed, so that a failure can be run again.
inline std::uint64_t test_seed() {
    const char* given = std::getenv("PUENTE_SEED");
    const std::uint64_t seed = given != nullptr ? std::strtoull(given, nullptr, 10) : std::random_device{}();
    std::cout << "seed: PUENTE_SEED=" << seed << std::endl;
    return seed;
}

inline Instant at(int hour, int minute = 0) {
    return Instant{std::chrono::hours{hour} + std::chrono::minutes{minute}};
}

/// The classes of small_port, by index.
enum : std::uint16_t { general, fast, produce, medical };

/// Two agencies with one kind of work each (0: CBP's, 1: SAT's), always open, one place for each under the policy separate, one joint bay besides
/// those under the policy joint.
inline Scenario small_port() {
    Scenario port;
    port.loads_a_day = 100;
    port.by_hour.fill(1);
    port.agencies = {
        {"CBP", {}},
        {"SAT", {}}
    };
    port.classes = {
        {"general", {}, 0.5, false, false, {}              },
        {"fast",    {}, 0.2, true,  false, {}              },
        {"produce", {}, 0.2, false, true,  {"agribusiness"}},
        {"medical", {}, 0.1, false, false, {"medical"}     }
    };
    port.works = {
        {"scan",           {}, 0, {1, 1, 1, 1}, {30, 30}},
        {"reconocimiento", {}, 1, {1, 1, 1, 1}, {60, 60}}
    };
    const std::vector<Policy> both{Policy::separate, Policy::joint};
    port.stations = {
        {"jointBay", {}, {0, 1}, {0, 1}, {}, 1, {Policy::joint}, true },
        {"satBay",   {}, {1},    {1},    {}, 1, both,            false},
        {"cbpBay",   {}, {0},    {0},    {}, 1, both,            false}
    };
    return port;
}

inline Load load(Instant arrival, std::uint16_t load_class, std::vector<Task> tasks) {
    return {arrival, arrival, load_class, std::move(tasks)};
}

}  // namespace puente::simulation
