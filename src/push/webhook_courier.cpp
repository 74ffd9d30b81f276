#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <functional>
#include <random>
#include <thread>
#include <utility>
#include <variant>

#include "puente/crypto/digest.hpp"
#include "puente/push/webhooks.hpp"
#include "puente/store/pool.hpp"
#include "puente/store/transaction.hpp"
#include "puente/telemetry/log.hpp"
#include "puente/telemetry/metrics.hpp"
#include "push/webhook_plan.hpp"
#include "push/webhook_secret.hpp"
#include "push/webhook_signature.hpp"

namespace puente::push {

namespace asio = boost::asio;
using Clock = std::chrono::steady_clock;
using namespace std::chrono_literals;
using telemetry::Event;
using telemetry::Level;

namespace {

constexpr std::size_t secret_bytes = 32;
constexpr std::size_t page_events = 500;          ///< made into deliveries in one transaction
constexpr std::size_t challenges_at_once = 8;
constexpr std::chrono::milliseconds idle{500};    ///< filings send no notice: so often the feed is looked at
constexpr std::chrono::milliseconds breath{10};   ///< between two rounds, so that outcomes gather
constexpr std::chrono::minutes tidy_every{1};
constexpr std::chrono::seconds look_every{10};    ///< how it stands with all deliveries, for those who watch the gateways
constexpr std::chrono::hours keep{30 * 24};       ///< the delivery log, and what could not be delivered

std::int64_t unix_now() {
    return std::chrono::duration_cast<std::chrono::seconds>(std::chrono::system_clock::now().time_since_epoch()).count();
}

std::string without_space(std::string text) {
    text.erase(std::remove_if(text.begin(), text.end(), [](char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }), text.end());
    return text;
}

/// The receiver shows that it meant to be called by sending the challenge back, bare or as {"challenge": "..."}.
bool answers(const std::string& body, const std::string& challenge) {
    const std::string bare = without_space(body);
    return bare == challenge || bare == "{\"challenge\":\"" + challenge + "\"}";
}

telemetry::Delivery counted_as(store::ErrandOutcome::Verdict verdict) {
    switch (verdict) {
        case store::ErrandOutcome::Verdict::delivered:
            return telemetry::Delivery::delivered;
        case store::ErrandOutcome::Verdict::parked:
            return telemetry::Delivery::parked;
        case store::ErrandOutcome::Verdict::again:
            break;
    }
    return telemetry::Delivery::retried;
}

std::mt19937_64 seeded() {
    std::uint64_t seed = 0;
    for (const char octet : crypto::random_octets(sizeof seed)) seed = seed << 8 | static_cast<unsigned char>(octet);
    return std::mt19937_64{seed};
}

}  // namespace

/// Everything but the constructor, wake() and stop() runs on the courier's own thread.
struct WebhookCourier::Inside {
    Inside(WebhookSettings given, std::unique_ptr<net::Outbound> out, store::Pool& pool_of_house, telemetry::Metrics& metrics_of_house)
        : settings{std::move(given)}, box{settings.secret_key}, outbound{std::move(out)}, pool{pool_of_house}, metrics{metrics_of_house} {}

    asio::awaitable<void> work();
    asio::awaitable<bool> round();
    asio::awaitable<bool> record();
    asio::awaitable<std::size_t> take();
    asio::awaitable<void> tidy();
    asio::awaitable<void> look();
    asio::awaitable<void> wait();
    asio::awaitable<void> rest();
    asio::awaitable<void> carry(store::WebhookErrand errand);
    asio::awaitable<store::ErrandOutcome> attempt(store::WebhookErrand errand);
    Result<net::OutboundRequest> prepare(const store::WebhookErrand& errand, const std::string& challenge) const;
    void send_out(store::WebhookErrand errand);

