#include "main/house.hpp"

#include <fmt/format.h>

#include <atomic>
#include <fstream>
#include <iterator>
#include <utility>

#include "puente/access/token_cache.hpp"
#include "puente/clearance/chores.hpp"
#include "puente/clearance/clearance.hpp"
#include "puente/clearance/grant.hpp"
#include "puente/clearance/registry_desk.hpp"
#include "puente/clearance/rule_desk.hpp"
#include "puente/clearance/status_cache.hpp"
#include "puente/crypto/digest.hpp"
#include "puente/push/change_feed.hpp"
#include "puente/push/webhooks.hpp"
#include "puente/push/event_feed.hpp"
#include "puente/store/caretaker.hpp"
#include "puente/store/claims.hpp"
#include "puente/store/filing.hpp"
#include "puente/store/listen.hpp"
#include "puente/store/migrate.hpp"
#include "puente/telemetry/log.hpp"
#include "puente/telemetry/metrics.hpp"

namespace puente::main {

using telemetry::Event;
using telemetry::Level;

namespace {

Instant system_now() { return std::chrono::floor<std::chrono::microseconds>(std::chrono::system_clock::now()); }

Result<std::string> read_file(const std::string& name) {
    std::ifstream in{name, std::ios::binary};
    if (!in) return Error{ErrorKind::not_found, fmt::format("'{}' cannot be read", name)};
    return std::string{std::istreambuf_iterator<char>{in}, {}};
}

Result<crypto::Key> token_key(const std::string& file) {
    if (file.empty()) {
        Event{"token_key.ephemeral", Level::warning}.with("reason", "no --token-key-file: tokens end with this process");
        return crypto::Key::generate();
    }
    const Result<std::string> pem = read_file(file);
    if (!pem) return pem.error();
    Result<crypto::Key> key = crypto::Key::from_pem(*pem);
    if (!key) return Error{ErrorKind::malformed, fmt::format("'{}': {}", file, key.error().detail())};
    if (!key->has_private()) return Error{ErrorKind::malformed, fmt::format("'{}' holds a public key only", file)};
    return key;
}

Result<std::string> draw_secret(const std::string& file) {
    if (file.empty()) {
        Event{"draw_secret.ephemeral", Level::warning}.with("reason", "no --draw-secret-file: draws cannot be recomputed after this process");
        return crypto::random_octets(32);
    }
    Result<std::string> secret = read_file(file);
    if (secret && secret->size() < 16) return Error{ErrorKind::malformed, fmt::format("'{}' holds fewer than 16 bytes", file)};
    return secret;
}

push::EventFeed::Settings feed_settings(const Settings& settings) {
    push::EventFeed::Settings feed;
    feed.database = settings.database;
    feed.interval = std::chrono::milliseconds{settings.event_milliseconds};
    feed.listeners_per_client_max = settings.streams_per_client;
    return feed;
}

Result<std::unique_ptr<push::WebhookCourier>> open_webhooks(const Settings& settings, store::Pool& pool, telemetry::Metrics& metrics) {
    push::WebhookSettings webhooks = settings.webhooks;
    if (!settings.webhook_secret_key_file.empty()) {
        Result<std::string> key = read_file(settings.webhook_secret_key_file);
        if (!key) return key.error();
        if (key->size() < 32) return Error{ErrorKind::malformed, fmt::format("'{}' holds fewer than 32 bytes", settings.webhook_secret_key_file)};
        webhooks.secret_key = std::move(*key);
    }
    return push::WebhookCourier::open(std::move(webhooks), pool, metrics);
}

Result<void> prepare_schema(const Settings& settings) {
    const auto migrations = store::read_migrations(settings.migrations_folder);
    if (!migrations) return migrations.error();
    if (settings.migrate_first) {
        const Result<int> applied = store::migrate(settings.database.url, *migrations, [](const std::string& name) { Event{"migration.applying"}.with("migration", name); });
        if (!applied) return applied.error();
    }
    return store::check_schema(settings.database.url, *migrations);
}

}  // namespace

/// Members are in the order of the floors: the last one is taken down first.
struct House::Inside {
    Inside(Settings all, std::shared_ptr<const clearance::RulesSnapshot> first_rules, crypto::Key key, std::string secret)
        : settings{std::move(all)},
          rules{first_rules},
          rule_desk{rules, std::move(first_rules), settings.samples_folder},
          registry{std::chrono::seconds{settings.registry_stale_seconds}},
          pool{settings.database, metrics},
          writer{settings.database, metrics},
          claims{settings.database, metrics},
          caretaker{settings.database, metrics, clearance::chores(std::chrono::hours{settings.expiry_hours})},
          events{feed_settings(settings), metrics, api::write_event},
          clearance{pool, writer, claims, rules, rule_desk, registry, registry_desk, changes, events, statuses, metrics, system_now, std::move(secret), std::chrono::minutes{settings.lease_minutes}},
          desk{{settings.issuer, settings.api.public_url, std::move(key), std::chrono::minutes{settings.token_minutes}},
               tokens,
               {settings.issuer, settings.api.public_url, settings.api.public_url + "/oauth2/token"},
               settings.client_secrets},
          application{api::make_application(settings.api, clearance, desk, {[this] { return readiness(); }, [this] { count_door(); }})} {
        tell_rules();
    }

    /// What still works for those who ask ends before what it works with.
    ~Inside() {
        rule_desk.stop();
        registry_desk.stop();
    }
    Inside(const Inside&) = delete;
    Inside& operator=(const Inside&) = delete;

