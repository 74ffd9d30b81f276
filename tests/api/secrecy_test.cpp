// Nothing leaks: between brokers, carriers and agencies.
#include "api/station.hpp"

namespace puente::test {

class Secrecy : public AtStation<Secrecy> {
public:
    static Station::Options options() { return {}; }

protected:
    /// Everything that a caller can read about a manifest, as one text.
    std::string all_about(const Party& party, const std::string& id) {
        std::string text;
        for (const char* part : {"", "/status", "/history"}) text += station.get(party, "/v1/manifests/" + id + part).body;
        return text;
    }
    std::string queue(const Party& party) { return station.get(party, "/v1/ports/2604/inspections?limit=200").body; }
};

TEST_F(Secrecy, another_brokers_manifest_is_not_there) {
    const std::string id = filed(station, fresh())["manifestId"];
    const Party colleague = station.add_client({"--role", "broker", "--company", "broker-one"});
    EXPECT_EQ(station.get(colleague, "/v1/manifests/" + id).status, 200) << "the company's, not the client's";
    for (const char* part : {"", "/status", "/history"}) {
        Answer hidden = station.get(station.other_broker, "/v1/manifests/" + id + part);
        Answer missing = station.get(station.other_broker, "/v1/manifests/" + new_uuid() + part);
        EXPECT_EQ(hidden.status, 404) << part;
        nlohmann::json one = hidden.json();
        nlohmann::json other = missing.json();
        for (nlohmann::json* each : {&one, &other}) each->erase("instance");
        EXPECT_EQ(one, other) << "nothing tells a hidden manifest from one that does not exist";
        EXPECT_EQ(station.get(station.other_carrier, "/v1/manifests/" + id + part).status, 404);
    }
    EXPECT_EQ(station
                  .get(station.other_broker, "/v1/manifests/" + id + "/status",
                       {
                           {"If-None-Match", "\"1.1\""}
    })
                  .status,
              404);
}

TEST_F(Secrecy, what_one_caller_read_is_not_served_to_another) {
    const std::string target = "/v1/manifests/" + filed(station, fresh())["manifestId"].get<std::string>() + "/status";
    for (int round = 0; round < 3; ++round) {
        EXPECT_EQ(station.get(station.broker, target).status, 200);
        EXPECT_EQ(station.get(station.other_broker, target).status, 404);
        EXPECT_EQ(station.get(station.cbp, target).status, 200);
        EXPECT_EQ(station.get(station.other_carrier, target).status, 404);
    }
}

TEST_F(Secrecy, carriers_see_the_trips_under_their_code) {
    const std::string mine = filed(station, fresh("produce-northbound"))["manifestId"];
    const std::string rail = filed(station, fresh("rail-northbound"))["manifestId"];
    EXPECT_EQ(station.get(station.carrier, "/v1/manifests/" + mine).status, 200);
    EXPECT_EQ(station.get(station.carrier, "/v1/manifests/" + rail).status, 404);
    EXPECT_EQ(station.get(station.carrier, "/v1/manifests?carrier=TSTR").json()["items"].size(), 0u);
    for (const Party& officer : {station.cbp, station.sat}) {
        EXPECT_EQ(station.get(officer, "/v1/manifests/" + mine).status, 200);
        EXPECT_EQ(station.get(officer, "/v1/manifests/" + rail).status, 200);
    }
}

TEST_F(Secrecy, why_a_load_was_selected_is_for_the_selecting_agency) {
    const Answer answer = station.submit(station.broker, fresh("produce-northbound", Look::both_inspect).dump());
    const std::string id = answer.json()["manifestId"];
    for (const std::string& seen : {answer.body, all_about(station.broker, id), all_about(station.carrier, id)}) {
        EXPECT_NE(seen.find("INSPECTION_REQUIRED"), std::string::npos);
        for (const char* secret : {"CBP-T1", "SAT-T1", "testTarget", "factors", "risk:", "points"})
            EXPECT_EQ(seen.find(secret), std::string::npos) << secret << seen;
    }
    const std::string at_cbp = queue(station.cbp) + all_about(station.cbp, id);
    const std::string at_sat = queue(station.sat) + all_about(station.sat, id);
    for (const char* own : {"CBP-T1", "testTargetCBP"}) {
        EXPECT_NE(at_cbp.find(own), std::string::npos) << own;
        EXPECT_EQ(at_sat.find(own), std::string::npos) << own;
    }
    for (const char* own : {"SAT-T1", "testTargetSAT"}) {
        EXPECT_NE(at_sat.find(own), std::string::npos) << own;
        EXPECT_EQ(at_cbp.find(own), std::string::npos) << own;
    }
}

TEST_F(Secrecy, private_findings_stay_with_their_agency) {
    const Answer answer = station.submit(station.broker, fresh("produce-northbound", Look::cbp_reviews_private).dump());
    ASSERT_EQ(answer.status, 201);
    EXPECT_EQ(answer.json()["status"], "UNDER_REVIEW");
    const std::string id = answer.json()["manifestId"];
    for (const std::string& seen :
         {answer.body, all_about(station.broker, id), all_about(station.carrier, id), all_about(station.sat, id), queue(station.sat)}) {
        EXPECT_EQ(seen.find("CBP-T3"), std::string::npos) << seen;
    }
    EXPECT_NE(all_about(station.cbp, id).find("CBP-T3"), std::string::npos);
    EXPECT_EQ(station.sql("SELECT rule_id, agency_only FROM puente.finding WHERE manifest_id = '" + id + "'"), "CBP-T3|t");
}

TEST_F(Secrecy, findings_without_a_secret_are_seen_by_all) {
    const Answer answer = station.submit(station.broker, fresh("produce-northbound", Look::both_review).dump());
    const std::string id = answer.json()["manifestId"];
    for (const Party& party : {station.broker, station.carrier, station.cbp, station.sat}) {
        const nlohmann::json record = station.get(party, "/v1/manifests/" + id).json();
        ASSERT_EQ(record["findings"].size(), 2u) << party.id;
        EXPECT_EQ(record["findings"][0]["rule"], "CBP-T2");
        EXPECT_EQ(record["findings"][1]["rule"], "SAT-T2");
        EXPECT_NE(record["findings"][1]["message"].get<std::string>().find("The test looks at TSTAR"), std::string::npos);
    }
}

TEST_F(Secrecy, who_holds_a_leg_is_for_its_own_agency) {
    const std::string id = filed(station, fresh("produce-northbound", Look::both_inspect))["manifestId"];
    station.post(station.cbp, "/v1/ports/2604/inspections:claim",
                 {
                     {"inspectionId", inspection_of(station, id)}
    });
    EXPECT_NE(all_about(station.cbp, id).find(station.cbp.id), std::string::npos);
    EXPECT_NE(station.get(station.sat, "/v1/manifests/" + id + "/status").body.find("\"claimed\":true"), std::string::npos)
        << "that somebody holds the leg, both see";
    for (const Party& party : {station.sat, station.broker, station.carrier})
        EXPECT_EQ(all_about(party, id).find(station.cbp.id), std::string::npos) << party.id;
}

TEST_F(Secrecy, tokens_and_documents_are_not_in_the_log) {
    filed(station, fresh());
    station.get(station.other_broker, "/v1/manifests",
                {
                    {"Authorization", "Bearer nonsense.of.mine"}
    });
    const std::string log = station.log();
    for (const std::string& secret :
         {station.token(station.broker), station.broker.secret, std::string{"EKU9003173C9"}, std::string{"nonsense.of.mine"}}) {
        EXPECT_EQ(log.find(secret), std::string::npos) << secret;
    }
}

}  // namespace puente::test
