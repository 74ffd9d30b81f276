// Amending, cancelling, arriving, crossing: what senders and gates are told.
#include <future>
#include <thread>

#include "api/station.hpp"

namespace puente::test {

using nlohmann::json;

class Amending : public AtStation<Amending> {
protected:
    struct OnFile {
        Json document;
        std::string id;
        std::string etag;
    };
    OnFile on_file(Look look = Look::nobody) {
        OnFile made{fresh("produce-northbound", look), {}, "\"1.1\""};
        made.id = filed(station, made.document)["manifestId"];
        return made;
    }
    Answer put(const OnFile& what, const std::string& etag, Fields more = {}) {
        return put(station.broker, what, what.document, etag, std::move(more));
    }
    Answer put(const Party& party, const OnFile& what, const Json& document, const std::string& etag, Fields more = {}) {
        return station.ask(request(party, what, document, etag, std::move(more)));
    }
    Ask request(const Party& party, const OnFile& what, const Json& document, const std::string& etag, Fields more = {}) {
        more.push_back(station.bearer(party));
        more.emplace_back("Content-Type", "application/json");
        if (!etag.empty()) more.emplace_back("If-Match", etag);
        return Ask{"PUT", "/v1/manifests/" + what.id, std::move(more), document.dump()};
    }
    Answer step(const Party& party, const OnFile& what, const std::string& name, const json& body = json::object(), Fields more = {}) {
        return station.post(party, "/v1/manifests/" + what.id + ":" + name, body, std::move(more));
    }
    Answer record(const OnFile& what) { return station.get(station.broker, "/v1/manifests/" + what.id); }
    /// Claims and starts CBP's leg; gives its fence.
    json begin(const OnFile& what) {
        const json claimed = station
                                 .post(station.cbp, "/v1/ports/2604/inspections:claim",
                                       {
                                           {"inspectionId", inspection_of(station, what.id)}
        })
                                 .json();
        const json fence = {
            {"fence", claimed["leg"]["fence"]}
        };
        EXPECT_EQ(station.post(station.cbp, "/v1/inspections/" + inspection_of(station, what.id) + "/legs/CBP:start", fence).status, 200);
        return fence;
    }
};

TEST_F(Amending, writes_the_next_version_of_exactly_these_bytes) {
    OnFile one = on_file();
    one.document["documentId"] = new_uuid();
    const Answer amended = put(one, one.etag);
    ASSERT_EQ(amended.status, 200) << amended.body;
    EXPECT_EQ(amended.header("ETag"), "\"2.2\"");
    EXPECT_EQ(amended.json()["version"], 2);
    const Answer now = record(one);
    EXPECT_EQ(now.header("ETag"), "\"2.2\"");
    EXPECT_EQ(now.json()["documentId"], one.document["documentId"]);
    EXPECT_EQ(now.json()["manifest"], json::parse(one.document.dump()));
    const json history = station.get(station.broker, "/v1/manifests/" + one.id + "/history").json();
    EXPECT_EQ(history["versions"].size(), 2u);
    EXPECT_EQ(history["events"][1]["kind"], "amended");
    EXPECT_EQ(put(one, "\"2.2\"").json()["version"], 3);
}

TEST_F(Amending, asks_for_the_version_that_is_meant) {
    const OnFile one = on_file();
    const Answer without = put(one, "");
    EXPECT_EQ(without.status, 428);
    EXPECT_EQ(without.json()["type"], "/problems/precondition-required");
    for (const char* stale : {"\"1.2\"", "\"2.1\"", "W/\"1.1\"", "1.1", ""}) {
        const Answer refused = put(one, stale[0] == '\0' ? "\"\"" : stale);
        EXPECT_EQ(refused.status, 412) << stale;
        EXPECT_EQ(refused.header("ETag"), "\"1.1\"");
        EXPECT_EQ(refused.json()["allowed"], json::array({"amend", "cancel"}));
    }
    EXPECT_EQ(record(one).json()["version"], 1);
    EXPECT_EQ(put(one, "\"9.9\", \"1.1\"").status, 200);
    EXPECT_EQ(put(one, "*").status, 200);
}

TEST_F(Amending, is_for_the_company_that_filed) {
    const OnFile one = on_file();
    EXPECT_EQ(put(station.other_broker, one, one.document, one.etag).status, 404);
    EXPECT_EQ(step(station.other_broker, one, "cancel").status, 404);
    EXPECT_EQ(put(station.carrier, one, one.document, one.etag).status, 403);
    EXPECT_EQ(put(station.cbp, one, one.document, one.etag).status, 403);
    EXPECT_EQ(step(station.cbp, one, "cancel").status, 403);
    EXPECT_EQ(step(station.broker, one, "arrive").status, 403);
    OnFile nowhere = one;
    nowhere.id = new_uuid();
    EXPECT_EQ(put(nowhere, one.etag).status, 404);
    EXPECT_EQ(step(station.cbp, nowhere, "cross").status, 404);
    EXPECT_EQ(record(one).json()["version"], 1);
}

TEST_F(Amending, keeps_the_trip) {
    OnFile one = on_file();
    one.document["trip"]["tripNumber"] = fresh("produce-northbound")["trip"]["tripNumber"];
    const Answer refused = put(one, one.etag);
    EXPECT_EQ(refused.status, 409) << refused.body;
    EXPECT_NE(refused.json()["detail"].get<std::string>().find("keeps the trip"), std::string::npos);
}

TEST_F(Amending, what_the_rules_reject_leaves_the_old_version) {
    OnFile one = on_file();
    const std::string vin = one.document["trip"]["conveyance"]["vin"];
    one.document["trip"]["conveyance"]["vin"] = std::string(vin.size(), '1').replace(3, 1, "Q");
    const Answer rejected = put(one, one.etag);
    ASSERT_EQ(rejected.status, 422) << rejected.body;
    EXPECT_FALSE(rejected.json()["findings"].empty());
    EXPECT_EQ(record(one).header("ETag"), one.etag);
    EXPECT_EQ(put(station.broker, one,
                  Json{
                      {"trip", 1}
    },
                  one.etag)
                  .status,
              400);
}

TEST_F(Amending, the_same_facts_select_the_same) {
    OnFile one = on_file(Look::both_inspect);
    EXPECT_EQ(put(one, one.etag).json()["status"], "INSPECTION_REQUIRED");
    one.document["trip"]["crossing"]["lane"] = "general";
    const Answer amended = put(one, "\"2.2\"");
    EXPECT_EQ(amended.json()["status"], "INSPECTION_REQUIRED") << amended.body;
    const std::string inspection = inspection_of(station, one.id);
    EXPECT_EQ(
        station.sql("SELECT agency, name, detail, points FROM puente.selection_factor WHERE inspection_id = '" + inspection + "' ORDER BY item"),
        station.sql("SELECT agency, name, detail, points FROM puente.superseded_factor WHERE inspection_id = '" + inspection + "' ORDER BY item"));
    EXPECT_EQ(station.sql("SELECT lane FROM puente.inspection_leg WHERE inspection_id = '" + inspection + "' AND agency = 'CBP'"), "general");
    EXPECT_EQ(station.sql("SELECT count(DISTINCT draw_day) FROM puente.manifest_version WHERE manifest_id = '" + one.id + "'"), "1");
}

TEST_F(Amending, other_facts_open_and_close_an_inspection) {
    OnFile one = on_file();
    one.document["trip"]["crossing"]["lane"] = "7";  // a lane that rule SHARED-019 wants to see
    const Answer seen = put(one, one.etag);
    EXPECT_EQ(seen.json()["status"], "UNDER_REVIEW") << seen.body;
    EXPECT_EQ(record(one).json()["status"], "UNDER_REVIEW");
    one.document["trip"]["crossing"]["lane"] = "general";
    EXPECT_EQ(put(one, "\"2.2\"").json()["status"], "CLEARED");
    EXPECT_EQ(record(one).json()["legs"][0]["state"], "NONE");
    one.document["trip"]["crossing"]["lane"] = "7";
    EXPECT_EQ(put(one, "\"3.3\"").json()["status"], "UNDER_REVIEW");
    const json claim = {
        {"inspectionId", inspection_of(station, one.id)}
    };
    EXPECT_EQ(station.post(station.sat, "/v1/ports/2604/inspections:claim", claim).status, 200);
    one.document["trip"]["crossing"]["lane"] = "general";
    EXPECT_EQ(put(one, "\"4.4\"").status, 412) << "a claim changes the state";
    const Answer kept = put(one, "\"4.5\"");
    EXPECT_EQ(kept.json()["status"], "UNDER_REVIEW") << "an officer holds it: " << kept.body;
    EXPECT_EQ(kept.json()["legs"][0]["state"], "NONE");
    EXPECT_EQ(kept.json()["legs"][1]["state"], "PENDING");
}

TEST_F(Amending, a_seal_that_was_accepted_is_accounted_for) {
    OnFile one = on_file();
    Json& seal = one.document["trip"]["equipment"][0]["seals"][0]["number"];
    const std::string accepted = seal;
    seal = "MX9955501";
    const Answer without = put(one, one.etag);
    ASSERT_EQ(without.status, 200) << without.body;
    EXPECT_EQ(without.json()["status"], "UNDER_REVIEW");
    EXPECT_NE(without.body.find("CBP-036"), std::string::npos);
    EXPECT_NE(without.body.find("Seal " + accepted + " was accepted"), std::string::npos) << without.body;
    one.document["documentId"] = new_uuid();
    const Answer again = put(one, "\"2.2\"");
    EXPECT_NE(again.body.find("CBP-036"), std::string::npos) << "one more amendment does not make the change unseen: " << again.body;
    one.document["amendmentReason"] = "Cut and replaced by SAT";
    EXPECT_EQ(put(one, "\"3.3\"").json()["status"], "CLEARED");
    seal = accepted;
    one.document.erase("amendmentReason");
    EXPECT_EQ(put(one, "\"4.4\"").json()["status"], "CLEARED") << "it is on again";
}

TEST_F(Amending, other_cargo_counts_from_the_amendment_that_brought_it) {
    OnFile one = on_file();
    const auto cargo_since = [&](int version) {
        return station.sql("SELECT COALESCE(cargo_received_at, received_at) = (SELECT received_at FROM puente.manifest_version WHERE manifest_id = '" + one.id +
                           "' AND version = 2) FROM puente.manifest_version WHERE manifest_id = '" + one.id + "' AND version = " + std::to_string(version));
    };
    one.document["shipments"][0]["woodPackaging"] = "none";
    ASSERT_EQ(put(one, one.etag).status, 200);
    EXPECT_EQ(cargo_since(1), "f");
    EXPECT_EQ(cargo_since(2), "t");
    one.document["trip"]["conveyance"]["unitNumber"] = "777";
    ASSERT_EQ(put(one, "\"2.2\"").status, 200);
    EXPECT_EQ(cargo_since(3), "t") << "nor does one more amendment make it early";
    one.document["shipments"][0]["woodPackaging"] = "exempt";
    ASSERT_EQ(put(one, "\"3.3\"").status, 200);
    EXPECT_EQ(cargo_since(4), "f");
}

TEST_F(Amending, ends_when_an_officer_begins) {
    const OnFile one = on_file(Look::both_inspect);
    const json fence = begin(one);
    const Answer refused = put(one, "*");
    EXPECT_EQ(refused.status, 409);
    EXPECT_EQ(refused.json()["manifestStatus"], "IN_INSPECTION");
    EXPECT_EQ(refused.json()["allowed"], json::array());
    const Answer kept = step(station.broker, one, "cancel");
    EXPECT_EQ(kept.status, 409);
    EXPECT_EQ(kept.json()["legs"][0]["state"], "WORKING");
    const Answer early = step(station.cbp, one, "cross");
    EXPECT_EQ(early.status, 409);
    EXPECT_EQ(early.json()["allowed"], json::array({"arrive"}));
}

TEST_F(Amending, under_a_key_is_answered_once) {
    OnFile one = on_file();
    const Fields key{
        {"Idempotency-Key", "\"" + new_uuid() + "\""}
    };
    const Answer first = put(one, one.etag, key);
    ASSERT_EQ(first.status, 200) << first.body;
    const Answer again = put(one, one.etag, key);
    EXPECT_EQ(again.status, 200);
    EXPECT_EQ(again.body, first.body);
    EXPECT_EQ(again.header("ETag"), "\"2.2\"");
    EXPECT_EQ(again.header("Idempotent-Replayed"), "true");
    one.document["documentId"] = new_uuid();
    EXPECT_EQ(put(one, "\"2.2\"", key).status, 422);
    EXPECT_EQ(record(one).json()["version"], 2);
    EXPECT_EQ(put(one, "\"2.2\"",
                  {
                      {"Idempotency-Key", "short"}
    })
                  .status,
              400);
}

TEST_F(Amending, of_two_at_once_one_wins) {
    for (int round = 0; round < 5; ++round) {
        const OnFile one = on_file();
        const Ask ask = request(station.broker, one, one.document, one.etag);
        const auto ask_once = [&] { return station.client().ask(ask).status; };
        auto other = std::async(std::launch::async, ask_once);
        const int first = ask_once();
        const int second = other.get();
        EXPECT_EQ(std::min(first, second), 200);
        EXPECT_EQ(std::max(first, second), 412);
        EXPECT_EQ(record(one).json()["version"], 2);
    }
}

TEST_F(Amending, wakes_who_waits) {
    const OnFile one = on_file();
    const Ask wait{
        "GET", "/v1/manifests/" + one.id + "/status", {station.bearer(station.carrier), {"If-None-Match", one.etag}, {"Prefer", "wait=15"}}
    };
    auto waiting = std::async(std::launch::async, [&] { return station.client().ask(wait); });
    ASSERT_EQ(put(one, one.etag).status, 200);
    EXPECT_EQ(waiting.get().header("ETag"), "\"2.2\"");
}

TEST_F(Amending, a_cancelled_trip_is_over_and_its_number_free) {
    OnFile one = on_file(Look::cbp_inspects);
    EXPECT_EQ(step(station.broker, one, "cancel",
                   {
                       {"reason", 1}
    })
                  .status,
              400);
    EXPECT_EQ(step(station.broker, one, "cancel", json::object(),
                   {
                       {"If-Match", "\"7.7\""}
    })
                  .status,
              412);
    const Answer cancelled = step(station.broker, one, "cancel",
                                  {
                                      {"reason", "wrong truck"}
    },
                                  {{"If-Match", one.etag}});
    ASSERT_EQ(cancelled.status, 200) << cancelled.body;
    EXPECT_EQ(cancelled.json()["status"], "CANCELLED");
    EXPECT_EQ(cancelled.header("ETag"), "\"1.2\"");
    EXPECT_EQ(step(station.broker, one, "cancel").header("ETag"), "\"1.2\"") << "again: the same";
    const Answer late = put(one, "*");
    EXPECT_EQ(late.status, 409);
    EXPECT_EQ(late.json()["manifestStatus"], "CANCELLED");
    EXPECT_EQ(step(station.cbp, one, "arrive").status, 409);
    EXPECT_EQ(station
                  .post(station.cbp, "/v1/ports/2604/inspections:claim",
                        {
                            {"inspectionId", inspection_of(station, one.id)}
    })
                  .status,
              409);
    one.document["documentId"] = new_uuid();
    EXPECT_EQ(station.submit(station.broker, one.document.dump()).status, 201);
}

TEST_F(Amending, the_gate_notes_arrival_and_crossing_once) {
    const OnFile one = on_file();
    const Answer arrived = step(station.cbp, one, "arrive",
                                {
                                    {"lane",  "4" },
                                    {"booth", "12"}
    });
    ASSERT_EQ(arrived.status, 200) << arrived.body;
    EXPECT_EQ(arrived.json()["status"], "CLEARED");
    const std::string at = arrived.json()["arrivedAt"];
    EXPECT_EQ(step(station.sat, one, "arrive").json()["arrivedAt"], at) << "the first note stays";
    const Answer refused = put(one, "*");
    EXPECT_EQ(refused.status, 409);
    EXPECT_EQ(refused.json()["arrivedAt"], at);
    EXPECT_EQ(step(station.broker, one, "cancel").status, 409);
    EXPECT_EQ(step(station.cbp, one, "cross",
                   {
                       {"at", "2026-01-01T00:00:00Z"}
    })
                  .status,
              400)
        << "before it arrived";
    EXPECT_EQ(step(station.cbp, one, "cross",
                   {
                       {"at", "2200-01-01T00:00:00Z"}
    })
                  .status,
              400);
    EXPECT_EQ(step(station.cbp, one, "cross",
                   {
                       {"lane", std::string(33, 'x')}
    })
                  .status,
              400);
    const Answer crossed = step(station.sat, one, "cross");
    ASSERT_EQ(crossed.status, 200) << crossed.body;
    EXPECT_EQ(crossed.json()["status"], "CROSSED");
    EXPECT_EQ(step(station.sat, one, "cross").header("ETag"), crossed.header("ETag"));
    EXPECT_EQ(step(station.cbp, one, "arrive").status, 200) << "done long since";
    const json events = station.get(station.broker, "/v1/manifests/" + one.id + "/history").json()["events"];
    EXPECT_EQ(events[1]["kind"], "arrived");
    EXPECT_EQ(events[1]["detail"]["booth"], "12");
    EXPECT_EQ(events[2]["kind"], "crossed");
}

TEST_F(Amending, a_trip_that_never_came_expires) {
    const OnFile one = on_file();
    station.sql("UPDATE puente.manifest SET estimated_arrival = now() - interval '4 days' WHERE manifest_id = '" + one.id + "'");
    station.stop();
    station.start();
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds{15};
    while (record(one).json()["status"] != "EXPIRED" && std::chrono::steady_clock::now() < deadline)
        std::this_thread::sleep_for(std::chrono::milliseconds{50});
    EXPECT_EQ(record(one).json()["status"], "EXPIRED");
    EXPECT_EQ(put(one, "*").status, 409);
}

}  // namespace puente::test
