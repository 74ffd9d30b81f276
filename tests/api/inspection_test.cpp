// The joint queue and the legs: who takes what, who decides what, and what follows for the load.
#include <thread>

#include "api/station.hpp"
#include "puente/instant.hpp"

namespace puente::test {

using namespace std::chrono_literals;

class Inspection : public AtStation<Inspection> {
public:
    static Station::Options options() { return {}; }

protected:
    struct Load {
        std::string manifest;
        std::string inspection;
    };
    Load load(Look look, const std::string& sample = "produce-northbound") {
        const std::string manifest = filed(station, fresh(sample, look))["manifestId"];
        return {manifest, inspection_of(station, manifest)};
    }
    const Party& officer(const std::string& agency) { return agency == "CBP" ? station.cbp : station.sat; }
    Answer claim(const std::string& agency, const std::string& inspection, const std::string& port = "2604") {
        return station.post(officer(agency), "/v1/ports/" + port + "/inspections:claim",
                            {
                                {"inspectionId", inspection}
        });
    }
    Answer leg(const Party& party, const std::string& agency, const std::string& inspection, const std::string& step, const nlohmann::json& body) {
        return station.post(party, "/v1/inspections/" + inspection + "/legs/" + agency + ":" + step, body);
    }
    /// Claims and starts a leg; gives its fence.
    std::int64_t take(const std::string& agency, const std::string& inspection) {
        const Answer claimed = claim(agency, inspection);
        EXPECT_EQ(claimed.status, 200) << claimed.body;
        const std::int64_t fence = claimed.json()["leg"]["fence"];
        EXPECT_EQ(leg(officer(agency), agency, inspection, "start",
                      {
                          {"fence", fence}
        })
                      .status,
                  200);
        return fence;
    }
    Answer decide(const std::string& agency, const std::string& inspection, std::int64_t fence, const std::string& decision) {
        nlohmann::json body{
            {"fence",    fence    },
            {"decision", decision },
            {"note",     "said so"}
        };
        if (decision == "HELD") body.update({{"reason", "a sample is out"}, {"owner", "laboratory"}, {"dueAt", in_hours(4)}});
        if (decision == "REFUSE") body["findings"] = nlohmann::json::array({nlohmann::json{{"kind", "UNDECLARED_GOODS"}}});
        return leg(officer(agency), agency, inspection, "decide", body);
    }
    static std::string in_hours(int hours) {
        return to_text(std::chrono::floor<std::chrono::microseconds>(std::chrono::system_clock::now()) + std::chrono::hours{hours});
    }
    std::string status(const Load& load) { return station.get(station.broker, "/v1/manifests/" + load.manifest + "/status").json()["status"]; }
};

TEST_F(Inspection, status_follows_both_legs) {
    struct Case {
        const char* cbp;
        const char* sat;
        const char* expected;
    };
    for (const Case& each : {
             Case{"RELEASE", "RELEASE", "RELEASED"},
             Case{"RELEASE", "HELD",    "HELD"    },
             Case{"HELD",    "REFUSE",  "REFUSED" },
             Case{"REFUSE",  "RELEASE", "REFUSED" }
    }) {
        const Load one = load(Look::both_inspect);
        EXPECT_EQ(status(one), "INSPECTION_REQUIRED");
        const std::int64_t cbp = take("CBP", one.inspection);
        EXPECT_EQ(status(one), "IN_INSPECTION");
        const Answer first = decide("CBP", one.inspection, cbp, each.cbp);
        ASSERT_EQ(first.status, 200) << first.body;
        if (std::string_view{each.cbp} == "RELEASE") {
            EXPECT_EQ(status(one), "INSPECTION_REQUIRED") << "one agency cannot release the other's leg";
        }
        const std::int64_t sat = take("SAT", one.inspection);
        const Answer second = decide("SAT", one.inspection, sat, each.sat);
        ASSERT_EQ(second.status, 200) << second.body;
        EXPECT_EQ(second.json()["status"], each.expected);
        EXPECT_EQ(status(one), each.expected);
    }
}

TEST_F(Inspection, only_review_needs_no_inspection) {
    const Load one = load(Look::both_review);
    EXPECT_EQ(status(one), "UNDER_REVIEW");
    const Load other = load(Look::sat_inspects);
    EXPECT_EQ(status(other), "INSPECTION_REQUIRED");
    EXPECT_EQ(claim("CBP", other.inspection).status, 409) << "CBP's leg is NONE";
    decide("SAT", other.inspection, take("SAT", other.inspection), "RELEASE");
    EXPECT_EQ(status(other), "RELEASED");
}

TEST_F(Inspection, a_held_leg_can_be_taken_up_again_by_name) {
    const Load one = load(Look::cbp_inspects);
    decide("CBP", one.inspection, take("CBP", one.inspection), "HELD");
    EXPECT_EQ(status(one), "HELD");
    decide("CBP", one.inspection, take("CBP", one.inspection), "RELEASE");
    EXPECT_EQ(status(one), "RELEASED");
    EXPECT_EQ(claim("CBP", one.inspection).status, 409);
}

TEST_F(Inspection, a_leg_has_one_holder) {
    const Load one = load(Look::both_inspect);
    const Party second = station.add_client({"--role", "officer", "--agency", "CBP"});
    const std::int64_t fence = claim("CBP", one.inspection).json()["leg"]["fence"];
    const Answer other = station.post(second, "/v1/ports/2604/inspections:claim",
                                      {
                                          {"inspectionId", one.inspection}
    });
    EXPECT_EQ(other.status, 409) << other.body;
    EXPECT_EQ(other.json()["type"], "/problems/conflict");
    EXPECT_EQ(leg(second, "CBP", one.inspection, "start",
                  {
                      {"fence", fence}
    })
                  .status,
              412)
        << "the fence alone does not make a holder";
    EXPECT_EQ(claim("SAT", one.inspection).status, 200) << "the other leg is free";

    EXPECT_EQ(leg(station.cbp, "CBP", one.inspection, "release-claim",
                  {
                      {"fence", fence}
    })
                  .status,
              200);
    const Answer taken = station.post(second, "/v1/ports/2604/inspections:claim",
                                      {
                                          {"inspectionId", one.inspection}
    });
    ASSERT_EQ(taken.status, 200) << taken.body;
    EXPECT_EQ(taken.json()["leg"]["fence"], fence + 1);
    for (const char* step : {"start", "decide", "release-claim"}) {
        nlohmann::json body{
            {"fence", fence}
        };
        if (std::string_view{step} == "decide") body["decision"] = "RELEASE";
        const Answer stale = leg(station.cbp, "CBP", one.inspection, step, body);
        EXPECT_EQ(stale.status, 412) << step;
        EXPECT_EQ(stale.json()["type"], "/problems/stale") << step;
    }
}

TEST_F(Inspection, illegal_moves_are_refused) {
    const Load one = load(Look::both_inspect);
    const std::int64_t fence = claim("CBP", one.inspection).json()["leg"]["fence"];
    EXPECT_EQ(decide("CBP", one.inspection, fence, "RELEASE").status, 409) << "not begun yet";
    EXPECT_EQ(leg(station.cbp, "CBP", one.inspection, "start",
                  {
                      {"fence", fence}
    })
                  .status,
              200);
    EXPECT_EQ(leg(station.cbp, "CBP", one.inspection, "start",
                  {
                      {"fence", fence}
    })
                  .status,
              409);
    EXPECT_EQ(decide("CBP", one.inspection, fence, "RELEASE").status, 200);
    EXPECT_EQ(decide("CBP", one.inspection, fence, "REFUSE").status, 412);
}

TEST_F(Inspection, the_legs_of_the_other_agency_are_out_of_reach) {
    const Load one = load(Look::both_inspect);
    const std::int64_t fence = take("SAT", one.inspection);
    for (const char* step : {"start", "decide", "release-claim"}) {
        nlohmann::json body{
            {"fence", fence}
        };
        if (std::string_view{step} == "decide") body["decision"] = "RELEASE";
        EXPECT_EQ(leg(station.cbp, "SAT", one.inspection, step, body).status, 403) << step;
        EXPECT_EQ(leg(station.broker, "SAT", one.inspection, step, body).status, 403) << step;
        EXPECT_EQ(leg(station.carrier, "SAT", one.inspection, step, body).status, 403) << step;
    }
    EXPECT_EQ(station.post(station.broker, "/v1/ports/2604/inspections:claim", nlohmann::json::object()).status, 403);
    EXPECT_EQ(station.get(station.carrier, "/v1/ports/2604/inspections").status, 403);
    EXPECT_EQ(decide("SAT", one.inspection, fence, "RELEASE").status, 200);
}

struct BadBody {
    const char* step;
    const char* body;
};

TEST_F(Inspection, bodies_are_read_strictly) {
    const Load one = load(Look::cbp_inspects);
    const std::int64_t fence = take("CBP", one.inspection);
    const std::string number = std::to_string(fence);
    const BadBody cases[] = {
        {"start",  "{}"                                                                       },
        {"start",  "[]"                                                                       },
        {"start",  "{\"fence\":\"1\"}"                                                        },
        {"start",  "{\"fence\":1.5}"                                                          },
        {"start",  "{\"fence\":1,\"fence\":2}"                                                },
        {"start",  "{\"fence\":1,\"more\":1}"                                                 },
        {"start",  "not json"                                                                 },
        {"decide", "{\"fence\":#}"                                                            },
        {"decide", "{\"fence\":#,\"decision\":\"APPROVE\"}"                                   },
        {"decide", "{\"fence\":#,\"decision\":\"HELD\"}"},
        {"decide", "{\"fence\":#,\"decision\":\"HELD\",\"reason\":\"x\",\"owner\":\"x\"}"},
        {"decide", "{\"fence\":#,\"decision\":\"HELD\",\"reason\":\"x\",\"owner\":\"x\",\"dueAt\":\"2020-01-01T00:00:00Z\"}"},
        {"decide", "{\"fence\":#,\"decision\":\"HELD\",\"reason\":\"\",\"owner\":\"x\",\"dueAt\":\"2999-01-01T00:00:00Z\"}"},
        {"decide", "{\"fence\":#,\"decision\":\"HELD\",\"reason\":\"x\",\"owner\":\"x\",\"dueAt\":7}"},
        {"decide", "{\"fence\":#,\"decision\":\"RELEASE\",\"reason\":\"x\"}"},
        {"decide", "{\"fence\":#,\"decision\":\"REFUSE\",\"note\":\"x\"}"},
        {"decide", "{\"fence\":#,\"decision\":\"RELEASE\",\"findings\":[{\"kind\":\"ODD\"}]}"},
        {"decide", "{\"fence\":#,\"decision\":\"RELEASE\",\"findings\":[{\"kind\":\"HAZARD\",\"quantity\":1}]}"},
        {"decide", "{\"fence\":#,\"decision\":\"RELEASE\",\"findings\":[{\"kind\":\"HAZARD\",\"who\":\"x\"}]}"},
        {"decide", "{\"fence\":#,\"decision\":\"RELEASE\",\"note\":7}"                        },
        {"decide", "{\"fence\":#,\"decision\":\"RELEASE\",\"note\":\"a\\u0000b\"}"            },
        {"decide", "{\"fence\":#,\"decision\":\"RELEASE\",\"findings\":{}}"                   },
        {"decide", "{\"fence\":#,\"decision\":\"RELEASE\",\"findings\":[\"\\u0000\"]}"        },
        {"decide", "{\"fence\":#,\"decision\":\"RELEASE\",\"findings\":[[[[[[[[[[1]]]]]]]]]]}"},
        {"start",  "{\"fence\":99999999999999999999}"                                         },
    };
    for (const BadBody& each : cases) {
        std::string body = each.body;
        if (const std::size_t at = body.find('#'); at != std::string::npos) body.replace(at, 1, number);
        const Ask ask{
            "POST",
            "/v1/inspections/" + one.inspection + "/legs/CBP:" + each.step,
            {{"Content-Type", "application/json"}, station.bearer(station.cbp)},
            body
        };
        const Answer answer = station.ask(ask);
        EXPECT_EQ(answer.status, 400) << each.step << body << answer.body;
    }
    EXPECT_EQ(decide("CBP", one.inspection, fence, "RELEASE").status, 200) << "none of them moved the leg";
    EXPECT_EQ(leg(station.cbp, "CBP", new_uuid(), "start",
                  {
                      {"fence", 1}
    })
                  .status,
              404);
    EXPECT_EQ(leg(station.cbp, "FBI", one.inspection, "start",
                  {
                      {"fence", 1}
    })
                  .status,
              404);
    EXPECT_EQ(claim("CBP", new_uuid()).status, 404);
    EXPECT_EQ(claim("CBP", one.inspection, "2506").status, 404) << "an inspection of another port";
    EXPECT_EQ(claim("CBP", "no-uuid").status, 400);
    EXPECT_EQ(station.get(station.cbp, "/v1/ports/NOGALES/inspections").status, 404);
}

/// A queue of its own, at a port that no other sample goes to.
class Queue : public AtStation<Queue> {
protected:
    nlohmann::json queue(const Party& party, const std::string& port, const std::string& query = {}) {
        const Answer answer = station.get(party, "/v1/ports/" + port + "/inspections" + query);
        EXPECT_EQ(answer.status, 200) << answer.body;
        return answer.json();
    }
    static std::vector<std::string> ids(const nlohmann::json& page) {
        std::vector<std::string> all;
        for (const nlohmann::json& item : page["items"]) all.push_back(item["manifestId"]);
        return all;
    }
};

TEST_F(Queue, is_empty_at_a_quiet_port) {
    EXPECT_EQ(queue(station.cbp, "2301")["items"].size(), 0u);
    const Answer answer = station.post(station.cbp, "/v1/ports/2301/inspections:claim", nlohmann::json::object());
    EXPECT_EQ(answer.status, 409) << answer.body;
    const Answer without_body = station.ask({"POST", "/v1/ports/2301/inspections:claim", {station.bearer(station.cbp)}});
    EXPECT_EQ(without_body.status, 409) << without_body.body;
}

TEST_F(Queue, is_the_same_for_both_agencies_and_in_order) {
    // By arrival, of equals the older one: essential goods go first in a contingency only.
    const std::string plain = filed(station, fresh("hazmat-northbound", Look::both_inspect))["manifestId"];
    const std::string younger = filed(station, fresh("hazmat-northbound", Look::cbp_inspects))["manifestId"];
    const std::string medical = filed(station, fresh("medical-northbound", Look::both_inspect))["manifestId"];
    const std::vector<std::string> expected{plain, younger, medical};
    EXPECT_EQ(ids(queue(station.cbp, "2506")), expected);
    EXPECT_EQ(ids(queue(station.sat, "2506")), expected);
    EXPECT_EQ(ids(queue(station.sat, "400")), expected) << "the Mexican name of the same queue";

    std::vector<std::string> paged;
    std::string query = "?limit=1";
    for (int pages = 0; pages < 5; ++pages) {
        const nlohmann::json page = queue(station.sat, "2506", query);
        for (const std::string& id : ids(page)) paged.push_back(id);
        if (!page.contains("next")) break;
        query = "?limit=1&cursor=" + page["next"].get<std::string>();
    }
    EXPECT_EQ(paged, expected);

    const nlohmann::json first = station.post(station.sat, "/v1/ports/2506/inspections:claim", nlohmann::json::object()).json();
    EXPECT_EQ(first["manifestId"], plain);
    const nlohmann::json second = station.post(station.sat, "/v1/ports/400/inspections:claim", nlohmann::json::object()).json();
    EXPECT_EQ(second["manifestId"], medical);
    EXPECT_EQ(station.post(station.sat, "/v1/ports/2506/inspections:claim", nlohmann::json::object()).status, 409) << "the third is not SAT's";
    EXPECT_EQ(station.post(station.cbp, "/v1/ports/2506/inspections:claim", nlohmann::json::object()).json()["manifestId"], plain);
}

TEST_F(Queue, shows_officers_what_they_need) {
    const Json document = fresh("textiles-southbound", Look::both_inspect);
    filed(station, document);
    const nlohmann::json item = queue(station.sat, "2402")["items"][0];
    EXPECT_EQ(item["tripNumber"], document["trip"]["tripNumber"].get<std::string>());
    EXPECT_EQ(item["legs"].size(), 2u);
    EXPECT_EQ(item["status"], "INSPECTION_REQUIRED");
    EXPECT_GE(item["factors"].size(), 1u);
    for (const char* member : {"inspectionId", "openedAt", "turnAt", "putFirst", "findings"}) EXPECT_TRUE(item.contains(member)) << member;
}

TEST_F(Queue, refuses_pages_that_are_none) {
    for (const char* query : {"?limit=0", "?limit=201", "?limit=x", "?cursor=x", "?cursor=1.2.3", "?cursor=1.0.99999999999999999999.0.x"}) {
        EXPECT_EQ(station.get(station.cbp, std::string{"/v1/ports/2604/inspections"} + query).status, 400) << query;
    }
}

}  // namespace puente::test
