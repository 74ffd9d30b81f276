// Legal holds through the door: any agency places and lifts its own; for everybody else there is nothing.
#include <barrier>
#include <set>
#include <thread>

#include "api/ear.hpp"
#include "api/station.hpp"

namespace puente::test {

using nlohmann::json;

class LegalHold : public AtStation<LegalHold> {
public:
    static Station::Options options() { return {}; }

protected:
    std::string manifest(Look look = Look::nobody) { return filed(station, fresh("produce-northbound", look))["manifestId"]; }
    static std::string holds_of(const std::string& manifest_id) { return "/v1/manifests/" + manifest_id + "/legal-holds"; }
    static json because(const std::string& reason) {
        return {
            {"reason", reason}
        };
    }
    Answer place(const Party& party, const std::string& manifest_id, const std::string& reason = "subpoena 26-118") {
        return station.post(party, holds_of(manifest_id), because(reason));
    }
    Answer lift(const Party& party, const json& hold, const std::string& reason = "case closed") {
        return station.post(party, hold["links"]["self"].get<std::string>() + ":lift", because(reason));
    }
    Answer on(const Party& party, const std::string& manifest_id) { return station.get(party, holds_of(manifest_id)); }
    /// An officer of an agency that was added.
    const Party& third() {
        static const Party officer = [this] {
            const Finished added = puente({"agency", "add", "TESTAGENCY", "--country", "MX", "--name-en", "Test agency", "--name-es",
                                           "Agencia de prueba", "--database", station.owner_url()});
            EXPECT_EQ(added.exit_code, 0) << added.err;
            return station.add_client({"--role", "officer", "--agency", "TESTAGENCY"});
        }();
        return officer;
    }
    static json without_instance(const Answer& answer) {
        json document = answer.json();
        document.erase("instance");
        return document;
    }
};

TEST_F(LegalHold, any_agency_places_finds_and_lifts_its_own) {
    const std::string id = manifest();
    for (const Party& party : {station.cbp, station.sat, third()}) {
        const Answer placed = place(party, id);
        ASSERT_EQ(placed.status, 201) << placed.body;
        const json hold = placed.json();
        EXPECT_EQ(hold["manifestId"], id);
        EXPECT_EQ(hold["reason"], "subpoena 26-118");
        EXPECT_EQ(hold["placedBy"], party.id);
        EXPECT_FALSE(hold.contains("lifted"));
        EXPECT_EQ(placed.header("Location"), holds_of(id) + "/" + hold["holdId"].get<std::string>());
        EXPECT_EQ(station.get(party, placed.header("Location")).json(), hold);
        EXPECT_EQ(on(party, id).json()["items"], json::array({hold}));
        EXPECT_EQ(station.get(party, "/v1/legal-holds?limit=1").json()["items"], json::array({hold})) << "newest first";

        const Answer lifted = lift(party, hold);
        ASSERT_EQ(lifted.status, 200) << lifted.body;
        EXPECT_EQ(lifted.json()["lifted"]["reason"], "case closed");
        EXPECT_EQ(lifted.json()["lifted"]["by"], party.id);
        EXPECT_EQ(lifted.json()["placedAt"], hold["placedAt"]);
        EXPECT_EQ(on(party, id).json()["items"], json::array({lifted.json()})) << "it stays on record";
        EXPECT_EQ(station.get(party, "/v1/legal-holds").body.find(hold["holdId"].get<std::string>()), std::string::npos);
    }
}

TEST_F(LegalHold, an_officer_lifts_what_a_colleague_placed) {
    const Party colleague = station.add_client({"--role", "officer", "--agency", "CBP"});
    const json hold = place(station.cbp, manifest()).json();
    const Answer lifted = lift(colleague, hold);
    ASSERT_EQ(lifted.status, 200) << lifted.body;
    EXPECT_EQ(lifted.json()["placedBy"], station.cbp.id);
    EXPECT_EQ(lifted.json()["lifted"]["by"], colleague.id);
}

TEST_F(LegalHold, is_lifted_once) {
    const json hold = place(station.sat, manifest()).json();
    const std::string when = lift(station.sat, hold).json()["lifted"]["at"];
    const Answer again = lift(station.sat, hold, "another reason");
    EXPECT_EQ(again.status, 409);
    EXPECT_EQ(again.json()["type"], "/problems/conflict");
    EXPECT_NE(again.json()["detail"].get<std::string>().find(when), std::string::npos) << again.body;
    const Answer spanish = station.post(station.sat, hold["links"]["self"].get<std::string>() + ":lift", because("otra vez"),
                                        {
                                            {"Accept-Language", "es"}
    });
    EXPECT_EQ(spanish.json()["title"], "El estado del registro no lo permite");
    EXPECT_NE(spanish.json()["cause"].get<std::string>().find(when), std::string::npos) << spanish.body;
    EXPECT_EQ(station.get(station.sat, hold["links"]["self"]).json()["lifted"]["reason"], "case closed");
}

TEST_F(LegalHold, of_two_who_lift_at_once_one_does) {
    constexpr int officers = 8;
    for (int round = 0; round < 5; ++round) {
        const json hold = place(station.cbp, manifest()).json();
        const std::string target = hold["links"]["self"].get<std::string>() + ":lift";
        const auto bearer = station.bearer(station.cbp);
        std::barrier start{officers};
        std::vector<int> statuses(officers);
        std::vector<std::thread> all;
        for (int i = 0; i < officers; ++i) {
            all.emplace_back([&, i] {
                HttpsClient client = station.client();
                const Ask ask{
                    "POST", target, {bearer, {"Content-Type", "application/json"}},
                      because("by " + std::to_string(i)).dump()
                };
                start.arrive_and_wait();
                statuses[static_cast<std::size_t>(i)] = client.ask(ask).status;
            });
        }
        for (std::thread& each : all) each.join();
        EXPECT_EQ(std::count(statuses.begin(), statuses.end(), 200), 1);
        EXPECT_EQ(std::count(statuses.begin(), statuses.end(), 409), officers - 1);
        const auto winner = std::find(statuses.begin(), statuses.end(), 200) - statuses.begin();
        EXPECT_EQ(station.get(station.cbp, hold["links"]["self"]).json()["lifted"]["reason"], "by " + std::to_string(winner));
        EXPECT_EQ(station.sql("SELECT count(*) FROM puente.event WHERE kind = 'legal_hold_lifted' AND manifest_id = '" +
                              hold["manifestId"].get<std::string>() + "'"),
                  "1");
    }
}

TEST_F(LegalHold, is_not_open_to_parties) {
    const std::string id = manifest();
    const json hold = place(station.cbp, id).json();
    const std::string self = hold["links"]["self"];
    for (const Party& party : {station.broker, station.other_broker, station.carrier, station.other_carrier}) {
        for (const std::string& target : {holds_of(id), holds_of(new_uuid()), self, holds_of(id) + "/" + new_uuid(), std::string{"/v1/legal-holds"}})
            EXPECT_EQ(station.get(party, target).status, 403) << target;
        EXPECT_EQ(place(party, id).status, 403);
        EXPECT_EQ(lift(party, hold).status, 403);
    }
    for (const std::string& target : {holds_of(id), self, std::string{"/v1/legal-holds"}})
        EXPECT_EQ(station.ask({"GET", target}).status, 401) << target;
    EXPECT_FALSE(station.get(station.cbp, self).json().contains("lifted"));
}

TEST_F(LegalHold, needs_a_reason_in_words) {
    const std::string id = manifest();
    const json hold = place(station.cbp, id).json();
    for (const std::string& target : {holds_of(id), hold["links"]["self"].get<std::string>() + ":lift"}) {
        for (const json& bad : {
                 json::object(), because(""), because(" \t\r\n"), because(std::string(2001, 'x')), because(std::string{"a\0b",             3}
                      ),
                 json({{"reason", 1}     }
                      ), json({{"reason", "x"}, {"agency", "SAT"} }
                      ), json::array()
        }) {
            const Answer refused = station.post(station.cbp, target, bad);
            EXPECT_EQ(refused.status, 400) << target << bad;
        }
        for (const std::string& bad : {std::string{"{"}, std::string{R"({"reason":"x","reason":"y"})"}, std::string{"{\"reason\":\"\xff\"}"},
                                       std::string{R"({"reason":"x"} x)"}, std::string{}}) {
            const Answer refused = station.ask({
                "POST", target, {station.bearer(station.cbp), {"Content-Type", "application/json"}},
                  bad
            });
            EXPECT_EQ(refused.status, 400) << target << bad;
        }
    }
    EXPECT_EQ(on(station.cbp, id).json()["items"], json::array({hold})) << "nothing was placed or lifted";
    EXPECT_EQ(place(station.cbp, id, std::string(2000, 'x')).status, 201);
    EXPECT_EQ(place(station.cbp, id, "investigaci\xc3\xb3n").json()["reason"], "investigaci\xc3\xb3n");
}

TEST_F(LegalHold, of_another_agency_is_as_one_that_never_was) {
    const std::string id = manifest();
    const json hold = place(station.cbp, id, "HOLD-CANARY").json();
    const std::string self = hold["links"]["self"];
    const std::string unknown = holds_of(id) + "/" + new_uuid();
    for (const Party& party : {station.sat, third()}) {
        EXPECT_EQ(on(party, id).json()["items"], json::array());
        const Answer foreign = station.get(party, self);
        EXPECT_EQ(foreign.status, 404);
        EXPECT_EQ(without_instance(foreign), without_instance(station.get(party, unknown)));
        const Answer lifting = station.post(party, self + ":lift", because("x"));
        EXPECT_EQ(lifting.status, 404);
        EXPECT_EQ(without_instance(lifting), without_instance(station.post(party, unknown + ":lift", because("x"))));
        EXPECT_EQ(station.post(party, self + ":lift", because(" ")).status, station.post(party, unknown + ":lift", because(" ")).status);
    }
    ASSERT_EQ(lift(station.cbp, hold, "HOLD-CANARY").status, 200);
    EXPECT_EQ(station.post(station.sat, self + ":lift", because("x")).status, 404) << "nor that it was lifted";
    for (const std::string& nowhere : {holds_of(new_uuid()), holds_of("x")}) {
        EXPECT_EQ(station.get(station.cbp, nowhere).status, 404);
        EXPECT_EQ(station.post(station.cbp, nowhere, because("x")).status, 404);
        EXPECT_EQ(station.post(station.cbp, nowhere + "/" + hold["holdId"].get<std::string>() + ":lift", because("x")).status, 404);
    }
    EXPECT_EQ(station.get(station.cbp, holds_of(manifest()) + "/" + hold["holdId"].get<std::string>()).status, 404) << "of another manifest";
    EXPECT_EQ(station.get(station.cbp, holds_of(id) + "/x").status, 404);
}

TEST_F(LegalHold, changes_nothing_that_others_can_read) {
    const std::string id = manifest(Look::both_inspect);
    const std::vector<Party> others{station.broker, station.carrier, station.sat, third()};
    const auto all_about = [&](const Party& party) {
        std::string text;
        for (const char* part : {"", "/status", "/history"}) {
            const Answer answer = station.get(party, "/v1/manifests/" + id + part);
            text += std::to_string(answer.status) + answer.header("ETag") + answer.body;
        }
        return text;
    };
    std::vector<std::string> before;
    for (const Party& party : others) before.push_back(all_about(party));
    const std::string own = station.get(station.cbp, "/v1/manifests/" + id).header("ETag");
    const json hold = place(station.cbp, id, "HOLD-CANARY").json();
    for (std::size_t i = 0; i < others.size(); ++i) EXPECT_EQ(all_about(others[i]), before[i]);
    ASSERT_EQ(lift(station.cbp, hold, "HOLD-CANARY").status, 200);
    for (std::size_t i = 0; i < others.size(); ++i) EXPECT_EQ(all_about(others[i]), before[i]);
    EXPECT_EQ(station.get(station.cbp, "/v1/manifests/" + id).header("ETag"), own);
    const std::string history = station.get(station.cbp, "/v1/manifests/" + id + "/history").body;
    for (const char* kind : {"legal_hold_placed", "legal_hold_lifted"})
        EXPECT_NE(history.find(kind), std::string::npos) << "its own officers read it";
    EXPECT_EQ(station.log().find("HOLD-CANARY"), std::string::npos);
}

TEST_F(LegalHold, is_told_to_the_officers_of_its_agency_only) {
    const std::string id = manifest();
    const std::string query = "?manifest=" + id;
    Ear at_cbp{station.client(), station.token(station.cbp), query};
    Ear at_sat{station.client(), station.token(station.sat), query};
    Ear at_third{station.client(), station.token(third()), query};
    Ear at_broker{station.client(), station.token(station.broker), query};
    ASSERT_EQ(at_broker.answer.status, 200);
    const json hold = place(station.cbp, id).json();
    ASSERT_EQ(lift(station.cbp, hold).status, 200);
    // Something that all are told comes after it: who hears that first has not heard of the hold.
    ASSERT_EQ(station.post(station.cbp, "/v1/manifests/" + id + ":arrive", json::object()).status, 200);
    const auto heard_by = [](Ear& ear) {
        std::vector<Heard> all;
        for (std::optional<Heard> next = ear.next(); next; next = ear.next()) {
            if (next->kind != "filed") all.push_back(*next);
            if (next->kind == "arrived") break;
        }
        return all;
    };
    const std::vector<Heard> heard = heard_by(at_cbp);
    ASSERT_EQ(heard.size(), 3u);
    EXPECT_EQ(heard[0].kind, "legal_hold_placed");
    EXPECT_EQ(heard[0].data["actor"], "CBP");
    EXPECT_EQ(heard[0].data["detail"], json({
                                           {"agency", "CBP"         },
                                           {"holdId", hold["holdId"]}
    }))
        << "why is read where the hold is";
    EXPECT_EQ(heard[1].kind, "legal_hold_lifted");
    EXPECT_EQ(heard[2].kind, "arrived");
    for (Ear* ear : {&at_sat, &at_third, &at_broker}) {
        const std::vector<Heard> others = heard_by(*ear);
        ASSERT_EQ(others.size(), 1u);
        EXPECT_EQ(others[0].kind, "arrived");
    }
}

TEST_F(LegalHold, is_placed_whatever_has_become_of_the_trip) {
    const std::string id = manifest();
    ASSERT_EQ(station.post(station.broker, "/v1/manifests/" + id + ":cancel", json::object()).status, 200);
    const Answer placed = place(station.sat, id);
    ASSERT_EQ(placed.status, 201) << placed.body;
    EXPECT_EQ(lift(station.sat, placed.json()).status, 200);
}

TEST_F(LegalHold, what_an_agency_holds_is_listed_in_pages) {
    const Party officer = third();
    std::set<std::string> placed;
    for (int i = 0; i < 5; ++i) placed.insert(place(officer, manifest()).json()["holdId"]);
    place(station.cbp, manifest());
    std::vector<std::string> seen;
    std::string cursor;
    do {
        const json page = station.get(officer, "/v1/legal-holds?limit=2" + cursor).json();
        ASSERT_LE(page["items"].size(), 2u);
        for (const json& each : page["items"]) seen.push_back(each["holdId"]);
        cursor = page.contains("next") ? "&cursor=" + page["next"].get<std::string>() : "";
    } while (!cursor.empty());
    EXPECT_TRUE(std::is_sorted(seen.rbegin(), seen.rend())) << "newest first";
    EXPECT_EQ(std::set<std::string>(seen.begin(), seen.end()), placed);
    EXPECT_EQ(seen.size(), placed.size());
    for (const char* bad : {"limit=0", "limit=201", "limit=x", "limit=", "cursor=x", "cursor="})
        EXPECT_EQ(station.get(officer, std::string{"/v1/legal-holds?"} + bad).status, 400) << bad;
}

}  // namespace puente::test
