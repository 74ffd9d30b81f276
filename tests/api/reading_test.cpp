// Reading what is on file: the record, its status, its history, lists; conditional requests and waiting for change.
#include <future>
#include <set>
#include <thread>

#include "api/station.hpp"
#include "puente/instant.hpp"

namespace puente::test {

using namespace std::chrono_literals;

class Reading : public AtStation<Reading> {
public:
    static Station::Options options() { return {}; }

protected:
    std::string file(const std::string& sample = "produce-northbound", Look look = Look::nobody) {
        return filed(station, fresh(sample, look))["manifestId"];
    }
    /// A request on a connection of its own, so that it may take its time.
    std::future<Answer> later(const Party& party, const std::string& target, Fields headers) {
        headers.push_back(station.bearer(party));
        return std::async(std::launch::async,
                          [client = station.client(), ask = Ask{"GET", target, std::move(headers)}]() mutable { return client.ask(ask); });
    }
    nlohmann::json claim_and_start(const Party& officer, const std::string& agency, const std::string& manifest_id) {
        const std::string inspection = inspection_of(station, manifest_id);
        const Answer claim = station.post(officer, "/v1/ports/2604/inspections:claim",
                                          {
                                              {"inspectionId", inspection}
        });
        return station
            .post(officer, "/v1/inspections/" + inspection + "/legs/" + agency + ":start",
                  {
                      {"fence", claim.json()["leg"]["fence"]}
        })
            .json();
    }
};

TEST_F(Reading, shows_the_whole_record) {
    const Json document = fresh("hazmat-northbound");
    const std::string id = filed(station, document)["manifestId"];
    const Answer answer = station.get(station.broker, "/v1/manifests/" + id);
    ASSERT_EQ(answer.status, 200);
    const nlohmann::json record = answer.json();
    EXPECT_EQ(record["manifestId"], id);
    EXPECT_EQ(record["tripNumber"], document["trip"]["tripNumber"].get<std::string>());
    EXPECT_EQ(record["status"], "CLEARED");
    EXPECT_EQ(record["usPort"], "2506");
    EXPECT_EQ(record["mxOffice"], "400");
    EXPECT_TRUE(record["estimatedArrival"].get<std::string>().starts_with("2027-01-14T19:00:00")) << "in UTC: " << record["estimatedArrival"];
    EXPECT_EQ(record["manifest"], nlohmann::json::parse(document.dump()));
    EXPECT_NE(answer.body.find("\"manifest\":" + document.dump()), std::string::npos) << "the very bytes received";
    EXPECT_EQ(record["legs"].size(), 2u);
    EXPECT_EQ(record["ruleSets"].size(), 3u);
    EXPECT_EQ(answer.header("ETag"), "\"1.1\"");
    EXPECT_NE(answer.header("Cache-Control").find("private"), std::string::npos);
    EXPECT_NE(answer.header("Vary").find("Authorization"), std::string::npos);
}

TEST_F(Reading, answers_304_to_a_known_etag_and_no_body_to_head) {
    const std::string id = file();
    for (const std::string& target : {"/v1/manifests/" + id, "/v1/manifests/" + id + "/status"}) {
        const Answer full = station.get(station.broker, target);
        const std::string etag = full.header("ETag");
        for (const std::string& known : {etag, "W/" + etag, "\"other\", " + etag, std::string{"*"}}) {
            const Answer answer = station.get(station.broker, target,
                                              {
                                                  {"If-None-Match", known}
            });
            EXPECT_EQ(answer.status, 304) << known;
            EXPECT_EQ(answer.body, "");
            EXPECT_EQ(answer.header("ETag"), etag);
        }
        EXPECT_EQ(station
                      .get(station.broker, target,
                           {
                               {"If-None-Match", "\"0.0\""}
        })
                      .status,
                  200);
        const Answer head = station.ask({"HEAD", target, {station.bearer(station.broker)}});
        EXPECT_EQ(head.status, 200);
        EXPECT_EQ(head.body, "");
        EXPECT_EQ(head.header("Content-Length"), full.header("Content-Length"));
        EXPECT_EQ(head.header("ETag"), etag);
    }
    EXPECT_EQ(station.get(station.broker, "/v1/manifests/" + id).status, 200) << "the connection is still in step";
}

TEST_F(Reading, says_the_status_in_the_callers_language) {
    const std::string id = file("produce-northbound", Look::both_review);
    const Answer english = station.get(station.carrier, "/v1/manifests/" + id + "/status");
    const Answer spanish = station.get(station.carrier, "/v1/manifests/" + id + "/status",
                                       {
                                           {"Accept-Language", "es"}
    });
    EXPECT_EQ(english.json()["status"], "UNDER_REVIEW");
    EXPECT_EQ(spanish.json()["status"], "UNDER_REVIEW");
    EXPECT_NE(english.json()["statusText"], spanish.json()["statusText"]);
    EXPECT_FALSE(english.json().contains("manifest"));
}

TEST_F(Reading, waiting_for_change_ends_with_an_officers_decision) {
    for (const char* part : {"", "/status"}) {
        const std::string id = file("produce-northbound", Look::cbp_inspects);
        const std::string target = "/v1/manifests/" + id + part;
        const std::string etag = station.get(station.carrier, target).header("ETag");
        std::future<Answer> waiting = later(station.carrier, target,
                                            {
                                                {"If-None-Match", etag     },
                                                {"Prefer",        "wait=15"}
        });
        EXPECT_EQ(waiting.wait_for(700ms), std::future_status::timeout) << "nothing has changed yet";
        claim_and_start(station.cbp, "CBP", id);
        ASSERT_EQ(waiting.wait_for(5s), std::future_status::ready);
        const Answer answer = waiting.get();
        EXPECT_EQ(answer.status, 200);
        EXPECT_NE(answer.header("ETag"), etag);
    }
}

TEST_F(Reading, waiting_for_change_ends_in_time_when_there_is_none) {
    const std::string id = file();
    const std::string target = "/v1/manifests/" + id + "/status";
    const std::string etag = station.get(station.broker, target).header("ETag");
    const auto begun = std::chrono::steady_clock::now();
    const Answer answer = station.get(station.broker, target,
                                      {
                                          {"If-None-Match", etag                   },
                                          {"Prefer",        "respond-async, wait=1"}
    });
    const auto took = std::chrono::steady_clock::now() - begun;
    EXPECT_EQ(answer.status, 304);
    EXPECT_GE(took, 900ms);
    EXPECT_LT(took, 5s);
    const Answer at_once = station.get(station.broker, target,
                                       {
                                           {"If-None-Match", "\"0.0\""},
                                           {"Prefer",        "wait=30"}
    });
    EXPECT_EQ(at_once.status, 200) << "who knows less than the present state does not wait";
}

TEST_F(Reading, history_tells_everything_in_order) {
    const std::string id = file("produce-northbound", Look::both_inspect);
    const nlohmann::json started = claim_and_start(station.cbp, "CBP", id);
    station.post(station.cbp, "/v1/inspections/" + started["inspectionId"].get<std::string>() + "/legs/CBP:decide",
                 {
                     {"fence",    started["leg"]["fence"]},
                     {"decision", "HELD"                 },
                     {"note",     "seal broken"          },
                     {"reason",   "seal broken"          },
                     {"owner",    "laboratory"           },
                     {"dueAt",    puente::to_text(std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now()) + 4h)}
    });
    const nlohmann::json history = station.get(station.broker, "/v1/manifests/" + id + "/history").json();
    std::vector<std::string> statuses;
    std::int64_t last = 0;
    for (const nlohmann::json& event : history["events"]) {
        EXPECT_GT(event["eventId"], last);
        last = event["eventId"];
        statuses.push_back(event["status"]);
    }
    EXPECT_EQ(statuses, (std::vector<std::string>{"INSPECTION_REQUIRED", "IN_INSPECTION", "HELD"}))
        << "claims are the officers' own business: " << history;
    EXPECT_EQ(history["events"].back()["detail"]["note"], "seal broken");
    EXPECT_EQ(history["versions"].size(), 1u);
    EXPECT_EQ(history["versions"][0]["sha256"].get<std::string>().size(), 64u);
    const nlohmann::json for_officers = station.get(station.sat, "/v1/manifests/" + id + "/history").json();
    EXPECT_EQ(for_officers["events"].size(), statuses.size() + 1);
}

