// Webhooks from end to end: the real gateway, real receivers over TLS. Faults F3, F30 and F38.
#include <gtest/gtest.h>
#include <signal.h>

#include <algorithm>
#include <functional>
#include <map>
#include <set>
#include <thread>

#include "api/receiver.hpp"
#include "api/station.hpp"

namespace puente::test {

using namespace std::chrono_literals;
using nlohmann::json;

namespace {

bool soon(const std::function<bool()>& is_so, std::chrono::milliseconds patience = 20s) {
    const auto deadline = std::chrono::steady_clock::now() + patience;
    while (!is_so()) {
        if (std::chrono::steady_clock::now() > deadline) return false;
        std::this_thread::sleep_for(20ms);
    }
    return true;
}

/// Loopback allowed, any port, impatient.
Station::Options impatient(const std::vector<const Receiver*>& receivers, std::vector<std::string> more = {}) {
    Station::Options options;
    options.arguments = {"--webhook-allowed-network",
                         "127.0.0.0/8",
                         "--webhook-allowed-network",
                         "::1/128",
                         "--webhook-ca",
                         Certificates::shared().authority,
                         "--webhook-answer-seconds",
                         "1",
                         "--webhook-retry-seconds",
                         "0.2,0.2,0.2,0.2,0.2,0.2,0.2,0.2,0.2"};
    for (const Receiver* receiver : receivers)
        options.arguments.insert(options.arguments.end(), {"--webhook-port", std::to_string(receiver->port())});
    options.arguments.insert(options.arguments.end(), more.begin(), more.end());
    return options;
}

class WebhookCalls : public testing::Test {
protected:
    void open(const std::vector<const Receiver*>& receivers, std::vector<std::string> more = {}) {
        station_ = std::make_unique<Station>(impatient(receivers, std::move(more)));
    }
    Station& station() { return *station_; }
    Answer subscribe(const std::string& url, json body = json::object()) {
        body["url"] = url;
        return station_->post(station_->broker, "/v1/webhooks", body);
    }
    json show(const std::string& id) { return station_->get(station_->broker, "/v1/webhooks/" + id).json(); }
    /// Subscribes and waits until it is verified; gives the document with the secret.
    json active(const std::string& url, json body = json::object()) {
        const Answer answer = subscribe(url, std::move(body));
        EXPECT_EQ(answer.status, 201) << answer.body;
        const json document = answer.json();
        EXPECT_TRUE(soon([&] { return show(document["webhookId"]).value("state", "") == "ACTIVE"; })) << show(document["webhookId"]).dump();
        return document;
    }
    json deliveries(const std::string& id, const std::string& query = "") {
        return station_->get(station_->broker, "/v1/webhooks/" + id + "/deliveries" + query).json()["items"];
    }
    Answer act(const json& webhook, const std::string& verb, const json& body = json::object()) {
        return station_->post(station_->broker, "/v1/webhooks/" + webhook["webhookId"].get<std::string>() + ":" + verb, body);
    }
    std::string file() { return filed(*station_, fresh())["manifestId"]; }
    /// More events of a manifest, without an officer.
    void tell(const std::string& manifest, const std::string& kind) {
        ASSERT_EQ(station_->sql("INSERT INTO puente.event (manifest_id, at, kind, version, state_no, actor, status) VALUES ('" + manifest +
                                "', now(), '" + kind + "', 1, 1, 'CBP', 'HELD')"),
                  "");
    }

private:
    std::unique_ptr<Station> station_;
};

TEST_F(WebhookCalls, are_challenged_first_and_then_told_signed_and_thin) {
    Receiver receiver;
    open({&receiver});
    const Answer answer = subscribe(receiver.url("/hook?x=1"), {
                                                                   {"description", "test"}
    });
    ASSERT_EQ(answer.status, 201) << answer.body;
    const json webhook = answer.json();
    EXPECT_EQ(answer.header("Location"), "/v1/webhooks/" + webhook["webhookId"].get<std::string>());
    const std::string secret = webhook["secret"];
    EXPECT_TRUE(secret.starts_with("whsec_"));
    const std::string manifest = file();
    ASSERT_TRUE(receiver.got(1));
    EXPECT_EQ(receiver.challenges(), 1u);
    const Call call = receiver.calls()[0];
    EXPECT_TRUE(call.signed_by(secret));
    EXPECT_FALSE(call.signed_by("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"));
    EXPECT_EQ(call.header("Content-Type"), "application/json");
    const json message = call.json();
    EXPECT_EQ(message["type"], "manifest.filed");
    EXPECT_EQ(message["data"]["manifestId"], manifest);
    EXPECT_EQ(message["data"]["version"], 1);
    EXPECT_EQ(call.header("webhook-id"), "evt_" + std::to_string(message["data"]["eventId"].get<std::int64_t>()));
    std::set<std::string> members;
    for (const auto& [name, value] : message["data"].items()) members.insert(name);
    EXPECT_EQ(members, (std::set<std::string>{"eventId", "kind", "manifestId", "at", "status", "version", "tripNumber"}));
    EXPECT_LT(call.body.size(), 1'000u);
    EXPECT_TRUE(soon([&] { return deliveries(webhook["webhookId"])[0]["state"] == "DELIVERED"; }));
    const json log = deliveries(webhook["webhookId"])[0]["log"];
    EXPECT_EQ(log[0]["status"], 200);
    EXPECT_EQ(show(webhook["webhookId"]).contains("secret"), false) << "told once";
    EXPECT_EQ(station().get(station().other_broker, "/v1/webhooks/" + webhook["webhookId"].get<std::string>()).status, 404);
    EXPECT_EQ(station().get(station().cbp, "/v1/webhooks").status, 403);
    EXPECT_EQ(station().get(station().other_broker, "/v1/webhooks").json()["items"].size(), 0u);
}

TEST_F(WebhookCalls, are_refused_for_addresses_that_are_not_public) {
    Receiver receiver;
    Station::Options options;
    options.arguments = {"--webhook-port", std::to_string(receiver.port()), "--webhook-port", "443",
                         "--webhook-ca",   Certificates::shared().authority};
    Station strict{options};
    for (const char* url :
         {"https://127.0.0.1/", "https://localhost/", "https://10.0.0.1/", "https://169.254.169.254/latest/meta-data", "https://[::1]/",
          "https://[::ffff:127.0.0.1]/", "https://[64:ff9b::7f00:1]/", "https://100.64.0.1/", "https://192.0.2.1/", "https://[fd00:ec2::254]/",
          "https://2130706433/", "https://127.1/", "http://a.example/", "https://user@a.example/", "https://8.8.8.8:22/", "ftp://a.example/", ""}) {
        EXPECT_EQ(strict
                      .post(strict.broker, "/v1/webhooks",
                            {
                                {"url", url}
        })
                      .status,
                  400)
            << url;
    }
    EXPECT_EQ(strict
                  .post(strict.broker, "/v1/webhooks",
                        {
                            {"url", receiver.url()}
    })
                  .status,
              400);
    // One that stood for something else when it was registered is refused at each call as well.
    ASSERT_EQ(
        strict.sql("INSERT INTO puente.webhook (webhook_id, company, client_id, url, state, verified_at) VALUES (gen_random_uuid(), 'broker-one', '" +
                   strict.broker.id + "', '" + receiver.url() +
                   "', 'ACTIVE', now()); INSERT INTO puente.webhook_secret (webhook_id, secret_no, secret, sealed) SELECT webhook_id, 1, "
                   "'12345678901234567890123456789012', false FROM puente.webhook"),
        "");
    filed(strict, fresh());
    EXPECT_TRUE(
        soon([&] { return strict.sql("SELECT min(error) FROM puente.webhook_attempt") == "the host's address is not on the public internet"; }));
    EXPECT_EQ(receiver.connections(), 0u);
}

TEST_F(WebhookCalls, that_fail_the_challenge_get_nothing) {
    Receiver receiver;
    receiver.answer_challenges(false);
    open({&receiver});
    const json webhook = subscribe(receiver.url()).json();
    file();
    EXPECT_TRUE(soon([&] { return show(webhook["webhookId"])["state"] == "UNVERIFIED"; })) << show(webhook["webhookId"]).dump();
    EXPECT_EQ(receiver.calls().size(), 0u);
    EXPECT_EQ(show(webhook["webhookId"])["challenges"].size(), 5u);
    receiver.answer_challenges(true);
    file();
    EXPECT_EQ(act(webhook, "pause").status, 409);
    EXPECT_EQ(act(webhook, "resume").status, 200);
    EXPECT_TRUE(receiver.got(2)) << "both: what was collected, and what was missed";
}

TEST_F(WebhookCalls, of_one_manifest_come_in_order_whatever_fails) {
    std::atomic<int> calls{0};
    Receiver receiver{[&](const Call&) { return Receiver::status(++calls % 3 == 1 ? 500 : 200); }};
    open({&receiver});
    active(receiver.url());
    const std::string one = file();
    const std::string two = file();
    for (int i = 0; i < 10; ++i) {
        tell(one, "step-" + std::to_string(i));
        tell(two, "step-" + std::to_string(i));
    }
    std::map<std::string, std::vector<std::int64_t>> first_seen;
    EXPECT_TRUE(soon([&] { return station().sql("SELECT count(*) FROM puente.webhook_delivery WHERE state = 'DELIVERED'") == "22"; }, 40s));
    std::set<std::int64_t> known;
    for (const Call& call : receiver.calls()) {
        const std::int64_t event = call.json()["data"]["eventId"];
        if (known.insert(event).second) first_seen[call.json()["data"]["manifestId"]].push_back(event);
    }
    for (const auto& [manifest, events] : first_seen) EXPECT_TRUE(std::is_sorted(events.begin(), events.end())) << manifest;
    EXPECT_EQ(known.size(), 22u);
}

// F30: dead, slow, redirecting, flooding and silent receivers beside a good one.
TEST_F(WebhookCalls, to_bad_receivers_do_not_delay_those_to_a_good_one) {
    Receiver good;
    Receiver target;
    Receiver silent{[](const Call&) { return std::string{}; }};
    Receiver redirecting{[&](const Call&) { return Receiver::status(302, "Location: " + target.url() + "\r\n"); }};
    Receiver flooding{[](const Call&) { return "HTTP/1.1 200 OK\r\nContent-Length: 10485760\r\n\r\n" + std::string(10'485'760, 'x'); }};
    Receiver garbling{[](const Call&) { return std::string{"220 mail ready\r\n\r\n"}; }};
    Receiver dead;
    open({&good, &target, &silent, &redirecting, &flooding, &garbling, &dead}, {"--webhook-in-flight", "16"});
    const json watched = active(good.url());
    const auto latencies = [&](std::size_t before, int count) {
        std::vector<std::chrono::milliseconds> took;
        for (int i = 0; i < count; ++i) {
            const auto began = std::chrono::steady_clock::now();
            file();
            EXPECT_TRUE(good.got(before + static_cast<std::size_t>(i) + 1));
            took.push_back(std::chrono::duration_cast<std::chrono::milliseconds>(good.calls()[before + static_cast<std::size_t>(i)].at - began));
        }
        std::sort(took.begin(), took.end());
        return took;
    };
    const auto alone = latencies(0, 10);
    std::vector<json> bad;
    for (Receiver* each : {&silent, &redirecting, &flooding, &garbling, &dead}) bad.push_back(active(each->url()));
    dead.answer([](const Call&) { return Receiver::status(503); });
    for (int i = 0; i < 30; ++i) file();
    ASSERT_TRUE(good.got(40));
    const auto beside = latencies(40, 10);
    RecordProperty("alone_worst_ms", static_cast<int>(alone.back().count()));
    RecordProperty("beside_worst_ms", static_cast<int>(beside.back().count()));
    std::cout << "worst of ten, alone: " << alone.back().count() << " ms, beside bad ones: " << beside.back().count() << " ms\n";
    EXPECT_LT(beside.back(), alone.back() + 700ms);
    EXPECT_EQ(target.connections(), 0u) << "redirects are not followed";
    EXPECT_TRUE(soon([&] { return flooding.calls().size() >= 40; })) << "a long answer is a delivery like any other";
    for (const json& each : bad) {
        const json log = deliveries(each["webhookId"]);
        EXPECT_GE(log.size(), 30u);
    }
    EXPECT_EQ(deliveries(bad[1]["webhookId"], "?limit=1")[0]["state"], "WAITING");
    EXPECT_TRUE(soon([&] { return show(bad[0]["webhookId"]).contains("failingSince"); }));
    EXPECT_LT(silent.calls().size(), 30u) << "a silent one is left alone between tries";
}

// F38.
TEST_F(WebhookCalls, park_a_poisonous_message_with_its_reason_and_let_the_others_flow) {
    Receiver receiver{[&](const Call& call) { return Receiver::status(call.body.find("\"poison\"") != std::string::npos ? 500 : 200); }};
    open({&receiver});
    const json webhook = active(receiver.url());
    const std::string sick = file();
    tell(sick, "poison");
    tell(sick, "after");
    for (int i = 0; i < 20; ++i) file();
    EXPECT_TRUE(soon([&] { return show(webhook["webhookId"])["parked"] == 1; })) << show(webhook["webhookId"]).dump();
    const json parked = deliveries(webhook["webhookId"], "?state=PARKED");
    ASSERT_EQ(parked.size(), 1u);
    // Eight tries while the endpoint takes others, as many as the plan has when nothing else goes there.
    const std::size_t tries = parked[0]["log"].size();
    EXPECT_TRUE(tries >= 8 && tries <= 10) << parked[0].dump();
    EXPECT_EQ(parked[0]["reason"], "given up after " + std::to_string(tries) + " tries: status 500");
    EXPECT_TRUE(soon([&] { return show(webhook["webhookId"])["waiting"] == 0; }));
    EXPECT_EQ(station().sql("SELECT count(*) FROM puente.webhook_delivery WHERE state = 'DELIVERED'"), "22");
}

/// The value of a series; "absent" when there is none.
std::string metric(Station& station, const std::string& series) {
    const std::string text = "\n" + station.ask({"GET", "/metrics"}).body;
    const std::size_t at = text.find("\n" + series + " ");
    if (at == std::string::npos) return "absent";
    const std::size_t from = at + series.size() + 2;
    return text.substr(from, text.find('\n', from) - from);
}

TEST_F(WebhookCalls, are_counted_in_the_metrics_without_saying_whose_they_are) {
    Receiver receiver{[&](const Call& call) {
        return Receiver::status(call.body.find("\"gone\"") != std::string::npos ? 410 : call.body.find("\"poison\"") != std::string::npos ? 422 : 200);
    }};
    open({&receiver});
    const json webhook = active(receiver.url());
    const auto outcomes = [&](const std::string& outcome) { return metric(station(), "puente_webhook_deliveries_total{outcome=\"" + outcome + "\"}"); };
    EXPECT_EQ(outcomes("delivered"), "0") << "the challenge is no delivery";
    const std::string manifest = file();
    EXPECT_TRUE(soon([&] { return outcomes("delivered") == "1"; }));
    EXPECT_EQ(outcomes("parked"), "0");
    tell(manifest, "poison");
    EXPECT_TRUE(soon([&] { return outcomes("parked") == "1"; }));
    EXPECT_EQ(outcomes("retried"), "4") << "what the receiver cannot read is tried five times";
    EXPECT_EQ(metric(station(), "puente_webhook_attempt_seconds_count"), "6");
    EXPECT_TRUE(soon([&] { return metric(station(), "puente_webhook_deliveries_parked") == "1"; }, 30s));
    EXPECT_EQ(metric(station(), "puente_webhook_deliveries_waiting"), "0");
    EXPECT_EQ(metric(station(), "puente_webhook_feed_lag_seconds"), "0");
    EXPECT_EQ(metric(station(), "puente_webhooks_disabled_total"), "0");
    tell(manifest, "gone");
    EXPECT_TRUE(soon([&] { return metric(station(), "puente_webhooks_disabled_total") == "1"; }));
    const std::string all = station().ask({"GET", "/metrics"}).body;
    for (const std::string& secret : {std::string{"localhost"}, std::string{"broker-one"}, webhook["webhookId"].get<std::string>(), manifest})
        EXPECT_EQ(all.find(secret), std::string::npos) << secret;
}

TEST_F(WebhookCalls, end_with_410) {
    Receiver receiver{[](const Call&) { return Receiver::status(410); }};
    open({&receiver});
    const json webhook = active(receiver.url());
    file();
    EXPECT_TRUE(soon([&] { return show(webhook["webhookId"])["state"] == "DISABLED"; }));
    file();
    std::this_thread::sleep_for(1500ms);
    EXPECT_EQ(receiver.calls().size(), 1u);
}

TEST_F(WebhookCalls, are_signed_by_both_secrets_during_a_rotation) {
    Receiver receiver;
    open({&receiver});
    const json webhook = active(receiver.url());
    const Answer rotated = act(webhook, "rotate",
                               {
                                   {"overlapMinutes", 10}
    });
    ASSERT_EQ(rotated.status, 200) << rotated.body;
    file();
    ASSERT_TRUE(receiver.got(1));
    EXPECT_TRUE(receiver.calls()[0].signed_by(webhook["secret"]));
    EXPECT_TRUE(receiver.calls()[0].signed_by(rotated.json()["secret"]));
    const Answer again = act(webhook, "rotate",
                             {
                                 {"overlapMinutes", 0}
    });
    file();
    ASSERT_TRUE(receiver.got(2));
    EXPECT_FALSE(receiver.calls()[1].signed_by(webhook["secret"]));
    EXPECT_FALSE(receiver.calls()[1].signed_by(rotated.json()["secret"]));
    EXPECT_TRUE(receiver.calls()[1].signed_by(again.json()["secret"]));
}

TEST_F(WebhookCalls, are_sealed_in_the_database_with_a_key_file) {
    Receiver receiver;
    const TemporaryFolder folder;
    write_file(folder.file("key"), std::string(32, 'k'));
    open({&receiver}, {"--webhook-secret-key-file", folder.file("key")});
    const json webhook = active(receiver.url());
    file();
    ASSERT_TRUE(receiver.got(1));
    EXPECT_TRUE(receiver.calls()[0].signed_by(webhook["secret"]));
    EXPECT_EQ(station().sql("SELECT sealed, octet_length(secret) FROM puente.webhook_secret"), "t|60");
}

TEST_F(WebhookCalls, pause_resume_replay_and_delete) {
    Receiver receiver;
    open({&receiver});
    const json webhook = active(receiver.url());
    file();
    ASSERT_TRUE(receiver.got(1));
    EXPECT_TRUE(soon([&] { return show(webhook["webhookId"])["waiting"] == 0; }));
    EXPECT_EQ(act(webhook, "pause").json()["state"], "PAUSED");
    file();
    std::this_thread::sleep_for(1200ms);
    EXPECT_EQ(receiver.calls().size(), 1u);
    EXPECT_EQ(act(webhook, "resume").json()["state"], "ACTIVE");
    ASSERT_TRUE(receiver.got(2));
    const std::int64_t first = receiver.calls()[0].json()["data"]["eventId"];
    EXPECT_TRUE(soon([&] { return show(webhook["webhookId"])["waiting"] == 0; }));
    EXPECT_EQ(act(webhook, "replay",
                  {
                      {"after", first}
    })
                  .status,
              200);
    ASSERT_TRUE(receiver.got(3));
    EXPECT_EQ(receiver.calls()[2].header("webhook-id"), receiver.calls()[1].header("webhook-id"));
    EXPECT_EQ(act(webhook, "replay",
                  {
                      {"after", -1}
    })
                  .status,
              400);
    EXPECT_EQ(act(webhook, "replay",
                  {
                      {"after", 999'999'999}
    })
                  .status,
              400);
    EXPECT_EQ(subscribe(receiver.url()).status, 409) << "there is one already";
    const std::string target = "/v1/webhooks/" + webhook["webhookId"].get<std::string>();
    EXPECT_EQ(station().ask({"DELETE", target, {station().bearer(station().other_broker)}}).status, 404);
    EXPECT_EQ(station().ask({"DELETE", target, {station().bearer(station().broker)}}).status, 200);
    EXPECT_EQ(station().get(station().broker, target).status, 404);
    file();
    std::this_thread::sleep_for(1200ms);
    EXPECT_EQ(receiver.calls().size(), 3u);
}

TEST_F(WebhookCalls, tell_a_carrier_of_its_trips_and_a_broker_of_its_filings_only) {
    Receiver carrier;
    Receiver stranger;
    open({&carrier, &stranger});
    ASSERT_EQ(station()
                  .post(station().carrier, "/v1/webhooks",
                        {
                            {"url", carrier.url()}
    })
                  .status,
              201);
    ASSERT_EQ(station()
                  .post(station().other_carrier, "/v1/webhooks",
                        {
                            {"url", stranger.url()}
    })
                  .status,
              201);
    const std::string manifest = file();
    EXPECT_EQ(subscribe(stranger.url("/m"),
                        {
                            {"manifestId", new_uuid()}
    })
                  .status,
              400)
        << "not a manifest of the caller's";
    ASSERT_TRUE(carrier.got(1));
    EXPECT_EQ(carrier.calls()[0].json()["data"]["manifestId"], manifest);
    std::this_thread::sleep_for(1s);
    EXPECT_EQ(stranger.calls().size(), 0u);
}

// F3: killed after the filing was acknowledged and before anything was sent; and in the middle of sending.
TEST_F(WebhookCalls, survive_a_gateway_that_is_killed) {
    Receiver receiver;
    open({&receiver});
    const json webhook = active(receiver.url());
    std::set<std::string> acknowledged;
    for (int i = 0; i < 20; ++i) {
        acknowledged.insert(file());
        if (i % 5 != 4) continue;
        station().kill();
        station().start();
    }
    receiver.answer([](const Call&) { return std::string{}; });  // holds the call
    const std::size_t before = receiver.calls().size();
    acknowledged.insert(file());
    ASSERT_TRUE(receiver.got(before + 1));
    station().kill();
    receiver.answer(Receiver::ok);
    station().start();
    std::map<std::string, std::set<std::string>> ids;
    const auto told = [&] {
        ids.clear();
        for (const Call& call : receiver.calls()) ids[call.json()["data"]["manifestId"]].insert(call.header("webhook-id"));
        return ids.size();
    };
    EXPECT_TRUE(soon([&] { return told() == acknowledged.size() && show(webhook["webhookId"])["waiting"] == 0; }, 40s)) << told();
    for (const std::string& manifest : acknowledged) EXPECT_EQ(ids[manifest].size(), 1u) << "told under one id";
}

TEST_F(WebhookCalls, of_two_gateways_come_once_when_all_is_well) {
    Receiver receiver;
    open({&receiver});
    const Process other{station().command(free_port()), {}, Process::Files{}};
    active(receiver.url());
    for (int i = 0; i < 40; ++i) file();
    ASSERT_TRUE(receiver.got(40, 30s));
    std::this_thread::sleep_for(1s);
    EXPECT_EQ(receiver.calls().size(), 40u);
}

}  // namespace

}  // namespace puente::test
