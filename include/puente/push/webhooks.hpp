#pragma once

#include <boost/asio/awaitable.hpp>
#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "puente/net/outbound.hpp"
#include "puente/store/webhooks.hpp"
#include "puente/uuid.hpp"

namespace puente::store {
class Pool;
}

namespace puente::telemetry {
class Metrics;
}

namespace puente::push {

/// When a delivery is tried again, and when it is given up.
struct RetryPlan {
    /// The longest wait before each further try; the wait is drawn between nothing and that ("full jitter"). Together two to five days.
    std::vector<std::chrono::milliseconds> waits = usual_waits();
    std::int32_t refused_max = 5;  ///< tries of a message that the endpoint says it cannot read (400, 413, 422 ...)
    std::int32_t alone_max = 8;    ///< tries of a message that fails while the endpoint takes others
    std::int32_t rest_after = 3;   ///< failures of an endpoint, one after the other, after which it is left alone between tries
    std::chrono::milliseconds rest_max{600'000};

    static std::vector<std::chrono::milliseconds> usual_waits();
};

struct WebhookSettings {
    net::OutboundRules outbound;
    bool deliver = true;                ///< this gateway takes part in delivering
    std::size_t in_flight_max = 256;    ///< calls of this gateway under way
    std::int32_t per_endpoint_max = 8;  ///< calls to one endpoint under way, of all gateways
    std::chrono::milliseconds answer_time{15'000};
    RetryPlan plan;
    std::chrono::seconds patience{72 * 3600};  ///< an endpoint that fails for so long is disabled
    std::chrono::seconds overlap{24 * 3600};   ///< how long the old secret signs as well after a rotation
    std::string secret_key;                    ///< seals secrets in the database; empty: they are kept as they are
};

/// A secret to be told to the owner once, and as it is kept.
struct WebhookSecret {
    std::string text;  ///< "whsec_..."
    store::KeptSecret kept;
};

/// Delivers events to webhooks, from a thread of its own, together with the couriers of the other gateways. Every event reaches each webhook it
/// concerns at least once, under the same webhook-id; the events of one manifest in their order. An endpoint that is slow or dead holds up itself
/// only.
class WebhookCourier {
public:
    /// Errors: malformed (authorities, plan).
    static Result<std::unique_ptr<WebhookCourier>> open(WebhookSettings settings, store::Pool& pool, telemetry::Metrics& metrics);
    ~WebhookCourier();

    const WebhookSettings& settings() const;
    WebhookSecret make_secret(const Uuid& webhook_id) const;
    /// Whether this is an address that may be called. Errors: malformed, with the reason.
    boost::asio::awaitable<Result<void>> check(std::string url);
    /// There may be something to do. Any thread; cheap.
    void wake();
    /// Takes nothing more, gives what is under way `grace` to end, writes down how it ended. What did not end is taken over by another gateway.
    void stop(std::chrono::milliseconds grace);

    struct Inside;
    explicit WebhookCourier(std::unique_ptr<Inside> inside);

private:
    std::unique_ptr<Inside> inside_;
};

}  // namespace puente::push