TEST_F(Reading, answers_404_for_what_is_not_there) {
    for (const std::string& id : {new_uuid(), std::string{"none"}, std::string{"1"}}) {
        for (const char* part : {"", "/status", "/history"}) {
            const Answer answer = station.get(station.broker, "/v1/manifests/" + id + part);
            EXPECT_EQ(answer.status, 404) << id << part;
            EXPECT_EQ(answer.json()["type"], "/problems/not-found");
        }
    }
}

/// Lists have a station of their own: what is on it is known.
class Listing : public AtStation<Listing> {
protected:
    static void SetUpTestSuite() {
        AtStation::SetUpTestSuite();
        for (int i = 0; i < 5; ++i) filed(*station_, fresh("produce-northbound"));
        filed(*station_, fresh("produce-northbound", Look::cbp_inspects));
        filed(*station_, fresh("hazmat-northbound"));
        filed(*station_, fresh("rail-northbound"));
    }
    nlohmann::json list(const Party& party, const std::string& query) {
        const Answer answer = station.get(party, "/v1/manifests" + query);
        EXPECT_EQ(answer.status, 200) << query << answer.body;
        return answer.json();
    }
};

TEST_F(Listing, filters) {
    const std::string trip = list(station.broker, "?limit=1")["items"][0]["tripNumber"];
    const std::pair<std::string, std::size_t> cases[] = {
        {"",                                      8},
        {"?status=CLEARED",                       7},
        {"?status=INSPECTION_REQUIRED",           1},
        {"?port=2604",                            6},
        {"?port=230",                             6},
        {"?port=2506",                            1},
        {"?carrier=TSTR",                         1},
        {"?carrier=TSTA",                         7},
        {"?trip=" + trip,                         1},
        {"?trip=NONE0001",                        0},
        {"?since=2020-01-01T00:00:00Z",           8},
        {"?since=2999-01-01T00:00:00-06:00",      0},
        {"?port=2604&status=INSPECTION_REQUIRED", 1},
    };
    for (const auto& [query, expected] : cases) {
        const nlohmann::json page = list(station.broker, query);
        EXPECT_EQ(page["items"].size(), expected) << query;
        EXPECT_FALSE(page.contains("next")) << query;
    }
    EXPECT_EQ(list(station.carrier, "")["items"].size(), 7u) << "the trips under its own code";
    EXPECT_EQ(list(station.other_broker, "")["items"].size(), 0u);
    EXPECT_EQ(list(station.sat, "")["items"].size(), 8u);
}

