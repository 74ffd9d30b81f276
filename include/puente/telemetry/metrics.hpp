#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace puente::telemetry {

/// What became of a manifest that was sent.
enum class Outcome : std::uint8_t { filed, rejected, malformed, replayed, conflict };

/// What became of an attempt to deliver to a webhook.
enum class Delivery : std::uint8_t { delivered, retried, parked };

/// What the gateway counts and measures, for Prometheus. Passed in, never global; every function may be called from any thread and takes under a
/// microsecond. Labels come from closed lists (route templates, rule ids, statement names), never from what a client sent; past 2000 different ones a
/// metric counts under "other".
class Metrics {
public:
    using Seconds = std::chrono::duration<double>;

    Metrics();
    ~Metrics();
    Metrics(const Metrics&) = delete;
    Metrics& operator=(const Metrics&) = delete;

    /// One answered request: puente_requests_total{route,method,status} and puente_request_seconds{route}.
    void request(std::string_view route, std::string_view method, int status, Seconds took);
    /// What the door counts itself, as it stands when the metrics are asked for: puente_connections, puente_requests_in_flight, puente_requests_shed_total,
    /// puente_connections_refused_total, puente_handshakes_failed_total.
    struct Door {
        std::size_t connections = 0;
        std::size_t requests_in_flight = 0;
        std::uint64_t requests_shed = 0;
        std::uint64_t connections_refused = 0;
        std::uint64_t handshakes_failed = 0;
    };
    void door(const Door& counts);

    /// The event feed, as it stands when the metrics are asked for: puente_event_listeners, puente_events_read_total, puente_event_listeners_slow_total.
    struct Events {
        std::size_t listeners = 0;
        std::uint64_t read = 0;
        std::uint64_t slow = 0;
    };
    void events(const Events& counts);

    /// One attempt to deliver to a webhook: puente_webhook_deliveries_total{outcome} and puente_webhook_attempt_seconds.
    void delivery(Delivery outcome, Seconds took);
    /// puente_webhooks_disabled_total: those that failed for too long, or wanted no more.
    void webhooks_disabled(std::size_t count);
    /// The deliveries of all gateways, as they stood when somebody last looked: puente_webhook_deliveries_waiting, puente_webhook_deliveries_parked,
    /// puente_webhook_feed_lag_seconds.
    struct Webhooks {
        std::size_t waiting = 0;
        std::size_t parked = 0;
        Seconds feed_lag{0};
    };
    void webhooks(const Webhooks& counts);

    /// puente_manifests_total{outcome}.
    void manifest(Outcome outcome);
    /// puente_findings_total{rule,severity}.
    void finding(std::string_view rule, std::string_view severity);
    /// puente_rule_sets_info{set,version}: 1 for the version in force; the one before disappears.
    void rule_set(std::string_view set, std::string_view version);

    /// One transaction that put this many manifests on file: puente_commit_batch_rows, puente_commit_seconds.
    void commit(std::size_t rows, Seconds took);
    /// puente_statement_seconds{name}.
    void statement(std::string_view name, Seconds took);
    /// puente_database_up: 1 or 0.
    void database_up(bool up);
    /// puente_certificate_expiry_days, of the server's certificate; below zero when it has expired.
    void certificate_expiry(std::chrono::duration<double, std::ratio<86400>> left);

    /// Everything in the Prometheus text format, together with what is read now: process_resident_memory_bytes, process_open_fds,
    /// puente_log_lines_dropped_total.
    std::string text() const;

private:
    struct Inside;
    std::unique_ptr<Inside> inside_;
};

}  // namespace puente::telemetry
