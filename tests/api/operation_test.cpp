// What operators see and do: probes, metrics, descriptions, the log, signals.
#include <signal.h>

#include <filesystem>
#include <functional>
#include <future>
#include <sstream>
#include <thread>

#include "api/station.hpp"

namespace puente::test {

using namespace std::chrono_literals;

namespace {

bool soon(const std::function<bool()>& is_so, std::chrono::milliseconds patience = 10s) {
    const auto deadline = std::chrono::steady_clock::now() + patience;
    while (!is_so()) {
        if (std::chrono::steady_clock::now() > deadline) return false;
        std::this_thread::sleep_for(20ms);
    }
    return true;
}

/// The log's events of one name.
std::vector<nlohmann::json> events(const std::string& log, const std::string& name) {
    std::vector<nlohmann::json> found;
    std::istringstream lines{log};
    for (std::string line; std::getline(lines, line);) {
        nlohmann::json event = nlohmann::json::parse(line, nullptr, false);
        if (event.is_object() && event.value("event", "") == name) found.push_back(std::move(event));
    }
    return found;
}

}  // namespace

class Operation : public AtStation<Operation> {
public:
    static Station::Options options() { return {}; }
};

TEST_F(Operation, probes_answer) {
    const Answer alive = station.ask({"GET", "/livez"});
    EXPECT_EQ(alive.status, 200);
    EXPECT_EQ(alive.json()["alive"], true);
    const Answer ready = station.ask({"GET", "/readyz"});
    EXPECT_EQ(ready.status, 200);
    EXPECT_EQ(ready.json()["ready"], true);
    EXPECT_EQ(ready.json()["ruleSets"].size(), 3u);
}

TEST_F(Operation, metrics_count_what_happened) {
    filed(station, fresh());
    station.submit(station.broker, sample_text("produce-northbound.broken"));
    station.submit(station.broker, sample_text("produce-northbound.malformed"));
    const Answer answer = station.ask({"GET", "/metrics"});
    EXPECT_TRUE(answer.header("Content-Type").starts_with("text/plain; version=0.0.4"));
    for (const char* line : {"puente_manifests_total{", "puente_requests_total{", "puente_request_seconds_bucket{", "route=\"/v1/manifests\"",
                             "puente_database_up 1", "puente_rule_sets_info{", "puente_findings_total{", "puente_commit_batch_rows_count",
                             "puente_statement_seconds_bucket{", "puente_log_lines_dropped_total", "puente_connections "}) {
        EXPECT_NE(answer.body.find(line), std::string::npos) << line;
    }
    EXPECT_EQ(answer.body.find("TSTAN"), std::string::npos) << "no names of trips in labels";
}

TEST_F(Operation, openapi_names_every_route) {
    const Answer answer = station.ask({"GET", "/openapi.json"});
    const nlohmann::json description = answer.json();
    ASSERT_TRUE(description.is_object());
    EXPECT_TRUE(description["openapi"].get<std::string>().starts_with("3.1"));
    const std::pair<const char*, const char*> routes[] = {
        {"/oauth2/token",                                    "post"},
        {"/.well-known/oauth-authorization-server",          "get" },
        {"/.well-known/jwks.json",                           "get" },
        {"/v1/manifests",                                    "post"},
        {"/v1/manifests",                                    "get" },
        {"/v1/manifests:validate",                           "post"},
        {"/v1/manifests/{id}",                               "get" },
        {"/v1/manifests/{id}/status",                        "get" },
        {"/v1/manifests/{id}/history",                       "get" },
        {"/v1/ports/{port}/inspections",                     "get" },
        {"/v1/ports/{port}/inspections:claim",               "post"},
        {"/v1/inspections/{id}/legs/{agency}:start",         "post"},
        {"/v1/inspections/{id}/legs/{agency}:decide",        "post"},
        {"/v1/inspections/{id}/legs/{agency}:release-claim", "post"},
        {"/livez",                                           "get" },
        {"/readyz",                                          "get" },
        {"/metrics",                                         "get" },
        {"/openapi.json",                                    "get" },
        {"/schemas/manifest.json",                           "get" },
        {"/problems/{slug}",                                 "get" },
    };
    for (const auto& [path, method] : routes) {
        ASSERT_TRUE(description["paths"].contains(path)) << path;
        EXPECT_TRUE(description["paths"][path].contains(method)) << path;
    }
    // Every reference leads somewhere.
    const std::string text = answer.body;
    for (std::size_t at = text.find("\"#/"); at != std::string::npos; at = text.find("\"#/", at + 1)) {
        const std::string pointer = text.substr(at + 2, text.find('"', at + 1) - at - 2);
        EXPECT_TRUE(description.contains(nlohmann::json::json_pointer{pointer})) << pointer;
    }
    EXPECT_EQ(station.ask({"GET", "/openapi.json", {{"If-None-Match", answer.header("ETag")}}}).status, 304);
}

TEST_F(Operation, schema_of_the_manifest_is_served) {
    const Answer answer = station.ask({"GET", "/schemas/manifest.json"});
    EXPECT_EQ(answer.header("Content-Type"), "application/schema+json");
    EXPECT_EQ(answer.json()["$schema"], "https://json-schema.org/draft/2020-12/schema");
    EXPECT_TRUE(answer.json()["properties"].contains("documentId"));
}

TEST_F(Operation, each_kind_of_problem_has_its_page) {
    const Answer answer = station.ask({"GET", "/problems/rejected-by-rules"});
    EXPECT_EQ(answer.json()["status"], 422);
    EXPECT_NE(answer.json()["title"]["en"], answer.json()["title"]["es"]);
    EXPECT_EQ(station.ask({"GET", "/problems/no-such-kind"}).status, 404);
}

TEST_F(Operation, the_log_has_one_line_for_each_request_under_its_id) {
    const Answer answer = station.get(station.broker, "/v1/manifests?status=CLEARED");
    const std::string id = answer.header("Puente-Request-Id");
    EXPECT_EQ(id.size(), 36u);
    const auto line_of = [&] {
        std::vector<nlohmann::json> found;
        for (const nlohmann::json& event : events(station.log(), "http.request")) {
            if (event.value("request_id", "") == id) found.push_back(event);
        }
        return found;
    };
    ASSERT_TRUE(soon([&] { return !line_of().empty(); }));
    ASSERT_EQ(line_of().size(), 1u);
    const nlohmann::json line = line_of()[0];
    EXPECT_EQ(line["http.route"], "/v1/manifests");
    EXPECT_EQ(line["http.request.method"], "GET");
    EXPECT_EQ(line["http.response.status_code"], 200);
    EXPECT_TRUE(line["duration_ms"].is_number());
    std::istringstream lines{station.log()};
    for (std::string text; std::getline(lines, text);) EXPECT_TRUE(nlohmann::json::parse(text, nullptr, false).is_object()) << text;
}

TEST_F(Operation, an_outage_of_the_database_is_said_and_overcome) {
    const std::string target = "/v1/manifests/" + filed(station, fresh())["manifestId"].get<std::string>();
    station.cluster().kill();
    EXPECT_TRUE(soon([&] { return station.ask({"GET", "/readyz"}).status == 503; }));
    EXPECT_EQ(station.ask({"GET", "/livez"}).status, 200) << "alive all the same";
    const Json document = fresh();
    const std::string key = new_uuid();
    const Answer refused = station.submit(station.broker, document.dump(), key);
    EXPECT_EQ(refused.status, 503);
    EXPECT_EQ(refused.json()["type"], "/problems/unavailable");
    EXPECT_FALSE(refused.header("Retry-After").empty());
    station.cluster().start();
    EXPECT_TRUE(soon([&] { return station.ask({"GET", "/readyz"}).status == 200; }));
    EXPECT_EQ(station.submit(station.broker, document.dump(), key).status, 201);
    EXPECT_EQ(station.get(station.broker, target).status, 200);
}

TEST(Signals, term_lets_requests_in_flight_finish) {
    Station station;
    const std::string body = fresh().dump();
    const auto [name, value] = station.bearer(station.broker);
    HttpsClient slow = station.client();
    slow.send("POST /v1/manifests HTTP/1.1\r\nHost: localhost\r\n" + name + ": " + value +
              "\r\nContent-Type: application/json\r\nIdempotency-Key: \"" + new_uuid() + "\"\r\nContent-Length: " + std::to_string(body.size()) +
              "\r\n\r\n" + body.substr(0, body.size() / 2));
    std::this_thread::sleep_for(300ms);

    station.process().signal(SIGTERM);
    EXPECT_TRUE(soon([&] { return events(station.log(), "house.draining").size() == 1; }));
    slow.send(body.substr(body.size() / 2));
    const Answer answer = slow.receive();
    EXPECT_EQ(answer.status, 201) << answer.body;
    EXPECT_EQ(answer.header("Connection"), "close");
    EXPECT_EQ(station.process().wait(25s), std::optional<int>{0}) << station.errors();
    EXPECT_EQ(station.sql("SELECT count(*) FROM puente.manifest"), "1");
    EXPECT_THROW(station.client().connect(), Lost);
    EXPECT_EQ(events(station.log(), "house.closed").size(), 1u);
}

TEST(Signals, term_answers_those_who_wait_for_change) {
    Station station;
    const std::string target = "/v1/manifests/" + filed(station, fresh())["manifestId"].get<std::string>() + "/status";
    const std::string etag = station.get(station.broker, target).header("ETag");
    HttpsClient waiting = station.client();
    waiting.send(Ask{
        "GET", target, {station.bearer(station.broker), {"If-None-Match", etag}, {"Prefer", "wait=60"}}
    }
                     .text());
    std::this_thread::sleep_for(300ms);

    const auto begun = std::chrono::steady_clock::now();
    station.process().signal(SIGTERM);
    try {
        const Answer answer = waiting.receive();
        EXPECT_TRUE(answer.status == 304 || answer.status == 503) << answer.status;
    } catch (const Lost& lost) {
        ADD_FAILURE() << "a request in flight was cut: " << lost.what();
    }
    EXPECT_EQ(station.process().wait(25s), std::optional<int>{0});
    EXPECT_LT(std::chrono::steady_clock::now() - begun, 10s) << "nothing is left to wait for";
}

TEST(Signals, hang_up_rereads_the_rules_unless_they_are_broken) {
    const TemporaryFolder folder;
    const std::string rules = rules_for_tests(folder.path());
    Station station{{{"--rules", rules}}};
    const auto versions = [&] { return station.ask({"GET", "/readyz"}).json()["ruleSets"]; };
    const nlohmann::json first = versions();
    const std::string good = read_file(rules + "/cbp/tests.yaml");

    for (const std::string& broken :
         {std::string{"rules: ["}, std::string{"rules:\n  - id: CBP-T9\n    assert: manifest.nothing.here\n"}, std::string{"{}"}}) {
        write_file(rules + "/cbp/tests.yaml", broken);
        const std::size_t before = events(station.log(), "rules.refused").size();
        station.process().signal(SIGHUP);
        EXPECT_TRUE(soon([&] { return events(station.log(), "rules.refused").size() > before; })) << broken;
        EXPECT_EQ(versions(), first) << broken;
        EXPECT_EQ(station.submit(station.broker, fresh("produce-northbound", Look::both_review).dump()).json()["status"], "UNDER_REVIEW");
    }
    std::string stricter = good;
    stricter.replace(stricter.find("severity: review"), 16, "severity: advise");
    write_file(rules + "/cbp/tests.yaml", stricter);
    station.process().signal(SIGHUP);
    EXPECT_TRUE(soon([&] { return versions() != first; }));
    EXPECT_EQ(versions()["sat"], first["sat"]);
    EXPECT_NE(versions()["cbp"], first["cbp"]);
}

TEST(Signals, hang_up_rereads_the_certificate_unless_it_is_broken) {
    const TemporaryFolder folder;
    const Certificates& certificates = Certificates::shared();
    for (const char* name : {"server.pem", "server.key"}) std::filesystem::copy(certificates.folder.file(name), folder.file(name));
    Station station{{{"--certificate", folder.file("server.pem"), "--private-key", folder.file("server.key")}}};
    write_file(folder.file("server.pem"), "no certificate");
    station.process().signal(SIGHUP);
    EXPECT_TRUE(soon([&] { return events(station.log(), "certificate.refused").size() == 1; })) << station.log();
    EXPECT_EQ(station.client().ask({"GET", "/livez"}).status, 200) << "the old pair serves new connections";
    std::filesystem::copy(certificates.folder.file("server.pem"), folder.file("server.pem"), std::filesystem::copy_options::overwrite_existing);
    station.process().signal(SIGHUP);
    EXPECT_TRUE(soon([&] { return events(station.log(), "certificate.in_force").size() >= 1; }));
    EXPECT_EQ(station.client().ask({"GET", "/livez"}).status, 200);
}

}  // namespace puente::test
