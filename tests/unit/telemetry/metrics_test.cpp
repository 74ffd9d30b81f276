#include "puente/telemetry/metrics.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <sstream>
#include <thread>
#include <vector>

namespace {

using namespace puente::telemetry;
using namespace std::chrono_literals;

/// The value on the line that begins with this series; "absent" when there is none.
std::string value_of(const std::string& text, const std::string& series) {
    std::istringstream lines{text};
    for (std::string line; std::getline(lines, line);) {
        if (line.rfind(series + ' ', 0) == 0) return line.substr(series.size() + 1);
    }
    return "absent";
}

TEST(Metrics, count_requests_by_route_method_and_status) {
    Metrics metrics;
    metrics.request("/v1/manifests", "POST", 201, 3ms);
    metrics.request("/v1/manifests", "POST", 201, 40ms);
    metrics.request("/v1/manifests", "POST", 422, 3ms);
    metrics.request("/v1/manifests/{id}", "GET", 304, 400us);
    const std::string text = metrics.text();
    EXPECT_EQ(value_of(text, R"(puente_requests_total{method="POST",route="/v1/manifests",status="201"})"), "2");
    EXPECT_EQ(value_of(text, R"(puente_requests_total{method="POST",route="/v1/manifests",status="422"})"), "1");
    EXPECT_EQ(value_of(text, R"(puente_requests_total{method="GET",route="/v1/manifests/{id}",status="304"})"), "1");
    EXPECT_EQ(value_of(text, R"(puente_request_seconds_count{route="/v1/manifests"})"), "3");
    EXPECT_EQ(value_of(text, R"(puente_request_seconds_bucket{route="/v1/manifests",le="0.0025"})"), "0");
    EXPECT_EQ(value_of(text, R"(puente_request_seconds_bucket{route="/v1/manifests",le="0.005"})"), "2");
    EXPECT_EQ(value_of(text, R"(puente_request_seconds_bucket{route="/v1/manifests",le="0.05"})"), "3");
    EXPECT_EQ(value_of(text, R"(puente_request_seconds_bucket{route="/v1/manifests/{id}",le="0.0005"})"), "1");
}

TEST(Metrics, tell_apart_values_that_would_join_to_the_same_text) {
    Metrics metrics;
    metrics.finding("AB", "C");
    metrics.finding("A", "BC");
    EXPECT_EQ(value_of(metrics.text(), R"(puente_findings_total{rule="AB",severity="C"})"), "1");
    EXPECT_EQ(value_of(metrics.text(), R"(puente_findings_total{rule="A",severity="BC"})"), "1");
}

TEST(Metrics, show_every_outcome_from_the_start) {
    Metrics metrics;
    metrics.manifest(Outcome::filed);
    metrics.manifest(Outcome::filed);
    metrics.manifest(Outcome::conflict);
    const std::string text = metrics.text();
    EXPECT_EQ(value_of(text, R"(puente_manifests_total{outcome="filed"})"), "2");
    EXPECT_EQ(value_of(text, R"(puente_manifests_total{outcome="rejected"})"), "0");
    EXPECT_EQ(value_of(text, R"(puente_manifests_total{outcome="malformed"})"), "0");
    EXPECT_EQ(value_of(text, R"(puente_manifests_total{outcome="replayed"})"), "0");
    EXPECT_EQ(value_of(text, R"(puente_manifests_total{outcome="conflict"})"), "1");
    EXPECT_EQ(value_of(text, "puente_requests_shed_total"), "0");
}

TEST(Metrics, count_deliveries_to_webhooks_by_outcome_and_nothing_else) {
    Metrics metrics;
    metrics.delivery(Delivery::delivered, 40ms);
    metrics.delivery(Delivery::delivered, 3s);
    metrics.delivery(Delivery::retried, 15s);
    metrics.webhooks_disabled(2);
    metrics.webhooks({7, 3, 1500ms});
    const std::string text = metrics.text();
    EXPECT_EQ(value_of(text, R"(puente_webhook_deliveries_total{outcome="delivered"})"), "2");
    EXPECT_EQ(value_of(text, R"(puente_webhook_deliveries_total{outcome="retried"})"), "1");
    EXPECT_EQ(value_of(text, R"(puente_webhook_deliveries_total{outcome="parked"})"), "0");
    EXPECT_EQ(value_of(text, R"(puente_webhook_attempt_seconds_bucket{le="0.05"})"), "1");
    EXPECT_EQ(value_of(text, R"(puente_webhook_attempt_seconds_bucket{le="5"})"), "2");
    EXPECT_EQ(value_of(text, R"(puente_webhook_attempt_seconds_bucket{le="15"})"), "3") << "as long as one may take";
    EXPECT_EQ(value_of(text, "puente_webhooks_disabled_total"), "2");
    EXPECT_EQ(value_of(text, "puente_webhook_deliveries_waiting"), "7");
    EXPECT_EQ(value_of(text, "puente_webhook_deliveries_parked"), "3");
    EXPECT_EQ(value_of(text, "puente_webhook_feed_lag_seconds"), "1.5");
    metrics.webhooks({0, 3, 0s});
    EXPECT_EQ(value_of(metrics.text(), "puente_webhook_deliveries_waiting"), "0");
    EXPECT_EQ(value_of(metrics.text(), "puente_webhook_feed_lag_seconds"), "0");
}

TEST(Metrics, measure_commits_and_statements) {
    Metrics metrics;
    metrics.commit(1, 4ms);
    metrics.commit(40, 6ms);
    metrics.statement("insert_manifest", 700us);
    const std::string text = metrics.text();
    EXPECT_EQ(value_of(text, R"(puente_commit_batch_rows_bucket{le="1"})"), "1");
    EXPECT_EQ(value_of(text, R"(puente_commit_batch_rows_bucket{le="32"})"), "1");
    EXPECT_EQ(value_of(text, R"(puente_commit_batch_rows_bucket{le="64"})"), "2");
    EXPECT_EQ(value_of(text, "puente_commit_batch_rows_sum"), "41");
    EXPECT_EQ(value_of(text, R"(puente_commit_seconds_bucket{le="0.005"})"), "1");
    EXPECT_EQ(value_of(text, R"(puente_statement_seconds_bucket{name="insert_manifest",le="0.001"})"), "1");
}

TEST(Metrics, go_up_and_down_where_things_come_and_go) {
    Metrics metrics;
    metrics.door({1, 1, 1, 2, 3});
    metrics.database_up(true);
    metrics.certificate_expiry(36h);
    std::string text = metrics.text();
    EXPECT_EQ(value_of(text, "puente_connections"), "1");
    EXPECT_EQ(value_of(text, "puente_requests_in_flight"), "1");
    EXPECT_EQ(value_of(text, "puente_requests_shed_total"), "1");
    EXPECT_EQ(value_of(text, "puente_database_up"), "1");
    EXPECT_EQ(value_of(text, "puente_certificate_expiry_days"), "1.5");
    metrics.door({0, 0, 4, 2, 3});
    metrics.database_up(false);
    metrics.certificate_expiry(-24h);
    text = metrics.text();
    EXPECT_EQ(value_of(text, "puente_requests_in_flight"), "0");
    EXPECT_EQ(value_of(text, "puente_requests_shed_total"), "4");
    EXPECT_EQ(value_of(text, "puente_connections_refused_total"), "2");
    EXPECT_EQ(value_of(text, "puente_handshakes_failed_total"), "3");
    EXPECT_EQ(value_of(text, "puente_database_up"), "0");
    EXPECT_EQ(value_of(text, "puente_certificate_expiry_days"), "-1");
}

TEST(Metrics, name_one_version_of_each_rule_set) {
    Metrics metrics;
    metrics.rule_set("cbp", "2026.1");
    metrics.rule_set("sat", "2026.1");
    metrics.rule_set("cbp", "2026.2");
    const std::string text = metrics.text();
    EXPECT_EQ(value_of(text, R"(puente_rule_sets_info{set="cbp",version="2026.1"})"), "absent");
    EXPECT_EQ(value_of(text, R"(puente_rule_sets_info{set="cbp",version="2026.2"})"), "1");
    EXPECT_EQ(value_of(text, R"(puente_rule_sets_info{set="sat",version="2026.1"})"), "1");
}

TEST(Metrics, read_the_process_when_they_are_asked) {
    const Metrics metrics;
    const std::string before = metrics.text();
    EXPECT_GT(std::stod(value_of(before, "process_resident_memory_bytes")), 1e6);
    EXPECT_NE(value_of(before, "puente_log_lines_dropped_total"), "absent");
    int ends[2] = {};
    ASSERT_EQ(pipe(ends), 0);
    EXPECT_EQ(std::stod(value_of(metrics.text(), "process_open_fds")), std::stod(value_of(before, "process_open_fds")) + 2);
    close(ends[0]);
    close(ends[1]);
}

TEST(Metrics, hold_a_bounded_number_of_series) {
    Metrics metrics;
    for (int i = 0; i < 2'100; ++i) metrics.finding("RULE-" + std::to_string(i), "reject");
    metrics.finding("RULE-0", "reject");
    const std::string text = metrics.text();
    EXPECT_EQ(value_of(text, R"(puente_findings_total{rule="RULE-0",severity="reject"})"), "2");
    EXPECT_EQ(value_of(text, R"(puente_findings_total{rule="RULE-1999",severity="reject"})"), "1");
    EXPECT_EQ(value_of(text, R"(puente_findings_total{rule="RULE-2000",severity="reject"})"), "absent");
    EXPECT_EQ(value_of(text, R"(puente_findings_total{rule="other",severity="other"})"), "100");
}

TEST(Metrics, lose_nothing_when_many_threads_count) {
    constexpr int threads_count = 4;
    constexpr int each = 5'000;
    Metrics metrics;
    std::vector<std::thread> threads;
    for (int worker = 0; worker < threads_count; ++worker) {
        threads.emplace_back([&metrics] {
            for (int i = 0; i < each; ++i) {
                metrics.request("/v1/manifests", "POST", i % 2 == 0 ? 201 : 422, 1ms);
                metrics.manifest(Outcome::filed);
                if (i % 1'000 == 0) metrics.text();
            }
        });
    }
    for (std::thread& thread : threads) thread.join();
    const std::string text = metrics.text();
    EXPECT_EQ(value_of(text, R"(puente_requests_total{method="POST",route="/v1/manifests",status="201"})"), "10000");
    EXPECT_EQ(value_of(text, R"(puente_requests_total{method="POST",route="/v1/manifests",status="422"})"), "10000");
    EXPECT_EQ(value_of(text, R"(puente_request_seconds_count{route="/v1/manifests"})"), "20000");
    EXPECT_EQ(value_of(text, R"(puente_manifests_total{outcome="filed"})"), "20000");
}

}  // namespace
