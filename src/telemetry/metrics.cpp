#include "puente/telemetry/metrics.hpp"

#include <fmt/format.h>
#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>

#include <algorithm>
#include <array>
#include <map>
#include <mutex>

#include "puente/telemetry/log.hpp"
#include "telemetry/process.hpp"
#include "telemetry/series.hpp"

namespace puente::telemetry {

namespace {

using prometheus::Counter;
using prometheus::Gauge;
using prometheus::Histogram;
using prometheus::Registry;
using Buckets = Histogram::BucketBoundaries;

const Buckets second_buckets{0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10};
const Buckets attempt_buckets{0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 15, 30, 60};
const Buckets row_buckets{1, 2, 4, 8, 16, 32, 64, 128, 256, 512};
constexpr std::array outcome_names{"filed", "rejected", "malformed", "replayed", "conflict"};
constexpr std::array delivery_names{"delivered", "retried", "parked"};

Counter& counter(Registry& registry, const char* name, const char* help) {
    return prometheus::BuildCounter().Name(name).Help(help).Register(registry).Add({});
}

Gauge& gauge(Registry& registry, const char* name, const char* help) {
    return prometheus::BuildGauge().Name(name).Help(help).Register(registry).Add({});
}

Histogram& histogram(Registry& registry, const char* name, const char* help, const Buckets& buckets) {
    return prometheus::BuildHistogram().Name(name).Help(help).Register(registry).Add({}, buckets);
}

Series<Counter> counters(Registry& registry, const char* name, const char* help, std::vector<std::string> labels) {
    auto& family = prometheus::BuildCounter().Name(name).Help(help).Register(registry);
    return {std::move(labels), [&family](const prometheus::Labels& values) -> Counter& { return family.Add(values); }};
}

Series<Histogram> timings(Registry& registry, const char* name, const char* help, std::vector<std::string> labels) {
    auto& family = prometheus::BuildHistogram().Name(name).Help(help).Register(registry);
    return {std::move(labels), [&family](const prometheus::Labels& values) -> Histogram& { return family.Add(values, second_buckets); }};
}

/// One counter for each outcome, all there from the start.
template <std::size_t count>
std::array<Counter*, count> outcome_counters(Registry& registry, const char* name, const char* help, const std::array<const char*, count>& outcomes) {
    auto& family = prometheus::BuildCounter().Name(name).Help(help).Register(registry);
    std::array<Counter*, count> made{};
    for (std::size_t i = 0; i < count; ++i)
        made[i] = &family.Add({
            {"outcome", outcomes[i]}
        });
    return made;
}

}  // namespace

/// The table of everything that is measured.
struct Metrics::Inside {
    Registry registry;

    Series<Counter> requests = counters(registry, "puente_requests_total", "Requests answered.", {"route", "method", "status"});
    Series<Histogram> request_seconds = timings(registry, "puente_request_seconds", "From the last octet of a request to its answer.", {"route"});
    Gauge& requests_in_flight = gauge(registry, "puente_requests_in_flight", "Requests being worked on.");
    Counter& requests_shed = counter(registry, "puente_requests_shed_total", "Requests refused because of overload.");
    Counter& connections_refused = counter(registry, "puente_connections_refused_total", "Connections closed because there were too many.");
    Counter& handshakes_failed = counter(registry, "puente_handshakes_failed_total", "TLS handshakes that did not succeed.");
    Gauge& connections = gauge(registry, "puente_connections", "Open client connections.");
    Gauge& event_listeners = gauge(registry, "puente_event_listeners", "Event streams, and reads of events that wait.");
    Counter& events_read = counter(registry, "puente_events_read_total", "Events read for those who listen, once for each audience.");
    Counter& event_listeners_slow = counter(registry, "puente_event_listeners_slow_total", "Event streams ended because the reader was too slow.");

    std::array<Counter*, delivery_names.size()> deliveries =
        outcome_counters(registry, "puente_webhook_deliveries_total", "Attempts to deliver to webhooks, by what became of them.", delivery_names);
    Histogram& attempt_seconds = histogram(registry, "puente_webhook_attempt_seconds", "Duration of those attempts.", attempt_buckets);
    Counter& webhooks_disabled =
        counter(registry, "puente_webhooks_disabled_total", "Webhooks disabled because they failed for too long or wanted no more.");
    Gauge& deliveries_waiting = gauge(registry, "puente_webhook_deliveries_waiting", "Deliveries to webhooks still to be made, of all gateways.");
    Gauge& deliveries_parked = gauge(registry, "puente_webhook_deliveries_parked", "Deliveries to webhooks given up, of all gateways.");
    Gauge& feed_lag = gauge(registry, "puente_webhook_feed_lag_seconds", "Age of the oldest event that is not made into deliveries yet.");

    std::array<Counter*, outcome_names.size()> manifests =
        outcome_counters(registry, "puente_manifests_total", "Manifests sent, by what became of them.", outcome_names);
    Series<Counter> findings = counters(registry, "puente_findings_total", "Findings of the rules.", {"rule", "severity"});
    prometheus::Family<Gauge>& rule_sets = prometheus::BuildGauge().Name("puente_rule_sets_info").Help("The rule sets in force.").Register(registry);

