// What every request meets before a handler: unknown places and methods, media types, limits, strange HTTP. Each kind of problem has its shape.
#include "api/station.hpp"

namespace puente::test {

using namespace std::chrono_literals;

class DoorOfApi : public AtStation<DoorOfApi> {
public:
    static Station::Options options() {
        return {
            {"--body-bytes", "65536", "--host-name", "localhost", "--host-name", "127.0.0.1"}
        };
    }

protected:
    void expect_problem(const Answer& answer, int status, const std::string& slug) {
        EXPECT_EQ(answer.status, status) << answer.body;
        EXPECT_EQ(answer.header("Content-Type"), "application/problem+json");
        const nlohmann::json problem = answer.json();
        ASSERT_TRUE(problem.is_object()) << answer.body;
        EXPECT_EQ(problem.value("type", ""), "/problems/" + slug);
        EXPECT_EQ(problem.value("status", 0), status);
        EXPECT_FALSE(problem.value("title", "").empty());
        EXPECT_FALSE(problem.value("detail", "").empty());
        EXPECT_EQ(problem.value("instance", ""), "urn:uuid:" + answer.header("Puente-Request-Id"));
        EXPECT_EQ(station.ask({"GET", "/problems/" + slug}).status, 200);
    }
    /// The answers to bytes as they are, on a connection of their own; empty ones for a connection that ended without.
    std::vector<Answer> raw(const std::string& bytes) {
        HttpsClient client = station.client();
        try {
            client.send(bytes);
        } catch (const Lost&) {
        }
        return client.receive_all(3s);
    }
};

TEST_F(DoorOfApi, unknown_places_are_404) {
    for (const char* target :
         {"/", "/v1", "/v2/manifests", "/v1/manifests/", "/v1/manifest", "/v1/manifests:nothing", "/V1/manifests", "/v1//manifests", "/index.html"}) {
        expect_problem(station.ask({"GET", target}), 404, "not-found");
    }
}

TEST_F(DoorOfApi, known_places_say_which_methods_they_have) {
    const std::pair<Ask, const char*> cases[] = {
        {{"DELETE", "/v1/manifests"},                  "POST, GET, HEAD"},
        {{"GET", "/oauth2/token"},                     "POST"           },
        {{"POST", "/livez"},                           "GET, HEAD"      },
        {{"PUT", "/v1/manifests:validate"},            "POST"           },
        {{"GET", "/v1/ports/2604/inspections:claim"},  "POST"           },
        {{"GET", "/v1/inspections/x/legs/CBP:decide"}, "POST"           },
        {{"OPTIONS", "/openapi.json"},                 "GET, HEAD"      },
    };
    for (const auto& [ask, allow] : cases) {
        const Answer answer = station.ask(ask);
        expect_problem(answer, 405, "method-not-allowed");
        EXPECT_EQ(answer.header("Allow"), allow) << ask.target;
    }
}

TEST_F(DoorOfApi, what_is_asked_of_whom_is_settled_before_the_body_is_read) {
    const Answer nobody = station.ask({
        "POST", "/v1/manifests", {{"Content-Type", "application/json"}, {"Idempotency-Key", "\"" + new_uuid() + "\""}},
          fresh().dump()
    });
    expect_problem(nobody, 401, "unauthorized");
    const std::vector<Answer> early = raw(
        "POST /v1/manifests HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nExpect: 100-continue\r\nContent-Length: 60000\r\n\r\n");
    ASSERT_EQ(early.size(), 1u);
    EXPECT_EQ(early[0].status, 401) << "no 100 Continue for one who may not";
    EXPECT_EQ(early[0].header("Connection"), "close");
}

TEST_F(DoorOfApi, expect_100_continue_is_met) {
    const std::string body = fresh().dump();
    const auto [name, value] = station.bearer(station.broker);
    HttpsClient client = station.client();
    client.send("POST /v1/manifests:validate HTTP/1.1\r\nHost: localhost\r\n" + name + ": " + value +
                "\r\nContent-Type: application/json\r\nExpect: 100-continue\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n");
    EXPECT_EQ(client.receive().status, 100);
    client.send(body);
    EXPECT_EQ(client.receive().status, 200);
}

TEST_F(DoorOfApi, media_types_are_negotiated) {
    const auto send = [this](Fields headers) {
        headers.push_back(station.bearer(station.broker));
        headers.emplace_back("Idempotency-Key", "\"" + new_uuid() + "\"");
        return station.ask({"POST", "/v1/manifests", std::move(headers), fresh().dump()});
    };
    for (const char* type : {"text/plain", "application/xml", "application/json; charset=latin1", "multipart/form-data", "json"}) {
        const Answer answer = send({
            {"Content-Type", type}
        });
        expect_problem(answer, 415, "unsupported-media-type");
        EXPECT_NE(answer.header("Accept-Post").find("application/json"), std::string::npos);
    }
    expect_problem(send({}), 415, "unsupported-media-type");
    for (const char* accept : {"text/html", "application/json;q=0", "application/xml, text/*"}) {
        expect_problem(send({
                           {"Content-Type", "application/json"},
                           {"Accept",       accept            }
        }),
                       406, "not-acceptable");
    }
    for (const char* accept : {"application/json", "*/*", "text/html, application/*;q=0.1", "application/json, application/problem+json"}) {
        EXPECT_EQ(send({
                           {"Content-Type", "Application/JSON; charset=\"UTF-8\""},
                           {"Accept",       accept                               }
        })
                      .status,
                  201)
            << accept;
    }
    expect_problem(send({
                       {"Content-Type",     "application/json"},
                       {"Content-Encoding", "gzip"            }
    }),
                   415, "unsupported-media-type");
}

TEST_F(DoorOfApi, limits_have_their_own_answers_and_end_the_connection) {
    const std::string host = "Host: localhost\r\n";
    const std::string many_fields = [] {
        std::string fields;
        for (int i = 0; i < 80; ++i) fields += "X-" + std::to_string(i) + ": y\r\n";
        return fields;
    }();
    struct Case {
        const char* name;
        std::string bytes;
        int status;
        const char* slug;
    };
    const Case cases[] = {
        {"transfer_encoding",      "POST /v1/manifests HTTP/1.1\r\n" + host + "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n",        411,                                    "length-required"                                                                              },
        {"large_body",             "POST /v1/manifests HTTP/1.1\r\n" + host + "Content-Length: 65537\r\n\r\n",                      413,                                    "too-large"                                                                                    },
        {"huge_body",              "POST /v1/manifests HTTP/1.1\r\n" + host + "Content-Length: 99999999999999999999999999\r\n\r\n", 413,                                    "too-large"                                                                                    },
        {"long_target",            "GET /" + std::string(3000,                                                                      'a') + " HTTP/1.1\r\n" + host + "\r\n", 414,                                                                                             "target-too-long"},
        {"large_header",                        "GET /livez HTTP/1.1\r\n" + host + "X-Filler: " + std::string(20'000,                                                                                                          'a') + "\r\n\r\n",                                                     431,                          "header-too-large"},
        {"many_fields",      "GET /livez HTTP/1.1\r\n" + host + many_fields + "\r\n",                                                                                                     431,                                                                                                                               "header-too-large"                                                                                                                                        },
        {"expectation",      "POST /v1/manifests HTTP/1.1\r\n" + host + "Expect: miracles\r\nContent-Length: 1\r\n\r\n",                                                                                                     417, "expectation-failed"},
        {"other_host",    "GET /livez HTTP/1.1\r\nHost: elsewhere.example\r\n\r\n",                                                                                                   421,                                                                                                                              "misdirected"                                                                                                                                                                                                                                                                                                         },
        {"unknown_method",           "BREW /livez HTTP/1.1\r\n" + host + "\r\n",                                                                                                          501,    "not-implemented"},
        {"connect",       "CONNECT localhost:443 HTTP/1.1\r\n" + host + "\r\n",                                                                                                      501,                                                                                                                                 "not-implemented"                                                                                                                                                                                                                                                                                                                                                                                                                                },
        {"http_2",       "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",                                                                                                      505,     "version-not-supported"},
        {"no_host", "GET /livez HTTP/1.1\r\n\r\n",                                                                                                400,                                                                                                                          "malformed-request"                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                },
        {"two_hosts",     "GET /livez HTTP/1.1\r\n" + host + host + "\r\n",                                                                                                    400,       "malformed-request"},
        {"dot_segments",     "GET /v1/../livez HTTP/1.1\r\n" + host + "\r\n",                                                                                                    400,                                                                                                                       "malformed-request"                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                 },
    };
    for (const Case& each : cases) {
        const std::vector<Answer> answers = raw(each.bytes);
        ASSERT_EQ(answers.size(), 1u) << each.name;
        EXPECT_EQ(answers[0].header("Connection"), "close") << each.name;
        SCOPED_TRACE(each.name);
        expect_problem(answers[0], each.status, each.slug);
    }
}

// RFC 9112, 6.3: a request without Content-Length and Transfer-Encoding has no body.
TEST_F(DoorOfApi, a_request_without_a_length_has_no_body) {
    const auto ask = [&](const std::string& line, const Party& party, const std::string& more = "") {
        const std::string head = line + " HTTP/1.1\r\nHost: localhost\r\nAuthorization: " + station.bearer(party).second + "\r\n" + more;
        const std::vector<Answer> answers = raw(head + "\r\nGET /livez HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
        EXPECT_EQ(answers.size(), 2u) << line << ": what follows is the next request";
        return answers.empty() ? Answer{} : answers[0];
    };
    const nlohmann::json manifest = filed(station, fresh());
    const std::string id = manifest["manifestId"];
    const Answer cancelled = ask("POST /v1/manifests/" + id + ":cancel", station.broker);
    EXPECT_EQ(cancelled.status, 200) << cancelled.body;
    EXPECT_EQ(station.get(station.broker, "/v1/manifests/" + id).json()["status"], "CANCELLED");
    EXPECT_EQ(ask("POST /v1/ports/2604/inspections:claim", station.cbp).status, 409) << "nothing waits";

    const std::string inspection = inspection_of(station, filed(station, fresh("produce-northbound", Look::cbp_inspects))["manifestId"]);
    struct Case {
        std::string line;
        const Party& party;
        const char* named;  ///< what the answer says is missing
    };
    const Case cases[] = {
        {"POST /v1/webhooks",                                       station.broker, "url"          },
        {"POST /v1/inspections/" + inspection + "/legs/CBP:start",  station.cbp,    "fence"        },
        {"POST /v1/inspections/" + inspection + "/legs/CBP:decide", station.cbp,    "fence"        },
        {"POST /v1/inspections/" + inspection + "/annotations",     station.cbp,    "visibility"   },
        {"POST /v1/ports/2604/bays",                                station.cbp,    "name"         },
        {"POST /v1/ports/2604/contingency",                         station.cbp,    "classes"      },
        {"POST /v1/ports/2604/contingency:confirm",                 station.sat,    "contingencyId"},
    };
    for (const Case& each : cases) {
        SCOPED_TRACE(each.line);
        const Answer answer = ask(each.line, each.party);
        expect_problem(answer, 400, "malformed-request");
        EXPECT_NE(answer.body.find(each.named), std::string::npos) << answer.body;
    }
    const Answer empty = ask("POST /v1/manifests", station.broker, "Content-Type: application/json\r\nIdempotency-Key: \"" + new_uuid() + "\"\r\n");
    expect_problem(empty, 400, "not-the-format");
    EXPECT_EQ(ask("POST /oauth2/token", station.broker, "Content-Type: application/x-www-form-urlencoded\r\n").status, 400);
}

TEST_F(DoorOfApi, requests_follow_one_another_on_one_connection) {
    HttpsClient client = station.client();
    client.send(
        "GET /livez HTTP/1.1\r\nHost: localhost\r\n\r\nHEAD /readyz HTTP/1.1\r\nHost: localhost\r\n\r\nGET /nowhere HTTP/1.1\r\nHost: "
        "localhost\r\n\r\n");
    EXPECT_EQ(client.receive().status, 200);
    EXPECT_EQ(client.receive("HEAD").status, 200);
    EXPECT_EQ(client.receive().status, 404);
    EXPECT_EQ(client.ask({"GET", "/livez", {{"Connection", "close"}}}).status, 200);
    EXPECT_FALSE(client.connected());
}

TEST_F(DoorOfApi, answers_forbid_guessing_and_plain_http) {
    const Answer answer = station.ask({"GET", "/livez"});
    EXPECT_EQ(answer.header("X-Content-Type-Options"), "nosniff");
    EXPECT_TRUE(answer.header("Strict-Transport-Security").starts_with("max-age="));
    EXPECT_FALSE(answer.header("Date").empty());
    EXPECT_FALSE(answer.has("Server"));
}

}  // namespace puente::test
