#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "puente/instant.hpp"
#include "puente/result.hpp"
#include "puente/uuid.hpp"

namespace puente::store {

class Transaction;

/// A secret as it is kept: 32 octets, or those sealed by the key file of the gateways.
struct KeptSecret {
    std::string octets;
    bool sealed = false;
};

/// What a party asks for. Empty filters let everything through that is the party's own.
struct NewWebhook {
    Uuid webhook_id;
    std::string client_id;
    std::string url;
    std::string description;
    std::vector<std::string> kinds;
    std::optional<Uuid> manifest_id;
    std::string carrier_key;
};

/// A webhook as its owner sees it.
struct WebhookRecord {
    Uuid webhook_id;
    std::string url;
    std::string description;
    std::vector<std::string> kinds;
    std::optional<Uuid> manifest_id;
    std::string carrier_key;
    std::string state;         ///< PENDING, ACTIVE, PAUSED, UNVERIFIED or DISABLED
    std::string state_reason;  ///< why it is UNVERIFIED or DISABLED, or what the last challenge met with
    Instant created_at;
    std::optional<Instant> verified_at;
    std::int32_t failures = 0;  ///< of the endpoint, one after the other
    std::optional<Instant> failing_since;
    std::int64_t waiting = 0;                 ///< deliveries still to be made
    std::int64_t parked = 0;                  ///< deliveries given up
    std::optional<Instant> old_secret_until;  ///< until then the secret before the last rotation signs as well
};

struct AttemptRecord {
    Instant at;
    std::int32_t attempt = 0;
    std::int32_t status = 0;  ///< 0: no answer
    std::int32_t latency_ms = 0;
    std::string error;
};

struct DeliveryRecord {
    std::int64_t event_id = 0;
    Uuid manifest_id;
    std::string state;  ///< WAITING, DELIVERED or PARKED
    std::string reason;
    std::int32_t attempts = 0;
    Instant due_at;
    Instant made_at;
    std::optional<Instant> delivered_at;
    std::vector<AttemptRecord> log;  ///< oldest first, the last twenty
};

/// For parties: each finds its own, everything else is `not_found`.
/// Errors of add_webhook: conflict (the same address with the same filters is there, or too many are), malformed (the manifest is not the party's).
Result<WebhookRecord> add_webhook(Transaction& tx, const NewWebhook& webhook, const KeptSecret& secret);
Result<std::vector<WebhookRecord>> list_webhooks(Transaction& tx);
Result<WebhookRecord> find_webhook(Transaction& tx, const Uuid& webhook_id);
/// Newest event first, below `before` (0: from the newest). `state` may be empty.
Result<std::vector<DeliveryRecord>> find_deliveries(Transaction& tx, const Uuid& webhook_id, const std::string& state, std::int64_t before,
                                                    std::size_t limit);
/// What the challenges met with, newest first.
Result<std::vector<AttemptRecord>> find_challenges(Transaction& tx, const Uuid& webhook_id);
/// Errors: conflict when it is not ACTIVE.
Result<WebhookRecord> pause_webhook(Transaction& tx, const Uuid& webhook_id);
/// PAUSED goes on at once; UNVERIFIED and DISABLED are challenged again and then get what they missed. `client_id` answers for it from now on.
Result<WebhookRecord> resume_webhook(Transaction& tx, const Uuid& webhook_id, const std::string& client_id);
/// Challenges it again, at once. Errors: conflict when it is verified.
Result<WebhookRecord> verify_webhook(Transaction& tx, const Uuid& webhook_id);
Result<void> remove_webhook(Transaction& tx, const Uuid& webhook_id);
/// The new secret signs from now on, the one before it as well for `overlap`, any older one no more.
Result<WebhookRecord> rotate_webhook_secret(Transaction& tx, const Uuid& webhook_id, const KeptSecret& secret, std::chrono::seconds overlap);
/// Everything behind this event is delivered again, 0: everything there is. Errors: malformed when the event is not the party's.
Result<WebhookRecord> replay_webhook(Transaction& tx, const Uuid& webhook_id, std::int64_t after_event);

/// Something to be sent: a delivery, or with event 0 a challenge.
struct WebhookErrand {
    Uuid webhook_id;
    std::int64_t event_id = 0;
    std::int32_t attempt = 0;  ///< the first is 1; under this number its outcome is recorded
    std::string url;
    std::string body;  ///< empty for a challenge
    std::int32_t endpoint_failures = 0;
    std::vector<KeptSecret> secrets;  ///< newest first
};

/// What became of an errand.
struct ErrandOutcome {
    enum class Verdict : std::uint8_t {
        delivered,
        again,   ///< after `delay`
        parked,  ///< given up, with the error as the reason
    };
    Uuid webhook_id;
    std::int64_t event_id = 0;
    std::int32_t attempt = 0;
    Verdict verdict = Verdict::again;
    std::int32_t status = 0;
    std::int32_t latency_ms = 0;
    std::string error;
    std::chrono::milliseconds delay{0};
    bool endpoint_at_fault = false;     ///< no answer, or one that says the endpoint cannot: counts towards disabling it
    std::chrono::milliseconds rest{0};  ///< the endpoint is left alone for so long
    bool gone = false;                  ///< it wants no more: 410
};

/// How much one gateway may take.
struct ErrandLimits {
    std::size_t deliveries = 0;  ///< in this call
    std::size_t challenges = 0;
    std::int32_t per_endpoint = 8;            ///< under way at a time, of all gateways together
    std::chrono::milliseconds slow{2'000};    ///< an endpoint slower than this, or failing, gets one at a time ...
    bool slow_too = true;                     ///< ... and none when this is false
    std::chrono::milliseconds lease{30'000};  ///< after so long without an outcome another gateway takes it over
};

/// What moved in the feed.
struct FanOut {
    std::size_t events = 0;  ///< read
    bool more = false;       ///< there is more to read at once
};

/// For the courier, under As::courier().
/// Makes deliveries from the event feed: the next `limit` events for all webhooks, and as many for each webhook that reads the feed again. Nothing
/// when another gateway is at it. An event gets its delivery once, whoever makes it and whenever it dies.
Result<FanOut> make_deliveries(Transaction& tx, std::size_t limit);
/// Takes what is due: endpoints in turn, the oldest first, of each manifest the first undelivered event only.
Result<std::vector<WebhookErrand>> take_errands(Transaction& tx, const ErrandLimits& limits);
/// Writes outcomes down. One whose lease was lost meanwhile changes nothing but the log. An endpoint failing for longer than `patience` is disabled;
/// gives how many were.
Result<std::size_t> record_outcomes(Transaction& tx, const std::vector<ErrandOutcome>& outcomes, std::chrono::seconds patience);
/// Forgets deliveries and attempts older than `keep`, secrets no longer used, and webhooks' backlog after deletion; disables those whose client was
/// revoked.
Result<void> tidy_webhooks(Transaction& tx, std::chrono::hours keep);

/// How it stands with all deliveries together.
struct WebhookBacklog {
    std::size_t waiting = 0;                ///< still to be made; 100,000 when there are more
    std::size_t parked = 0;                 ///< given up; 100,000 when there are more
    std::chrono::milliseconds feed_lag{0};  ///< age of the oldest event that is not made into deliveries yet
};
/// Takes at most some hundredths of a second: for now and then.
Result<WebhookBacklog> look_at_deliveries(Transaction& tx);

}  // namespace puente::store