    void listen() {
        listener = std::make_unique<store::Listener>(
            settings.database.url, [this](const store::Notice& notice) { heard(notice); }, [this](bool up) { set_listening(up); });
    }

    void heard(const store::Notice& notice) {
        if (notice.channel == "rules_changed") rule_desk.wake();
        if (notice.channel == "registry_changed") registry_desk.wake();
        if (notice.channel == "client_changed") {
            tokens.forget_client(notice.payload);
            events.end_client(notice.payload);
        }
        const std::optional<Uuid> manifest_id = notice.channel == "manifest_changed" ? Uuid::parse(notice.payload) : std::nullopt;
        if (!manifest_id) return;
        if (webhooks) webhooks->wake();
        statuses.drop(*manifest_id);
        changes.announce(*manifest_id);
    }

    /// Between two times of listening anything may have changed.
    void set_listening(bool up) {
        statuses.set_listening(up);
        tokens.clear();
        changes.announce_all();
        if (up) events.end_all();  // a client may have been revoked meanwhile: who listens comes back and shows its token again
        rule_desk.wake();
        registry_desk.wake();
        Event{up ? "notices.heard" : "notices.lost", up ? Level::info : Level::warning};
    }

    api::Readiness readiness() const {
        if (stopping) return {false, "the gateway is draining"};
        if (!writer.reachable() || !pool.reachable()) return {false, "the database cannot be reached"};
        return {true, {}};
    }

    void count_door() {
        const net::ServerCounts counts = server->counts();
        metrics.door({counts.connections, counts.requests_in_flight, counts.requests_shed, counts.connections_refused, counts.handshakes_failed});
        const push::EventFeed::Counts feed = events.counts();
        metrics.events({feed.listeners, feed.read, feed.slow});
        metrics.certificate_expiry(counts.certificate_expires_at - std::chrono::system_clock::now());
    }

    void tell_rules() {
        const auto snapshot = rules.current();
        for (const rules::RuleSet& set : snapshot->rulebook->sets) metrics.rule_set(to_text(set.name), set.version);
        Event{"rules.in_force"}.with("rule_set", snapshot->versions).with("rules", snapshot->rulebook->rule_count());
    }

    Settings settings;
    telemetry::Metrics metrics;
    clearance::RulesInForce rules;
    clearance::RuleDesk rule_desk;
    clearance::RegistryInForce registry;
    clearance::RegistryDesk registry_desk{registry};
    clearance::StatusCache statuses;
    push::ChangeFeed changes;
    access::TokenCache tokens{10'000};
    store::Pool pool;
    store::FilingWriter writer;
    store::ClaimWriter claims;
    store::Caretaker caretaker;
    push::EventFeed events;
    std::unique_ptr<push::WebhookCourier> webhooks;
    clearance::Clearance clearance;
    clearance::AccessDesk desk;
    std::atomic<bool> stopping{false};
    std::unique_ptr<net::Application> application;
    std::unique_ptr<net::Server> server;
    std::unique_ptr<store::Listener> listener;
};

House::House(std::unique_ptr<Inside> inside) : inside_{std::move(inside)} {}
House::~House() = default;

Result<std::unique_ptr<House>> House::open(Settings settings) {
    auto first_rules = clearance::load_rules(settings.rules_folder);
    if (!first_rules) return first_rules.error();
    Result<crypto::Key> key = token_key(settings.token_key_file);
    if (!key) return key.error();
    Result<std::string> secret = draw_secret(settings.draw_secret_file);
    if (!secret) return secret.error();
    const Result<void> schema = prepare_schema(settings);
    if (!schema) return schema.error();

    auto inside = std::make_unique<Inside>(std::move(settings), std::move(*first_rules), std::move(*key), std::move(*secret));
    const Result<void> followed = inside->rule_desk.follow(inside->pool, [house = inside.get()] { house->tell_rules(); });
    if (!followed) return followed.error();
    inside->registry_desk.follow(inside->pool);
    Result<std::unique_ptr<push::WebhookCourier>> webhooks = open_webhooks(inside->settings, inside->pool, inside->metrics);
    if (!webhooks) return webhooks.error();
    inside->webhooks = std::move(*webhooks);
    inside->clearance.webhooks = inside->webhooks.get();
    Result<std::unique_ptr<net::Server>> server = net::Server::open(inside->settings.server, *inside->application);
    if (!server) return server.error();
    inside->server = std::move(*server);
    inside->listen();
    return std::make_unique<House>(std::move(inside));
}

void House::run() {
    inside_->server->run();
    inside_->webhooks->stop(std::chrono::seconds{5});
    inside_->rule_desk.stop();
    inside_->registry_desk.stop();
    inside_->listener->stop();
    inside_->events.stop();
    inside_->caretaker.stop();
    inside_->writer.stop();
    inside_->claims.stop();
    inside_->pool.stop();
}

void House::stop() {
    if (inside_->stopping.exchange(true)) return;
    Event{"house.draining"};
    inside_->changes.close();
    inside_->events.close();
    inside_->server->stop(std::chrono::seconds{inside_->settings.drain_seconds});
}

void House::reread() {
    const Result<void> tls = inside_->server->reload_tls();
    if (!tls) Event{"certificate.refused", Level::error}.with("reason", tls.error().detail());
    if (tls) Event{"certificate.in_force"};
    const auto rules = clearance::load_rules(inside_->settings.rules_folder);
    if (!rules) {
        Event{"rules.refused", Level::error}.with("reason", rules.error().detail());
        return;
    }
    inside_->rule_desk.replace_shipped(*rules);
}

std::uint16_t House::port() const { return inside_->server->port(); }

}  // namespace puente::main