TEST_F(Listing, combines_filters_on_one_database_connection) {
    // Statements are prepared on a connection under names; names that are alike in their first 63 characters would be one to PostgreSQL.
    for (int round = 0; round < 3; ++round) {
        for (const char* query : {"?status=CLEARED", "?status=CLEARED&port=2604", "?status=CLEARED&port=2604&carrier=TSTA",
                                  "?status=CLEARED&since=2020-01-01T00:00:00Z"}) {
            EXPECT_EQ(station.get(station.broker, std::string{"/v1/manifests"} + query).status, 200) << query;
        }
    }
}

TEST_F(Listing, pages_through_everything_once) {
    for (const int limit : {1, 3, 7}) {
        std::set<std::string> seen;
        std::string last = "ffffffff";
        std::string query = "?limit=" + std::to_string(limit);
        for (int pages = 0; pages < 20; ++pages) {
            const nlohmann::json page = list(station.broker, query);
            EXPECT_LE(page["items"].size(), static_cast<std::size_t>(limit));
            for (const nlohmann::json& item : page["items"]) {
                EXPECT_TRUE(seen.insert(item["manifestId"]).second);
                EXPECT_LT(item["manifestId"].get<std::string>(), last) << "newest first";
                last = item["manifestId"];
            }
            if (!page.contains("next")) break;
            query = "?limit=" + std::to_string(limit) + "&cursor=" + page["next"].get<std::string>();
        }
        EXPECT_EQ(seen.size(), 8u) << limit;
    }
}

TEST_F(Listing, refuses_filters_that_are_none) {
    for (const char* query : {"?limit=0", "?limit=201", "?limit=x", "?limit=-1", "?cursor=zzz", "?since=yesterday", "?colour=red", "?limit="}) {
        const Answer answer = station.get(station.broker, std::string{"/v1/manifests"} + query);
        EXPECT_EQ(answer.status, 400) << query;
        EXPECT_EQ(answer.json()["type"], "/problems/malformed-request") << query;
    }
    for (const char* query : {"?status=%27%3B%20DROP%20TABLE%20puente.manifest--", "?trip=%C3%B1", "?carrier=%25", "?port=9"}) {
        EXPECT_EQ(list(station.broker, query)["items"].size(), 0u) << query;
    }
}

}  // namespace puente::test
