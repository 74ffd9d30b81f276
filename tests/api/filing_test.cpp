// Putting manifests on file: what is accepted, what is refused and how it is said, and that nothing counts twice.
#include <algorithm>
#include <set>

#include "api/station.hpp"

namespace puente::test {

class Filing : public AtStation<Filing> {
protected:
    Answer send(const std::string& body, Fields headers) {
        headers.push_back(station.bearer(station.broker));
        return station.ask({"POST", "/v1/manifests", std::move(headers), body});
    }
    std::string count(const std::string& table) const { return station.sql("SELECT count(*) FROM puente." + table); }
};

TEST_F(Filing, accepts_each_clean_sample_and_keeps_it) {
    for (const std::string& name : clean_samples()) {
        const std::string body = fresh(name).dump();
        const Answer answer = station.submit(station.broker, body);
        ASSERT_EQ(answer.status, 201) << name << answer.body;
        const nlohmann::json document = answer.json();
        const std::string id = document["manifestId"];
        EXPECT_EQ(answer.header("Location"), "/v1/manifests/" + id) << name;
        EXPECT_EQ(answer.header("ETag"), "\"1.1\"") << name;
        EXPECT_EQ(answer.header("Content-Type"), "application/json") << name;
        EXPECT_EQ(document["status"], "CLEARED") << name;
        EXPECT_EQ(document["findings"], nlohmann::json::array()) << name;
        EXPECT_EQ(document["documentId"], Json::parse(body)["documentId"].get<std::string>()) << name;
        const std::string kept = station.sql(
            "SELECT encode(sha256(document), 'hex') || ' ' || encode(sha256, 'hex') FROM puente.manifest_version WHERE manifest_id = '" + id + "'");
        EXPECT_EQ(kept, document["sha256"].get<std::string>() + " " + document["sha256"].get<std::string>()) << name;
        EXPECT_EQ(station.sql("SELECT status, version FROM puente.manifest WHERE manifest_id = '" + id + "'"), "CLEARED|1") << name;
        EXPECT_EQ(station.sql("SELECT count(*) FROM puente.event WHERE manifest_id = '" + id + "'"), "1") << name;
    }
}

TEST_F(Filing, refuses_each_broken_sample_with_every_finding_in_both_languages) {
    const std::string before = count("manifest");
    for (const std::string& name : samples_of_kind(".broken")) {
        const std::string body = sample_text(name);
        const Answer english = station.submit(station.broker, body);
        const Answer spanish = station.submit(station.broker, body,
                                              {
        },
                                              {{"Accept-Language", "es-MX, en;q=0.5"}});
        ASSERT_EQ(english.status, 422) << name << english.body;
        ASSERT_EQ(spanish.status, 422) << name << spanish.body;
        EXPECT_EQ(english.header("Content-Type"), "application/problem+json");
        EXPECT_EQ(english.header("Content-Language"), "en");
        EXPECT_EQ(spanish.header("Content-Language"), "es");
        EXPECT_EQ(english.json()["type"], "/problems/rejected-by-rules");
        const nlohmann::json in_english = english.json()["findings"];
        const nlohmann::json in_spanish = spanish.json()["findings"];
        ASSERT_GE(in_english.size(), 2u) << name;
        ASSERT_EQ(in_english.size(), in_spanish.size()) << name;
        bool rejects = false;
        for (std::size_t i = 0; i < in_english.size(); ++i) {
            EXPECT_EQ(in_english[i]["rule"], in_spanish[i]["rule"]) << name;
            EXPECT_EQ(in_english[i]["pointer"], in_spanish[i]["pointer"]) << name;
            EXPECT_NE(in_english[i]["message"], in_spanish[i]["message"]) << name << in_english[i];
            EXPECT_NE(in_english[i]["fix"], in_spanish[i]["fix"]) << name << in_english[i];
            EXPECT_FALSE(in_english[i]["citation"].get<std::string>().empty()) << name;
            EXPECT_EQ(in_english[i]["ruleSetVersion"].get<std::string>().size(), 64u) << name;
            rejects = rejects || in_english[i]["severity"] == "reject";
        }
        EXPECT_TRUE(rejects) << name;
    }
    EXPECT_EQ(count("manifest"), before);
}

TEST_F(Filing, points_at_each_place_that_is_not_in_the_format) {
    const std::map<std::string, std::set<std::pair<std::string, std::string>>> expected{
        {"empty-trailer-northbound.malformed", {{"/trip/crew/0/familyName", "empty_text"}, {"/shipments", "null_value"}}                 },
        {"in-bond-northbound.malformed",       {{"/formatVersion", "duplicate_field"}}                                                   },
        {"machinery-southbound.malformed",     {{"/trip/equipment", "wrong_type"}, {"/shipments/0/goods/0/item", "wrong_type"}}          },
        {"maquila-parts-northbound.malformed", {{"/trip/crossing/usPort", "missing_field"}, {"/shipments/0/goods/1/hs", "missing_field"}}},
        {"medical-northbound.malformed",
         {{"/documentId", "bad_uuid"}, {"/shipments/0/loading/at", "bad_date_time"}, {"/shipments/0/goods/0/grossMassKg", "bad_decimal"}}},
        {"produce-northbound.malformed",       {{"/trip/conveyance/colour", "unknown_field"}, {"/function", "unknown_field"}}            },
    };
    ASSERT_EQ(samples_of_kind(".malformed").size(), expected.size());
    for (const auto& [name, places] : expected) {
        for (const char* language : {"en", "es"}) {
            const Answer answer = station.submit(station.broker, sample_text(name),
                                                 {
            },
                                                 {{"Accept-Language", language}});
            ASSERT_EQ(answer.status, 400) << name << answer.body;
            EXPECT_EQ(answer.json()["type"], "/problems/not-the-format") << name;
            std::set<std::pair<std::string, std::string>> found;
            const nlohmann::json problem = answer.json();
            for (const nlohmann::json& error : problem["errors"]) found.emplace(error["pointer"], error["code"]);
            EXPECT_EQ(found, places) << name;
        }
    }
}

TEST_F(Filing, judges_the_binary_form_alike) {
    const Fields binary{
        {"Content-Type", "application/x-protobuf"}
    };
    Fields headers = binary;
    headers.emplace_back("Idempotency-Key", "\"" + new_uuid() + "\"");
    const std::string body = fresh("ltl-northbound").dump();
    const Answer answer = send(protobuf_of(body), headers);
    ASSERT_EQ(answer.status, 201) << answer.body;
    const Answer record = station.get(station.broker, answer.header("Location"));
    EXPECT_EQ(record.json()["mediaType"], "application/x-protobuf");
    EXPECT_EQ(record.json()["manifest"], nlohmann::json::parse(body));

    for (const std::string& name : samples_of_kind(".broken")) {
        headers.back().second = "\"" + new_uuid() + "\"";
        const Answer in_json = station.submit(station.broker, sample_text(name));
        const Answer in_binary = send(protobuf_of(sample_text(name)), headers);
        EXPECT_EQ(in_binary.status, in_json.status) << name;
        EXPECT_EQ(in_binary.json()["findings"], in_json.json()["findings"]) << name;
    }
    headers.back().second = "\"" + new_uuid() + "\"";
    EXPECT_EQ(send("\xff\xff\xff\xff", headers).status, 400);
}

TEST_F(Filing, replays_the_first_answer_byte_for_byte) {
    for (const std::string& body :
         {fresh().dump(), fresh("produce-northbound", Look::both_inspect).dump(), sample_text("hazmat-northbound.broken")}) {
        const std::string key = new_uuid();
        const Answer first = station.submit(station.broker, body, key,
                                            {
                                                {"Accept-Language", "es"}
        });
        const std::string before = count("manifest");
        const Answer again = station.submit(station.broker, body, key);
        EXPECT_FALSE(first.has("Idempotent-Replayed"));
        EXPECT_EQ(again.header("Idempotent-Replayed"), "true");
        EXPECT_EQ(again.status, first.status);
        EXPECT_EQ(again.body, first.body);
        for (const char* name : {"Location", "ETag", "Content-Type", "Content-Language"}) EXPECT_EQ(again.header(name), first.header(name)) << name;
        EXPECT_EQ(count("manifest"), before);
    }
}

TEST_F(Filing, refuses_a_key_that_was_used_for_another_body) {
    const std::string key = new_uuid();
    const Json document = fresh();
    ASSERT_EQ(station.submit(station.broker, document.dump(), key).status, 201);
    const Answer answer = station.submit(station.broker, document.dump(1), key);
    EXPECT_EQ(answer.status, 422);
    EXPECT_EQ(answer.json()["type"], "/problems/key-reused");
}

TEST_F(Filing, keeps_the_keys_of_clients_apart) {
    const std::string key = new_uuid();
    const Answer mine = station.submit(station.broker, fresh().dump(), key);
    const Answer theirs = station.submit(station.other_broker, fresh().dump(), key);
    ASSERT_EQ(mine.status, 201);
    ASSERT_EQ(theirs.status, 201);
    EXPECT_NE(mine.json()["manifestId"], theirs.json()["manifestId"]);
}

TEST_F(Filing, needs_a_key_in_its_form) {
    const std::string body = fresh().dump();
    const Fields json{
        {"Content-Type", "application/json"}
    };
    for (const char* key : {"", "\"short\"", "\"with space in the key\"", "\"0123456789012345678901234567890123456789012345678901234567890123x\"",
                            "\"unterminated-key-0001"}) {
        Fields headers = json;
        if (*key != 0) headers.emplace_back("Idempotency-Key", key);
        const Answer answer = send(body, headers);
        EXPECT_EQ(answer.status, 400) << key << answer.body;
        EXPECT_EQ(answer.json()["type"], "/problems/malformed-request") << key;
    }
}

std::vector<std::string> rules_of(const nlohmann::json& findings) {
    std::vector<std::string> rules;
    for (const nlohmann::json& finding : findings) rules.push_back(finding["rule"]);
    return rules;
}

TEST_F(Filing, refuses_a_trip_number_that_is_in_use) {
    const Json document = fresh();
    ASSERT_EQ(station.submit(station.broker, document.dump()).status, 201);
    Json other = fresh();
    other["trip"]["tripNumber"] = document["trip"]["tripNumber"];
    const Answer answer = station.submit(station.other_broker, other.dump());
    EXPECT_EQ(answer.status, 422);
    ASSERT_EQ(answer.json()["findings"][0]["rule"], "SHARED-155");
    EXPECT_EQ(answer.json()["findings"][0]["pointer"], "/trip/tripNumber");
    EXPECT_EQ(answer.body.find("broker-one"), std::string::npos);
}

TEST_F(Filing, holds_a_trip_against_the_trips_before_it) {
    const Json document = fresh();
    ASSERT_EQ(station.submit(station.broker, document.dump()).status, 201);
    const Answer again = station.submit(station.broker, document.dump());
    EXPECT_EQ(again.status, 422);
    const std::vector<std::string> found = rules_of(again.json()["findings"]);
    for (const char* rule : {"SHARED-155", "CBP-063", "SAT-217"}) EXPECT_EQ(std::count(found.begin(), found.end(), rule), 1) << rule;
    for (const char* rule : {"CBP-026", "CBP-050"}) EXPECT_EQ(std::count(found.begin(), found.end(), rule), 0) << rule << " is targeting";
    const Answer judged = station.post(station.broker, "/v1/manifests:validate", document);
    EXPECT_EQ(rules_of(judged.json()["findings"]), found) << "validation gives the same answer";
}

TEST_F(Filing, lets_the_officers_know_of_a_truck_that_is_on_two_trips) {
    Json first = fresh();
    Json second = fresh();
    second["trip"]["conveyance"] = first["trip"]["conveyance"];
    ASSERT_EQ(station.submit(station.broker, first.dump()).json()["status"], "CLEARED");
    const Answer answer = station.submit(station.broker, second.dump());
    EXPECT_EQ(answer.status, 201);
    EXPECT_EQ(answer.json()["status"], "UNDER_REVIEW");
    EXPECT_EQ(answer.body.find("CBP-026"), std::string::npos);
    const std::string path = "/v1/manifests/" + answer.json()["manifestId"].get<std::string>();
    EXPECT_NE(station.get(station.cbp, path).body.find("CBP-026"), std::string::npos);
    EXPECT_EQ(station.get(station.sat, path).body.find("CBP-026"), std::string::npos);
}

TEST_F(Filing, a_finding_leads_to_its_rule) {
    const nlohmann::json rejected = station.submit(station.broker, sample_text("produce-northbound.broken")).json()["findings"];
    ASSERT_FALSE(rejected.empty());
    const nlohmann::json filed_findings = filed(station, fresh("produce-northbound", Look::both_review))["findings"];
    ASSERT_EQ(filed_findings.size(), 2u);
    const std::string id = filed(station, fresh("produce-northbound", Look::both_review))["manifestId"];
    const nlohmann::json on_record = station.get(station.broker, "/v1/manifests/" + id).json()["findings"];
    ASSERT_EQ(on_record.size(), 2u);
    for (const nlohmann::json& findings : {rejected, filed_findings, on_record}) {
        for (const nlohmann::json& finding : findings) {
            const std::string url = finding["ruleUrl"];
            EXPECT_EQ(url, "/v1/rules/" + finding["rule"].get<std::string>());
            EXPECT_EQ(station.ask({"GET", url}).json()["id"], finding["rule"]) << url;
        }
    }
}

TEST_F(Filing, validation_gives_the_verdict_and_writes_nothing) {
    const nlohmann::json findings = station.submit(station.broker, sample_text("produce-northbound.broken")).json()["findings"];
    const auto written = [this] { return count("manifest") + " " + count("event") + " " + count("idempotency") + " " + count("inspection"); };
    const std::string before = written();
    const Answer acceptable = station.post(station.broker, "/v1/manifests:validate", fresh("produce-northbound", Look::both_inspect));
    EXPECT_EQ(acceptable.status, 200) << acceptable.body;
    EXPECT_EQ(acceptable.json()["verdict"], "ACCEPTABLE");
    EXPECT_EQ(acceptable.json()["findings"], nlohmann::json::array()) << "whether a load would be selected is not disclosed";
    EXPECT_FALSE(acceptable.json().contains("status"));
    const Answer rejected = station.post(station.broker, "/v1/manifests:validate", nlohmann::json::parse(sample_text("produce-northbound.broken")));
    EXPECT_EQ(rejected.status, 422);
    EXPECT_EQ(rejected.json()["findings"], findings);
    EXPECT_EQ(station
                  .ask({
                      "POST", "/v1/manifests:validate", {{"Content-Type", "application/json"}, station.bearer(station.broker)},
                        "{"
    })
                  .status,
              400);
    EXPECT_EQ(written(), before);
}

TEST_F(Filing, is_for_brokers_with_the_scope) {
    for (const Party& party : {station.carrier, station.cbp, station.sat}) {
        const Answer answer = station.submit(party, fresh().dump());
        EXPECT_EQ(answer.status, 403) << party.id;
        EXPECT_EQ(answer.json()["type"], "/problems/forbidden");
    }
}

TEST_F(Filing, takes_a_manifest_with_9999_shipments) {
    Fields headers{
        {"Content-Type",    "application/x-protobuf"},
        {"Idempotency-Key", "\"" + new_uuid() + "\""}
    };
    const std::string body = protobuf_of(with_shipments(fresh("ltl-northbound"), 9'999).dump());
    const Answer answer = send(body, headers);
    EXPECT_TRUE(answer.status == 201 || answer.status == 422) << body.size() << " bytes: " << answer.status << answer.body.substr(0, 500);
}

TEST_F(Filing, refuses_more_items_than_the_format_allows) {
    Json document = fresh("empty-trailer-northbound");
    for (int i = 0; i < 20; ++i) document["trip"]["crew"].push_back(document["trip"]["crew"][0]);
    const Answer answer = station.submit(station.broker, document.dump());
    EXPECT_EQ(answer.status, 400);
    EXPECT_EQ(answer.json()["errors"][0]["pointer"], "/trip/crew") << answer.body;
}

}  // namespace puente::test
