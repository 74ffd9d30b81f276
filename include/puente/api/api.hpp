#pragma once

#include <functional>
#include <memory>
#include <string>

#include "puente/clearance/clearance.hpp"
#include "puente/clearance/grant.hpp"
#include "puente/manifest/manifest.hpp"
#include "puente/net/server.hpp"

namespace puente::push {
struct Told;
}

namespace puente::api {

/// What the counter is given.
struct ApiSettings {
    std::string public_url;                  ///< "https://localhost:8443": what addresses in answers begin with
    manifest::DocumentLimits document;
    std::chrono::seconds long_poll_max{60};
    unsigned client_rate = 0;                ///< requests per second of one client; 0: no limit
};

/// Whether the gateway is ready for work, and if not, why.
struct Readiness {
    bool ready = false;
    std::string reason;
};

/// What the probes ask the house.
struct HouseView {
    std::function<Readiness()> readiness;
    std::function<void()> count_door;  ///< brings the door's counts into the metrics
};

/// The application behind the door: routes, guard, handlers, problems.
std::unique_ptr<net::Application> make_application(ApiSettings settings, clearance::Clearance& clearance, const clearance::AccessDesk& desk, HouseView house);

/// Writes an event as it is sent to those who listen: fills the frame.
void write_event(push::Told& told);

/// The OpenAPI 3.1 description, made from the route table and the manifest's JSON Schema.
std::string openapi(const std::string& public_url);

}  // namespace puente::api
