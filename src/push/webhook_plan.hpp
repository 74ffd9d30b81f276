#pragma once

#include <chrono>
#include <functional>

#include "puente/net/outbound.hpp"
#include "puente/push/webhooks.hpp"

namespace puente::push {

/// What an answer to a webhook means.
enum class Meaning : std::uint8_t {
    taken,         ///< 2xx
    gone,          ///< 410
    message_bad,   ///< the endpoint is there and says that it cannot read this one
    endpoint_bad,  ///< no answer, or one that says: not here, not now, not you
};
Meaning meaning_of(int status);

/// What follows from an attempt. `draw` gives a number in [0, 1). Pure.
store::ErrandOutcome judge(const store::WebhookErrand& errand, const net::OutboundAnswer& answer, std::chrono::milliseconds took,
                           const RetryPlan& plan, const std::function<double()>& draw);

}  // namespace puente::push
