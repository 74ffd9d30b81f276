#pragma once

#include <functional>
#include <string>

#include "puente/clearance/rules_in_force.hpp"
#include "puente/instant.hpp"

namespace puente::store {
class FilingWriter;
class Pool;
}  // namespace puente::store
namespace puente::push {
class ChangeFeed;
}
namespace puente::telemetry {
class Metrics;
}

namespace puente::clearance {

class RuleDesk;
class StatusCache;

/// What every use case is given.
struct Clearance {
    store::Pool& pool;
    store::FilingWriter& writer;
    RulesInForce& rules;
    RuleDesk& rule_desk;
    push::ChangeFeed& changes;
    StatusCache& statuses;
    telemetry::Metrics& metrics;
    std::function<Instant()> now;
    std::string draw_secret;                  ///< master secret of the keyed draw
    std::chrono::seconds lease{15 * 60};      ///< how long an officer holds a leg without a sign of life
};

}  // namespace puente::clearance