    const WebhookSettings settings;
    const SecretBox box;
    const std::unique_ptr<net::Outbound> outbound;
    store::Pool& pool;
    telemetry::Metrics& metrics;
    asio::io_context io{1};
    asio::executor_work_guard<asio::io_context::executor_type> guard{io.get_executor()};
    asio::steady_timer timer{io};
    bool woken = false;
    bool stopping = false;
    Clock::time_point give_up = Clock::time_point::max();
    Clock::time_point tidied = Clock::now();
    Clock::time_point looked{};
    std::size_t in_flight = 0;
    std::size_t in_flight_slow = 0;
    std::vector<store::ErrandOutcome> outcomes;
    std::mt19937_64 dice = seeded();
    std::thread thread;
};

/// Until it is told to stop; then until everything under way has ended and is written down, or the grace is over.
asio::awaitable<void> WebhookCourier::Inside::work() {
    while (!stopping || ((in_flight > 0 || !outcomes.empty()) && Clock::now() < give_up)) {
        const bool more = co_await round();
        if (!more) co_await wait();
        woken = false;
        co_await rest();
    }
    guard.reset();
    io.stop();
}

/// True when there is more to do at once.
asio::awaitable<bool> WebhookCourier::Inside::round() {
    if (!co_await record() || stopping) co_return false;
    const std::function<Result<store::FanOut>(store::Transaction&)> make = [](store::Transaction& tx) { return store::make_deliveries(tx, page_events); };
    const Result<store::FanOut> made = co_await pool.in_transaction<store::FanOut>(store::As::courier(), make);
    if (!made) {
        Event{"webhooks.postponed", Level::warning}.with("reason", made.error().detail());
        co_return false;
    }
    const std::size_t taken = co_await take();
    if (Clock::now() - tidied >= tidy_every) co_await tidy();
    if (Clock::now() - looked >= look_every) co_await look();
    co_return made->more || taken > 0;
}

/// Outcomes that cannot be written now are kept; the lease they were made under may pass, and then the delivery is made twice, under the same id.
asio::awaitable<bool> WebhookCourier::Inside::record() {
    if (outcomes.empty()) co_return true;
    const auto batch = std::make_shared<const std::vector<store::ErrandOutcome>>(std::exchange(outcomes, {}));
    const std::function<Result<std::size_t>(store::Transaction&)> write = [batch, patience = settings.patience](store::Transaction& tx) {
        return store::record_outcomes(tx, *batch, patience);
    };
    const Result<std::size_t> disabled = co_await pool.in_transaction<std::size_t>(store::As::courier(), write);
    if (disabled) {
        metrics.webhooks_disabled(*disabled);
        co_return true;
    }
    Event{"webhooks.postponed", Level::warning}.with("reason", disabled.error().detail());
    outcomes.insert(outcomes.begin(), batch->begin(), batch->end());
    co_return false;
}

asio::awaitable<std::size_t> WebhookCourier::Inside::take() {
    if (!settings.deliver || in_flight >= settings.in_flight_max) co_return 0;
    store::ErrandLimits limits;
    limits.deliveries = settings.in_flight_max - in_flight;
    limits.challenges = challenges_at_once;
    limits.per_endpoint = settings.per_endpoint_max;
    limits.slow_too = in_flight_slow < settings.in_flight_max / 2;
    limits.lease = 2 * settings.answer_time + 2s;
    using Errands = std::vector<store::WebhookErrand>;
    const std::function<Result<Errands>(store::Transaction&)> ask = [limits](store::Transaction& tx) { return store::take_errands(tx, limits); };
    Result<Errands> taken = co_await pool.in_transaction<Errands>(store::As::courier(), ask);
    if (!taken) {
        Event{"webhooks.postponed", Level::warning}.with("reason", taken.error().detail());
        co_return 0;
    }
    for (store::WebhookErrand& errand : *taken) send_out(std::move(errand));
    co_return taken->size();
}

asio::awaitable<void> WebhookCourier::Inside::tidy() {
    tidied = Clock::now();
    using Nothing = std::monostate;
    const std::function<Result<Nothing>(store::Transaction&)> forget = [](store::Transaction& tx) -> Result<Nothing> {
        const Result<void> done = store::tidy_webhooks(tx, keep);
        if (!done) return done.error();
        return Nothing{};
    };
    const Result<Nothing> done = co_await pool.in_transaction<Nothing>(store::As::courier(), forget);
    if (!done) Event{"webhooks.postponed", Level::warning}.with("reason", done.error().detail());
}

asio::awaitable<void> WebhookCourier::Inside::look() {
    looked = Clock::now();
    const Result<store::WebhookBacklog> found = co_await pool.in_transaction<store::WebhookBacklog>(store::As::courier(), store::look_at_deliveries);
    if (found) metrics.webhooks({found->waiting, found->parked, found->feed_lag});
    if (!found) Event{"webhooks.postponed", Level::warning}.with("reason", found.error().detail());
}

/// Until somebody wakes it, or it is time to look all the same.
asio::awaitable<void> WebhookCourier::Inside::wait() {
    if (woken) co_return;
    timer.expires_after(idle);
    boost::system::error_code cancelled;
    co_await timer.async_wait(asio::redirect_error(asio::use_awaitable, cancelled));
}

asio::awaitable<void> WebhookCourier::Inside::rest() {
    asio::steady_timer pause{io, breath};
    boost::system::error_code cancelled;
    co_await pause.async_wait(asio::redirect_error(asio::use_awaitable, cancelled));
}

/// An errand belongs to the courier: it is counted until its outcome is there, whatever happens in it.
void WebhookCourier::Inside::send_out(store::WebhookErrand errand) {
    ++in_flight;
    asio::co_spawn(io, carry(std::move(errand)), [](const std::exception_ptr& escaped) {
        if (escaped) Event{"webhooks.errand_lost", Level::error};
    });
}

asio::awaitable<void> WebhookCourier::Inside::carry(store::WebhookErrand errand) {
    const bool suspect = errand.endpoint_failures > 0 || errand.event_id == 0;
    if (suspect) ++in_flight_slow;
    const Clock::time_point began = Clock::now();
    store::ErrandOutcome outcome;
    try {
        outcome = co_await attempt(errand);
    } catch (const std::exception&) {
        // The fault is in this message or in this program: it must not hold up the others, and is given up like one that its receiver cannot read.
        net::OutboundAnswer nothing;
        nothing.error = "the message could not be prepared";
        outcome = judge(errand, nothing, 0ms, settings.plan, [] { return 1.0; });
        outcome.endpoint_at_fault = false;
    }
    if (suspect) --in_flight_slow;
    --in_flight;
    const auto took = std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - began);
    Event{"webhook.attempt", outcome.verdict == store::ErrandOutcome::Verdict::delivered ? Level::debug : Level::info}
        .with("webhook_id", errand.webhook_id.text())
        .with("event_id", errand.event_id)
        .with("attempt", errand.attempt)
        .with("http.response.status_code", outcome.status)
        .with("duration_ms", took.count())
        .with("error.type", outcome.error);
    if (errand.event_id != 0) metrics.delivery(counted_as(outcome.verdict), took);
    outcomes.push_back(std::move(outcome));
    woken = true;
    timer.cancel();
}

