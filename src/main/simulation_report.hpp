#pragma once

#include <optional>
#include <string>
#include <vector>

#include "puente/simulation/summary.hpp"

namespace puente::main {

/// One run of a port, and what it came to.
struct SimulatedRun {
    simulation::Policy policy;
    bool with_contingency;
    simulation::Summary summary;
};

/// What was simulated, once for each policy, without and with the contingency. Nothing in a report depends on the clock: the same command says the
/// same.
struct SimulationReport {
    simulation::Scenario scenario;
    std::uint64_t seed = 0;
    std::size_t loads = 0;
    std::optional<simulation::ContingencySpan> contingency;
    int rows_each = 1;               ///< hours between the rows of the table of queues
    std::vector<SimulatedRun> runs;  ///< those of a policy together, the one without contingency first
};

/// A number as people write it: 25,000.
std::string grouped(std::uint64_t number);

std::string as_text(const SimulationReport& report, bool spanish);
std::string as_json(const SimulationReport& report, bool spanish);

}  // namespace puente::main