    Histogram& commit_rows = histogram(registry, "puente_commit_batch_rows", "Manifests put on file by one transaction.", row_buckets);
    Histogram& commit_seconds = histogram(registry, "puente_commit_seconds", "Duration of those transactions.", second_buckets);
    Series<Histogram> statement_seconds = timings(registry, "puente_statement_seconds", "Duration of SQL statements.", {"name"});
    Gauge& database_up = gauge(registry, "puente_database_up", "1 when the database answers.");
    Gauge& certificate_days = gauge(registry, "puente_certificate_expiry_days", "Days until the server's certificate expires.");

    Gauge& memory = gauge(registry, "process_resident_memory_bytes", "Resident memory size in bytes.");
    Gauge& descriptors = gauge(registry, "process_open_fds", "Number of open file descriptors.");
    Counter& log_lines_dropped = counter(registry, "puente_log_lines_dropped_total", "Log lines dropped because nobody took them in time.");

    std::mutex mutex;  ///< of what follows, and of reading the process
    std::map<std::string, Gauge*, std::less<>> rule_set_in_force;
};

Metrics::Metrics() : inside_{std::make_unique<Inside>()} {}

Metrics::~Metrics() = default;

void Metrics::request(std::string_view route, std::string_view method, int status, Seconds took) {
    const fmt::format_int status_text{status};
    inside_->requests
        .of({
            route, method, std::string_view{status_text.data(), status_text.size()}
    })
        .Increment();
    inside_->request_seconds.of({route}).Observe(took.count());
}

void Metrics::door(const Door& counts) {
    const auto raise = [](prometheus::Counter& counter, std::uint64_t to) {
        counter.Increment(std::max(0.0, static_cast<double>(to) - counter.Value()));
    };
    inside_->connections.Set(static_cast<double>(counts.connections));
    inside_->requests_in_flight.Set(static_cast<double>(counts.requests_in_flight));
    raise(inside_->requests_shed, counts.requests_shed);
    raise(inside_->connections_refused, counts.connections_refused);
    raise(inside_->handshakes_failed, counts.handshakes_failed);
}

void Metrics::events(const Events& counts) {
    const auto raise = [](prometheus::Counter& counter, std::uint64_t to) {
        counter.Increment(std::max(0.0, static_cast<double>(to) - counter.Value()));
    };
    inside_->event_listeners.Set(static_cast<double>(counts.listeners));
    raise(inside_->events_read, counts.read);
    raise(inside_->event_listeners_slow, counts.slow);
}

void Metrics::delivery(Delivery outcome, Seconds took) {
    inside_->deliveries[static_cast<std::size_t>(outcome)]->Increment();
    inside_->attempt_seconds.Observe(took.count());
}

void Metrics::webhooks_disabled(std::size_t count) {
    inside_->webhooks_disabled.Increment(static_cast<double>(count));
}

void Metrics::webhooks(const Webhooks& counts) {
    inside_->deliveries_waiting.Set(static_cast<double>(counts.waiting));
    inside_->deliveries_parked.Set(static_cast<double>(counts.parked));
    inside_->feed_lag.Set(counts.feed_lag.count());
}

void Metrics::manifest(Outcome outcome) {
    inside_->manifests[static_cast<std::size_t>(outcome)]->Increment();
}

void Metrics::finding(std::string_view rule, std::string_view severity) {
    inside_->findings.of({rule, severity}).Increment();
}

void Metrics::rule_set(std::string_view set, std::string_view version) {
    const std::lock_guard lock{inside_->mutex};
    Gauge*& in_force = inside_->rule_set_in_force[std::string{set}];
    if (in_force != nullptr) inside_->rule_sets.Remove(in_force);
    in_force = &inside_->rule_sets.Add({
        {"set",     std::string{set}    },
        {"version", std::string{version}}
    });
    in_force->Set(1);
}

void Metrics::commit(std::size_t rows, Seconds took) {
    inside_->commit_rows.Observe(static_cast<double>(rows));
    inside_->commit_seconds.Observe(took.count());
}

void Metrics::statement(std::string_view name, Seconds took) {
    inside_->statement_seconds.of({name}).Observe(took.count());
}

void Metrics::database_up(bool up) {
    inside_->database_up.Set(up ? 1 : 0);
}

void Metrics::certificate_expiry(std::chrono::duration<double, std::ratio<86400>> left) {
    inside_->certificate_days.Set(left.count());
}

std::string Metrics::text() const {
    const std::lock_guard lock{inside_->mutex};
    if (const std::optional<double> bytes = resident_memory_bytes()) inside_->memory.Set(*bytes);
    if (const std::optional<double> open = open_descriptors()) inside_->descriptors.Set(*open);
    inside_->log_lines_dropped.Increment(static_cast<double>(dropped_log_lines()) - inside_->log_lines_dropped.Value());
    return prometheus::TextSerializer{}.Serialize(inside_->registry.Collect());
}

}  // namespace puente::telemetry