asio::awaitable<store::ErrandOutcome> WebhookCourier::Inside::attempt(store::WebhookErrand errand) {
    const bool is_challenge = errand.event_id == 0;
    const std::string challenge = is_challenge ? crypto::hex(crypto::random_octets(secret_bytes)) : std::string{};
    if (is_challenge) errand.body = R"({"type":"webhook.challenge","data":{"challenge":")" + challenge + R"("}})";
    const Clock::time_point began = Clock::now();
    net::OutboundAnswer answer;
    Result<net::OutboundRequest> request = prepare(errand, challenge);
    if (request) {
        answer = co_await outbound->post(std::move(*request));
    } else {
        answer.error = request.error().detail();
    }
    if (is_challenge && meaning_of(answer.status) == Meaning::taken && !answers(answer.body, challenge)) {
        answer.error = "the answer does not repeat the challenge";
    }
    const auto took = std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - began);
    const std::function<double()> draw = [this] { return std::uniform_real_distribution<double>{0.0, 1.0}(dice); };
    store::ErrandOutcome outcome = judge(errand, answer, took, settings.plan, draw);
    if (!request) {
        outcome.endpoint_at_fault = false;
        outcome.rest = 0ms;
        const bool hopeless = request.error().kind() == ErrorKind::not_found;
        outcome.verdict = hopeless ? store::ErrandOutcome::Verdict::parked : store::ErrandOutcome::Verdict::again;
    }
    co_return outcome;
}

