#include "puente/clearance/webhooks.hpp"

#include <array>
#include <functional>
#include <span>
#include <utility>
#include <variant>

#include "puente/crypto/digest.hpp"
#include "puente/push/webhooks.hpp"
#include "puente/store/pool.hpp"

namespace puente::clearance {

namespace asio = boost::asio;

namespace {

template <class T>
using Work = std::function<Result<T>(store::Transaction&)>;

Result<void> need_party(const access::Caller& caller, const Clearance& clearance) {
    if (access::is_of_agency(caller.role)) return Error{ErrorKind::forbidden, "webhooks are for brokers and carriers"};
    if (clearance.webhooks == nullptr) return Error{ErrorKind::overloaded, "this gateway does not serve webhooks"};
    return {};
}

/// As the party, in one transaction; then the courier is told that there may be something to do.
template <class T>
asio::awaitable<Result<T>> as_party(Work<T> work, const access::Caller& caller, Clearance& clearance) {
    if (const Result<void> party = need_party(caller, clearance); !party) co_return party.error();
    Result<T> outcome = co_await clearance.pool.in_transaction<T>(store::As::caller(caller), std::move(work));
    if (outcome) clearance.webhooks->wake();
    co_return outcome;
}

Uuid new_id(Instant now) {
    const std::string random = crypto::random_octets(10);
    std::array<std::uint8_t, 10> bytes;
    std::copy(random.begin(), random.end(), bytes.begin());
    return Uuid::version7(now, std::span<const std::uint8_t, 10>{bytes});
}

}  // namespace

asio::awaitable<Result<SecretTold>> subscribe(Subscription wanted, const access::Caller& caller, Clearance& clearance) {
    if (const Result<void> party = need_party(caller, clearance); !party) co_return party.error();
    const Result<void> callable = co_await clearance.webhooks->check(wanted.url);
    if (!callable) co_return Error{ErrorKind::malformed, "/url: " + callable.error().detail()};
    const store::NewWebhook webhook{new_id(clearance.now()), caller.client_id,   std::move(wanted.url),    std::move(wanted.description),
                                    std::move(wanted.kinds), wanted.manifest_id, std::move(wanted.carrier)};
    const push::WebhookSecret secret = clearance.webhooks->make_secret(webhook.webhook_id);
    const Work<store::WebhookRecord> add = [webhook, kept = secret.kept](store::Transaction& tx) { return store::add_webhook(tx, webhook, kept); };
    Result<store::WebhookRecord> added = co_await as_party(add, caller, clearance);
    if (!added) co_return added.error();
    co_return SecretTold{std::move(*added), secret.text};
}

asio::awaitable<Result<std::vector<store::WebhookRecord>>> list_webhooks(const access::Caller& caller, Clearance& clearance) {
    const Work<std::vector<store::WebhookRecord>> list = [](store::Transaction& tx) { return store::list_webhooks(tx); };
    co_return co_await as_party(list, caller, clearance);
}

asio::awaitable<Result<WebhookView>> show_webhook(Uuid webhook_id, const access::Caller& caller, Clearance& clearance) {
    const Work<WebhookView> find = [webhook_id](store::Transaction& tx) -> Result<WebhookView> {
        Result<store::WebhookRecord> record = store::find_webhook(tx, webhook_id);
        if (!record) return record.error();
        Result<std::vector<store::AttemptRecord>> challenges = store::find_challenges(tx, webhook_id);
        if (!challenges) return challenges.error();
        return WebhookView{std::move(*record), std::move(*challenges)};
    };
    co_return co_await as_party(find, caller, clearance);
}

asio::awaitable<Result<void>> unsubscribe(Uuid webhook_id, const access::Caller& caller, Clearance& clearance) {
    const Work<std::monostate> remove = [webhook_id](store::Transaction& tx) -> Result<std::monostate> {
        const Result<void> removed = store::remove_webhook(tx, webhook_id);
        if (!removed) return removed.error();
        return std::monostate{};
    };
    const Result<std::monostate> removed = co_await as_party(remove, caller, clearance);
    if (!removed) co_return removed.error();
    co_return Result<void>{};
}

asio::awaitable<Result<SecretTold>> rotate_secret(Uuid webhook_id, std::optional<std::chrono::seconds> overlap, const access::Caller& caller,
                                                  Clearance& clearance) {
    if (const Result<void> party = need_party(caller, clearance); !party) co_return party.error();
    const push::WebhookSecret secret = clearance.webhooks->make_secret(webhook_id);
    const std::chrono::seconds both = overlap.value_or(clearance.webhooks->settings().overlap);
    const Work<store::WebhookRecord> rotate = [webhook_id, both, kept = secret.kept](store::Transaction& tx) {
        return store::rotate_webhook_secret(tx, webhook_id, kept, both);
    };
    Result<store::WebhookRecord> rotated = co_await as_party(rotate, caller, clearance);
    if (!rotated) co_return rotated.error();
    co_return SecretTold{std::move(*rotated), secret.text};
}

asio::awaitable<Result<store::WebhookRecord>> move_webhook(Uuid webhook_id, WebhookMove move, const access::Caller& caller, Clearance& clearance) {
    const Work<store::WebhookRecord> step = [webhook_id, move, client_id = caller.client_id](store::Transaction& tx) {
        if (move == WebhookMove::pause) return store::pause_webhook(tx, webhook_id);
        return move == WebhookMove::resume ? store::resume_webhook(tx, webhook_id, client_id) : store::verify_webhook(tx, webhook_id);
    };
    co_return co_await as_party(step, caller, clearance);
}

asio::awaitable<Result<store::WebhookRecord>> replay(Uuid webhook_id, std::int64_t after_event, const access::Caller& caller, Clearance& clearance) {
    const Work<store::WebhookRecord> again = [webhook_id, after_event](store::Transaction& tx) {
        return store::replay_webhook(tx, webhook_id, after_event);
    };
    co_return co_await as_party(again, caller, clearance);
}

asio::awaitable<Result<DeliveryPage>> list_deliveries(Uuid webhook_id, std::string state, std::int64_t before, std::size_t limit,
                                                      const access::Caller& caller, Clearance& clearance) {
    const Work<DeliveryPage> find = [webhook_id, state, before, limit](store::Transaction& tx) -> Result<DeliveryPage> {
        Result<std::vector<store::DeliveryRecord>> found = store::find_deliveries(tx, webhook_id, state, before, limit + 1);
        if (!found) return found.error();
        DeliveryPage page{std::move(*found), 0};
        if (page.deliveries.size() <= limit) return page;
        page.deliveries.pop_back();
        page.next = page.deliveries.back().event_id;
        return page;
    };
    co_return co_await as_party(find, caller, clearance);
}

}  // namespace puente::clearance
