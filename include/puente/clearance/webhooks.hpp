#pragma once

#include <boost/asio/awaitable.hpp>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "puente/access/caller.hpp"
#include "puente/clearance/clearance.hpp"
#include "puente/store/webhooks.hpp"

namespace puente::clearance {

/// What a party asks for when it subscribes. Empty filters let everything through that is the party's own.
struct Subscription {
    std::string url;
    std::string description;
    std::vector<std::string> kinds;
    std::optional<Uuid> manifest_id;
    std::string carrier;
};

/// A webhook together with its new secret, which is told this once.
struct SecretTold {
    store::WebhookRecord record;
    std::string secret;
};

/// A page of deliveries, newest first.
struct DeliveryPage {
    std::vector<store::DeliveryRecord> deliveries;
    std::int64_t next = 0;  ///< 0: this is the last page
};

struct WebhookView {
    store::WebhookRecord record;
    std::vector<store::AttemptRecord> challenges;  ///< newest first
};

/// Webhooks are for brokers and carriers; each sees its own only. Errors of all: forbidden (officers), not_found; conflict when its state does not
/// allow it; malformed with the place in the request.
boost::asio::awaitable<Result<SecretTold>> subscribe(Subscription wanted, const access::Caller& caller, Clearance& clearance);
boost::asio::awaitable<Result<std::vector<store::WebhookRecord>>> list_webhooks(const access::Caller& caller, Clearance& clearance);
boost::asio::awaitable<Result<WebhookView>> show_webhook(Uuid webhook_id, const access::Caller& caller, Clearance& clearance);
boost::asio::awaitable<Result<void>> unsubscribe(Uuid webhook_id, const access::Caller& caller, Clearance& clearance);
/// `overlap`: how long the old secret signs as well; nothing: as the installation has it.
boost::asio::awaitable<Result<SecretTold>> rotate_secret(Uuid webhook_id, std::optional<std::chrono::seconds> overlap, const access::Caller& caller,
                                                         Clearance& clearance);
/// What can be done to a webhook without telling more.
enum class WebhookMove : std::uint8_t { pause, resume, verify };
boost::asio::awaitable<Result<store::WebhookRecord>> move_webhook(Uuid webhook_id, WebhookMove move, const access::Caller& caller,
                                                                  Clearance& clearance);
/// Delivers again everything behind this event; 0: everything.
boost::asio::awaitable<Result<store::WebhookRecord>> replay(Uuid webhook_id, std::int64_t after_event, const access::Caller& caller,
                                                            Clearance& clearance);
boost::asio::awaitable<Result<DeliveryPage>> list_deliveries(Uuid webhook_id, std::string state, std::int64_t before, std::size_t limit,
                                                             const access::Caller& caller, Clearance& clearance);

}  // namespace puente::clearance
