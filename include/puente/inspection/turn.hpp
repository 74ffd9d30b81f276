#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "puente/instant.hpp"
#include "puente/result.hpp"

namespace puente::inspection {

/// What the order of a queue depends on.
struct Place {
    Instant estimated_arrival;
    Instant opened_at;                   ///< when the inspection was opened
    bool trusted = false;                ///< the shipper or carrier stands well in a trusted programme
    bool perishable = false;
    std::vector<std::string> essential;  ///< essential-goods classes on board
};

/// How much earlier than its arrival a load counts as having come. A head start is finite: whoever waits longer than it comes first all the same,
/// so that no class starves (the fairness floor).
struct HeadStarts {
    std::chrono::minutes trusted{120};
    std::chrono::minutes perishable{60};
    std::chrono::minutes contingency{24 * 60};  ///< for the declared essential classes while a contingency lasts
};

/// Reads rules/queue.yaml. What it does not say stays as above. Errors: malformed, with the place.
Result<HeadStarts> parse_head_starts(const std::string& yaml);

/// A contingency in force at a port: the essential-goods classes that go first.
struct Contingency {
    std::vector<std::string> classes;
};

/// The moment by which a load stands in the queue: the earlier, the sooner its turn. Equal moments are told apart by the age of the inspection, then
/// its id. Depends on nothing that changes while the load waits but the contingency, so that an index can hold it.
Instant turn_of(const Place& place, const HeadStarts& head_starts, const Contingency* contingency);

}  // namespace puente::inspection
