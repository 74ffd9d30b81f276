// Claims that live on, bays and slots, and the two keys of a contingency, through the door.
#include <algorithm>
#include <thread>

#include "api/ear.hpp"
#include "api/station.hpp"

namespace puente::test {

using namespace std::chrono_literals;

class QueueAtPort : public AtStation<QueueAtPort> {
public:
    static Station::Options options() { return {}; }

protected:
    struct Load {
        std::string manifest;
        std::string inspection;
    };
    Load load(Look look = Look::both_inspect, const std::string& lane = {}) {
        Json document = fresh("produce-northbound", look);
        if (!lane.empty()) document["trip"]["crossing"]["lane"] = lane;
        const std::string manifest = filed(station, document)["manifestId"];
        return {manifest, inspection_of(station, manifest)};
    }
    Answer at_port(const Party& party, const std::string& path, const nlohmann::json& body) {
        return station.post(party, "/v1/ports/2604/" + path, body);
    }
    Answer leg(const Party& party, const std::string& agency, const std::string& inspection, const std::string& step, const nlohmann::json& body) {
        return station.post(party, "/v1/inspections/" + inspection + "/legs/" + agency + ":" + step, body);
    }
    static nlohmann::json named(const std::string& member, const nlohmann::json& value) {
        nlohmann::json body = nlohmann::json::object();
        body[member] = value;
        return body;
    }
    static nlohmann::json daily(const std::string& opens, const std::string& closes) {
        nlohmann::json hours = nlohmann::json::array();
        for (int day = 1; day <= 7; ++day) {
            nlohmann::json each;
            each["weekday"] = day;
            each["opens"] = opens;
            each["closes"] = closes;
            hours.push_back(each);
        }
        return hours;
    }
    static nlohmann::json bay(const std::string& name, const nlohmann::json& hours, const nlohmann::json& more = nlohmann::json::object()) {
        nlohmann::json body = more;
        body["name"] = name;
        body["hours"] = hours;
        return body;
    }
    static nlohmann::json proposal(const nlohmann::json& classes) {
        nlohmann::json body;
        body["classes"] = classes;
        body["reason"] = "the gate is under water";
        body["lastsMinutes"] = 60;
        return body;
    }
};

TEST_F(QueueAtPort, a_claim_is_kept_by_its_holder_only) {
    const Load one = load();
    const nlohmann::json claimed = at_port(station.cbp, "inspections:claim", named("inspectionId", one.inspection)).json();
    const std::int64_t fence = claimed["leg"]["fence"];
    std::this_thread::sleep_for(5ms);
    const Answer kept = leg(station.cbp, "CBP", one.inspection, "heartbeat", named("fence", fence));
    ASSERT_EQ(kept.status, 200) << kept.body;
    EXPECT_GT(kept.json()["leg"]["leaseUntil"].get<std::string>(), claimed["leg"]["leaseUntil"].get<std::string>());
    EXPECT_EQ(kept.json()["leg"]["fence"], fence);
    const Answer stale = leg(station.cbp, "CBP", one.inspection, "heartbeat", named("fence", fence + 1));
    EXPECT_EQ(stale.status, 412) << stale.body;
    EXPECT_EQ(leg(station.sat, "CBP", one.inspection, "heartbeat", named("fence", fence)).status, 403);
    EXPECT_EQ(leg(station.sat, "SAT", one.inspection, "heartbeat", named("fence", fence)).status, 412) << "SAT claimed nothing";
    EXPECT_EQ(leg(station.cbp, "CBP", new_uuid(), "heartbeat", named("fence", fence)).status, 404);
    EXPECT_EQ(leg(station.cbp, "CBP", one.inspection, "heartbeat", nlohmann::json::object()).status, 400);
    EXPECT_EQ(leg(station.broker, "CBP", one.inspection, "heartbeat", named("fence", fence)).status, 403);
}

TEST_F(QueueAtPort, the_next_leg_is_that_of_a_lane_or_of_a_bays_lanes) {
    const Load fast = load(Look::cbp_inspects, "FAST");
    const Load slow = load(Look::cbp_inspects, "CARGO");
    ASSERT_EQ(at_port(station.cbp, "bays", bay("slow-lane", daily("00:00", "24:00"), named("lanes", {"CARGO"}))).status, 200);
    const Answer by_bay = at_port(station.cbp, "inspections:claim", named("bay", "slow-lane"));
    ASSERT_EQ(by_bay.status, 200) << by_bay.body;
    EXPECT_EQ(by_bay.json()["inspectionId"], slow.inspection);
    const Answer by_lane = at_port(station.cbp, "inspections:claim", named("lane", "FAST"));
    EXPECT_EQ(by_lane.json()["inspectionId"], fast.inspection) << by_lane.body;
    const Answer none = at_port(station.cbp, "inspections:claim", named("lane", "FAST"));
    EXPECT_EQ(none.status, 409);
    EXPECT_NE(
        none.json()["detail"].get<std::string>().find("nothing is waiting to be claimed by CBP at 2604 in lane FAST; the next lease there ends at"),
        std::string::npos)
        << none.body;
    const Answer unknown = at_port(station.cbp, "inspections:claim", named("bay", "nowhere"));
    EXPECT_EQ(unknown.status, 409);
    EXPECT_NE(unknown.body.find("slow-lane"), std::string::npos) << "says which there are: " << unknown.body;
    nlohmann::json both = named("lane", "FAST");
    both["bay"] = "slow-lane";
    EXPECT_EQ(at_port(station.cbp, "inspections:claim", both).status, 400);
    EXPECT_EQ(at_port(station.cbp, "inspections:claim", named("lane", 7)).status, 400);
}

TEST_F(QueueAtPort, a_joint_slot_falls_in_common_hours) {
    const Load one = load();
    ASSERT_EQ(at_port(station.cbp, "bays", bay("joint", daily("06:00", "22:00"))).status, 200);
    const Answer alone = at_port(station.sat, "inspections:schedule", [&] {
        nlohmann::json body = named("inspectionId", one.inspection);
        body["bay"] = "joint";
        return body;
    }());
    EXPECT_EQ(alone.status, 409) << "SAT is never there";
    EXPECT_NE(alone.body.find("CBP and SAT have in common"), std::string::npos) << alone.body;
    const Answer furnished = at_port(station.sat, "bays", bay("joint", daily("09:00", "11:00")));
    ASSERT_EQ(furnished.status, 200) << furnished.body;
    EXPECT_EQ(furnished.json()["agencies"].size(), 2u);
    EXPECT_EQ(furnished.json()["timeZone"], "America/Hermosillo");
    const Answer booked = at_port(station.sat, "inspections:schedule", named("inspectionId", one.inspection));
    ASSERT_EQ(booked.status, 200) << booked.body;
    const std::string starts = booked.json()["startsAt"];
    EXPECT_GE(starts.substr(11, 5), "16:00") << "9 o'clock in Nogales";
    EXPECT_LE(starts.substr(11, 5), "17:30");
    const Answer queue = station.get(station.cbp, "/v1/ports/2604/inspections?limit=200");
    const nlohmann::json items = queue.json()["items"];
    const auto entry = std::find_if(items.begin(), items.end(), [&](const nlohmann::json& item) { return item["inspectionId"] == one.inspection; });
    ASSERT_NE(entry, items.end());
    EXPECT_EQ((*entry)["slot"]["startsAt"], starts);
    EXPECT_EQ(station.get(station.cbp, "/v1/ports/2604/bays").json()["items"].size(),
              station.get(station.sat, "/v1/ports/2604/bays").json()["items"].size());
    EXPECT_EQ(at_port(station.cbp, "inspections:schedule", named("inspectionId", new_uuid())).status, 404);
    EXPECT_EQ(station.post(station.cbp, "/v1/ports/2304/inspections:schedule", named("inspectionId", one.inspection)).status, 404) << "another port";
    EXPECT_EQ(station.get(station.cbp, "/v1/ports/9999/bays").status, 404);
    EXPECT_EQ(station.get(station.broker, "/v1/ports/2604/bays").status, 403);
}

TEST_F(QueueAtPort, hours_that_are_none_are_refused_with_their_place) {
    for (const auto& [opens, closes] : {
             std::pair{"8:00",  "10:00"},
             std::pair{"10:00", "08:00"},
             std::pair{"08:00", "24:30"},
             std::pair{"08:60", "10:00"},
             std::pair{"",      ""     }
    }) {
        const Answer answer = at_port(station.cbp, "bays", bay("odd", daily(opens, closes)));
        EXPECT_EQ(answer.status, 400) << opens;
        EXPECT_NE(answer.body.find("/hours/0"), std::string::npos) << answer.body;
    }
    nlohmann::json twice = daily("08:00", "12:00");
    twice.push_back(daily("11:00", "13:00")[0]);
    EXPECT_NE(at_port(station.cbp, "bays", bay("odd", twice)).body.find("overlap"), std::string::npos);
    EXPECT_EQ(at_port(station.cbp, "bays", bay("odd", daily("08:00", "10:00"), named("capacity", 0))).status, 400);
    EXPECT_EQ(at_port(station.cbp, "bays", bay("odd", daily("08:00", "10:00"), named("slotMinutes", 17))).status, 400);
    EXPECT_EQ(at_port(station.cbp, "bays", bay("two words", daily("08:00", "10:00"))).status, 400);
}

TEST_F(QueueAtPort, a_contingency_takes_two_keys_and_either_agency_ends_it) {
    const std::string path = "/v1/ports/2604/contingency";
    const Answer unknown = station.post(station.cbp, path, proposal({"toys"}));
    EXPECT_EQ(unknown.status, 400);
    EXPECT_NE(unknown.body.find("agribusiness, medical"), std::string::npos) << unknown.body;
    EXPECT_EQ(station.post(station.cbp, path, proposal(nlohmann::json::array())).status, 400);
    EXPECT_EQ(station.post(station.broker, path, proposal({"medical"})).status, 403);
    EXPECT_EQ(station.post(station.cbp, "/v1/ports/9999/contingency", proposal({"medical"})).status, 404);

    const Answer declared = station.post(station.cbp, path, proposal({"agribusiness"}));
    ASSERT_EQ(declared.status, 200) << declared.body;
    EXPECT_EQ(declared.json()["state"], "PROPOSED");
    EXPECT_EQ(declared.json()["mxOffices"], nlohmann::json::array({"230"}));
    const nlohmann::json key = named("contingencyId", declared.json()["contingencyId"]);
    const Answer own = station.post(station.cbp, path + ":confirm", key);
    EXPECT_EQ(own.status, 409);
    EXPECT_NE(own.body.find("PROPOSED by CBP: an officer of the other country's agency"), std::string::npos) << own.body;
    const Answer second = station.post(station.sat, path, proposal({"medical"}));
    EXPECT_EQ(second.status, 409);
    EXPECT_NE(second.body.find("confirm it, or end it first"), std::string::npos) << second.body;

    const Load produce = load();
    const auto is_first = [&] {
        const nlohmann::json items = station.get(station.sat, "/v1/ports/2604/inspections?limit=200").json()["items"];
        const auto entry =
            std::find_if(items.begin(), items.end(), [&](const nlohmann::json& item) { return item["inspectionId"] == produce.inspection; });
        return entry != items.end() && (*entry)["putFirst"].get<bool>();
    };
    EXPECT_FALSE(is_first());
    const Answer confirmed = station.post(station.sat, "/v1/ports/230/contingency:confirm", key);
    ASSERT_EQ(confirmed.status, 200) << confirmed.body;
    EXPECT_EQ(confirmed.json()["state"], "IN_FORCE");
    EXPECT_TRUE(is_first());
    EXPECT_EQ(station.post(station.sat, path + ":confirm", key).status, 409);
    const Answer shown = station.get(station.sat, path);
    EXPECT_EQ(shown.json()["items"][0]["state"], "IN_FORCE") << shown.body;
    EXPECT_EQ(station.get(station.cbp, path).body, shown.body) << "the same for both";
    EXPECT_EQ(shown.body.find(station.cbp.id), std::string::npos) << "agencies, never persons";
    EXPECT_EQ(station.get(station.broker, path).status, 403);

    EXPECT_EQ(station.post(station.sat, path + ":end", named("contingencyId", new_uuid())).status, 404);
    EXPECT_EQ(station.post(station.sat, path + ":end", named("contingencyId", "x")).status, 400);
    const Answer ended = station.post(station.cbp, path + ":end", key);
    ASSERT_EQ(ended.status, 200) << ended.body;
    EXPECT_EQ(ended.json()["state"], "ENDED");
    EXPECT_EQ(ended.json()["steps"].size(), 3u);
    EXPECT_FALSE(is_first());
    EXPECT_EQ(station.post(station.sat, path + ":end", key).status, 409);
}

TEST_F(QueueAtPort, a_contingency_is_heard_at_every_gateway_by_officers_alone) {
    std::vector<std::string> line = station.command();
    const std::uint16_t second_port = free_port();
    *(std::find(line.begin(), line.end(), "--port") + 1) = std::to_string(second_port);
    line.insert(line.end(), {"--public-url", station.url(), "--issuer", station.url()});
    const Process second{line, Environment{}, Process::Files{}};
    const auto at_second = [&] { return HttpsClient{second_port, Certificates::shared().plain}; };
    const auto is_ready = [&] {
        try {
            return at_second().ask({"GET", "/readyz"}).status == 200;
        } catch (const Lost&) {
            return false;
        }
    };
    const auto deadline = std::chrono::steady_clock::now() + 60s;
    while (!is_ready() && std::chrono::steady_clock::now() < deadline) std::this_thread::sleep_for(20ms);
    const auto there = [&](const Party& party, const std::string& query = "") { return Ear{at_second(), station.token(party), query}; };
    Ear cbp = there(station.cbp);
    Ear at_port{station.client(), station.token(station.sat), "?port=230&kind=contingency_declared"};
    Ear elsewhere = there(station.sat, "?port=2506");
    Ear broker = there(station.broker);

    const std::string path = "/v1/ports/2604/contingency";
    const nlohmann::json declared = station.post(station.sat, path, proposal({"medical"})).json();
    const std::optional<Heard> proposed = cbp.next();
    ASSERT_TRUE(proposed);
    EXPECT_EQ(proposed->kind, "contingency_declared");
    EXPECT_EQ(proposed->data["status"], "PROPOSED");
    EXPECT_EQ(proposed->data["actor"], "SAT");
    EXPECT_FALSE(proposed->data.contains("manifestId"));
    for (const char* member : {"contingencyId", "port", "usPorts", "mxOffices", "classes", "reason", "endsAt"})
        EXPECT_EQ(proposed->data["detail"][member], declared[member]) << member;
    const nlohmann::json key = named("contingencyId", declared["contingencyId"]);
    ASSERT_EQ(station.post(station.cbp, path + ":confirm", key).status, 200);
    ASSERT_EQ(station.post(station.cbp, path + ":end", key).status, 200);
    EXPECT_EQ(cbp.next()->data["status"], "IN_FORCE");
    EXPECT_EQ(cbp.next()->data["status"], "ENDED");

    // From the place after the first step on, at the other gateway: the other two, each once.
    Ear back{station.client(), station.token(station.cbp), "", proposed->id};
    EXPECT_EQ(back.next()->kind, "contingency_confirmed");
    EXPECT_EQ(back.next()->kind, "contingency_ended");
    EXPECT_FALSE(back.next(200ms));
    EXPECT_EQ(at_port.next()->data["detail"]["contingencyId"], declared["contingencyId"]);
    EXPECT_FALSE(at_port.next(200ms));
    EXPECT_FALSE(elsewhere.next(50ms));
    EXPECT_FALSE(broker.next(50ms));
}

TEST_F(QueueAtPort, a_leg_that_is_overdue_is_told_to_officers_once) {
    const Load one = load();
    ASSERT_EQ(station.sql("UPDATE puente.inspection_leg SET slot_ends_at = now() - interval '1 minute' WHERE inspection_id = '" + one.inspection +
                          "' AND agency = 'SAT'"),
              "");
    const auto events = [&] {
        return station.sql("SELECT count(*) FROM puente.event WHERE kind = 'leg_overdue' AND manifest_id = '" + one.manifest + "'");
    };
    const auto deadline = std::chrono::steady_clock::now() + 20s;
    while (events() == "0" && std::chrono::steady_clock::now() < deadline) std::this_thread::sleep_for(100ms);
    EXPECT_EQ(events(), "1");
    EXPECT_EQ(station.get(station.broker, "/v1/manifests/" + one.manifest + "/history").body.find("overdue"), std::string::npos);
    EXPECT_NE(station.get(station.cbp, "/v1/manifests/" + one.manifest + "/history").body.find("leg_overdue"), std::string::npos);
}

}  // namespace puente::test
