#pragma once

#include <functional>
#include <string>

#include "puente/clearance/registry_in_force.hpp"
#include "puente/clearance/rules_in_force.hpp"
#include "puente/instant.hpp"

namespace puente::store {
class ClaimWriter;
class FilingWriter;
class Pool;
}  // namespace puente::store
namespace puente::push {
class ChangeFeed;
class EventFeed;
class WebhookCourier;
}
namespace puente::telemetry {
class Metrics;
}

namespace puente::clearance {

class RegistryDesk;
class RuleDesk;
class StatusCache;

/// What every use case is given.
struct Clearance {
    store::Pool& pool;
    store::FilingWriter& writer;
    store::ClaimWriter& claims;
    RulesInForce& rules;
    RuleDesk& rule_desk;
    RegistryInForce& registry;
    RegistryDesk& registry_desk;
    push::ChangeFeed& changes;
    push::EventFeed& events;
    StatusCache& statuses;
    telemetry::Metrics& metrics;
    std::function<Instant()> now;
    std::string draw_secret;                  ///< master secret of the keyed draw
    std::chrono::seconds lease{15 * 60};      ///< how long an officer holds a leg without a sign of life
    push::WebhookCourier* webhooks = nullptr; ///< of the house; none in tests that have no use for it
};

}  // namespace puente::clearance