/// Errors: not_found (there is nothing to send any more), internal (this gateway cannot send it).
Result<net::OutboundRequest> WebhookCourier::Inside::prepare(const store::WebhookErrand& errand, const std::string& challenge) const {
    if (errand.body.empty()) return Error{ErrorKind::not_found, "the event is no longer kept"};
    std::vector<std::string> secrets;
    for (const store::KeptSecret& kept : errand.secrets) {
        if (const std::optional<std::string> secret = box.open(kept, errand.webhook_id)) secrets.push_back(*secret);
    }
    if (secrets.empty() || secrets.size() != errand.secrets.size()) {
        Event{"webhooks.secret_sealed", Level::error}.with("webhook_id", errand.webhook_id.text());
        return Error{ErrorKind::internal, "the gateway cannot open the secret"};
    }
    Result<net::HttpsUrl> url = net::HttpsUrl::parse(errand.url);
    if (!url) return Error{ErrorKind::internal, "not an address"};
    const std::string id = challenge.empty() ? "evt_" + std::to_string(errand.event_id) : "chl_" + challenge.substr(0, 24);
    const std::int64_t now = unix_now();
    net::OutboundRequest request;
    request.url = std::move(*url);
    request.headers = {
        {"webhook-id",        id                                                 },
        {"webhook-timestamp", std::to_string(now)                                },
        {"webhook-signature", webhook_signatures(secrets, id, now, errand.body)}
    };
    request.body = errand.body;
    request.time = settings.answer_time;
    request.wants_body = !challenge.empty();
    return request;
}

WebhookCourier::WebhookCourier(std::unique_ptr<Inside> inside) : inside_{std::move(inside)} {
    asio::co_spawn(inside_->io, inside_->work(), [](const std::exception_ptr& escaped) {
        if (escaped) Event{"webhooks.ended", Level::error};
    });
    inside_->thread = std::thread{[within = inside_.get()] { within->io.run(); }};
}

WebhookCourier::~WebhookCourier() {
    stop(0ms);
}

Result<std::unique_ptr<WebhookCourier>> WebhookCourier::open(WebhookSettings settings, store::Pool& pool, telemetry::Metrics& metrics) {
    if (settings.plan.waits.empty()) return Error{ErrorKind::malformed, "the plan of webhook retries is empty"};
    Result<std::unique_ptr<net::Outbound>> outbound = net::Outbound::open(settings.outbound);
    if (!outbound) return outbound.error();
    return std::make_unique<WebhookCourier>(std::make_unique<Inside>(std::move(settings), std::move(*outbound), pool, metrics));
}

const WebhookSettings& WebhookCourier::settings() const {
    return inside_->settings;
}

WebhookSecret WebhookCourier::make_secret(const Uuid& webhook_id) const {
    const std::string octets = crypto::random_octets(secret_bytes);
    return {secret_text(octets), inside_->box.keep(octets, webhook_id)};
}

asio::awaitable<Result<void>> WebhookCourier::check(std::string url) {
    Result<net::HttpsUrl> parsed = net::HttpsUrl::parse(url);
    if (!parsed) co_return parsed.error();
    co_return co_await inside_->outbound->check(std::move(*parsed));
}

void WebhookCourier::wake() {
    asio::post(inside_->io, [within = inside_.get()] {
        within->woken = true;
        within->timer.cancel();
    });
}

void WebhookCourier::stop(std::chrono::milliseconds grace) {
    if (!inside_->thread.joinable()) return;
    asio::post(inside_->io, [within = inside_.get(), grace] {
        within->stopping = true;
        within->give_up = Clock::now() + grace;
        within->woken = true;
        within->timer.cancel();
    });
    inside_->thread.join();
    inside_->outbound->stop();
}

}  // namespace puente::push
