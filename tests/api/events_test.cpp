// The feed of events: nothing twice, nothing left out, nothing for others to see.
#include <fmt/format.h>

#include <algorithm>
#include <future>
#include <memory>
#include <set>
#include <thread>

#include "api/ear.hpp"
#include "api/station.hpp"
#include "puente/access/token.hpp"

namespace puente::test {

using namespace std::chrono_literals;

namespace {

std::vector<std::string> kinds(const std::vector<Heard>& heard) {
    std::vector<std::string> list;
    for (const Heard& each : heard) list.push_back(each.kind);
    return list;
}
using Kinds = std::vector<std::string>;

}  // namespace

class Events : public AtStation<Events> {
public:
    static Station::Options options() { return {}; }

protected:
    Ear listen(const Party& party, const std::string& query = "", const std::string& last_id = "") {
        return Ear{station.client(), station.token(party), query, last_id};
    }
    nlohmann::json page(const Party& party, const std::string& query = "", Fields more = {}) {
        more.emplace_back("Accept", "application/json");
        const Answer answer = station.get(party, "/v1/events" + query, more);
        EXPECT_EQ(answer.status, 200) << answer.body;
        return answer.json();
    }
    /// A list holds what the gateway has read by then: a moment after it was committed.
    void wait_for_events(const std::string& start, std::size_t count) {
        const auto deadline = std::chrono::steady_clock::now() + 5s;
        while (page(station.broker, "?after=" + start)["items"].size() < count && std::chrono::steady_clock::now() < deadline)
            std::this_thread::sleep_for(10ms);
    }
    static std::string kind_for(std::string audience) {
        std::transform(audience.begin(), audience.end(), audience.begin(), [](char c) { return static_cast<char>(c - 'A' + 'a'); });
        return "for_" + audience;
    }
    /// A private event of a manifest, as officers' work writes it.
    void tell(const std::string& manifest, const std::string& kind, const std::string& audience, const std::string& canary) {
        station.sql(
            fmt::format("INSERT INTO puente.event (manifest_id, at, kind, version, state_no, actor, status, detail, audience) "
                        "VALUES ('{}', now(), '{}', 1, 1, 'CBP', 'CLEARED', '{{\n \"note\": \"{}\"}}', '{}')",
                        manifest, kind, canary, audience));
    }
};

TEST_F(Events, are_streamed_as_they_happen) {
    Ear ear = listen(station.broker);
    ASSERT_EQ(ear.answer.status, 200) << ear.answer.body;
    EXPECT_EQ(ear.answer.header("Content-Type"), "text/event-stream");
    EXPECT_EQ(ear.answer.header("Cache-Control"), "no-store");
    EXPECT_FALSE(ear.answer.has("Content-Length"));
    const nlohmann::json document = filed(station, fresh());
    const std::string id = document["manifestId"];
    const std::optional<Heard> heard = ear.next();
    ASSERT_TRUE(heard);
    EXPECT_GE(ear.retry, 1000u);
    EXPECT_LE(ear.retry, 3000u);
    EXPECT_EQ(heard->kind, "filed");
    EXPECT_EQ(heard->data["manifestId"], id);
    EXPECT_EQ(heard->data["tripNumber"], document["tripNumber"]);
    EXPECT_EQ(heard->data["status"], document["status"]);
    EXPECT_EQ(heard->data["actor"], "broker-one");
    EXPECT_EQ(heard->data["version"], 1);
    EXPECT_EQ(heard->data["usPort"], "2604");
    EXPECT_FALSE(heard->id.empty());
    const nlohmann::json history = station.get(station.broker, "/v1/manifests/" + id + "/history").json();
    EXPECT_EQ(heard->data["eventId"], history["events"][0]["eventId"]);
    tell(id, "leg_decided", "ALL", "in two lines");
    const std::optional<Heard> decided = ear.next();
    ASSERT_TRUE(decided);
    EXPECT_EQ(decided->kind, "leg_decided");
    EXPECT_EQ(decided->data["detail"]["note"], "in two lines") << "line breaks between tokens do not end an event";
}

TEST_F(Events, begin_now_unless_a_place_is_given) {
    const std::string before = filed(station, fresh())["manifestId"];
    Ear ear = listen(station.broker);
    const std::string after = filed(station, fresh())["manifestId"];
    EXPECT_EQ(ear.next()->data["manifestId"], after) << "not " << before;
    EXPECT_FALSE(ear.next(200ms));
}

TEST_F(Events, go_on_from_the_last_one_heard) {
    const std::string start = page(station.broker)["next"];
    std::vector<std::string> filed_ids;
    for (int i = 0; i < 6; ++i) filed_ids.push_back(filed(station, fresh())["manifestId"]);
    std::vector<std::string> heard_ids;
    std::string last = start;
    for (int i = 0; i < 6; ++i) {
        Ear ear = i % 2 == 0 ? listen(station.broker, "", last) : listen(station.broker, "?after=" + last);
        heard_ids.push_back(ear.next()->data["manifestId"]);
        last = ear.last;
    }
    EXPECT_EQ(heard_ids, filed_ids);
    Ear both = listen(station.broker, "?after=" + start, last);
    EXPECT_FALSE(both.next(200ms)) << "a browser repeats its first address; its Last-Event-ID is newer";
}

TEST_F(Events, are_for_those_who_may_see_them_only) {
    struct Seat {
        const char* name;
        const Party& party;
        Kinds expected;
        std::string start{};
        std::unique_ptr<Ear> ear{};
    };
    const Kinds public_ones{"filed", "for_all", "end"};
    std::vector<Seat> seats;
    seats.push_back({"broker", station.broker, public_ones});
    seats.push_back({"other broker", station.other_broker, Kinds{}});
    seats.push_back({"carrier", station.carrier, public_ones});
    seats.push_back({"other carrier", station.other_carrier, Kinds{}});
    seats.push_back({
        "CBP", station.cbp, Kinds{"filed", "for_all", "for_officers", "for_cbp", "end"}
    });
    seats.push_back({
        "SAT", station.sat, Kinds{"filed", "for_all", "for_officers", "for_sat", "end"}
    });
    for (Seat& seat : seats) {
        seat.start = page(seat.party)["next"];
        seat.ear = std::make_unique<Ear>(listen(seat.party));
    }
    const std::string id = filed(station, fresh("produce-northbound"))["manifestId"];
    for (const char* audience : {"ALL", "OFFICERS", "CBP", "SAT"}) tell(id, kind_for(audience), audience, std::string{"canary-"} + audience);
    tell(id, "end", "ALL", "");
    for (Seat& seat : seats) {
        EXPECT_EQ(kinds(seat.ear->next(seat.expected.size())), seat.expected) << seat.name << ", live";
        EXPECT_FALSE(seat.ear->next(100ms)) << seat.name;
        Ear resumed = listen(seat.party, "", seat.start);
        EXPECT_EQ(kinds(resumed.next(seat.expected.size())), seat.expected) << seat.name << ", resumed";
        EXPECT_FALSE(resumed.next(100ms)) << seat.name;
        const std::string text = page(seat.party, "?after=" + seat.start)["items"].dump();
        for (const char* audience : {"ALL", "OFFICERS", "CBP", "SAT"}) {
            const bool may = std::find(seat.expected.begin(), seat.expected.end(), kind_for(audience)) != seat.expected.end();
            EXPECT_EQ(text.find(std::string{"canary-"} + audience) != std::string::npos, may) << seat.name << " " << audience;
        }
    }
}

TEST_F(Events, of_others_do_not_show_in_a_filter) {
    const std::string id = filed(station, fresh())["manifestId"];
    const std::string start = page(station.other_broker)["next"];
    tell(id, "touched", "ALL", "x");
    for (const std::string& query : {"?manifest=" + id, std::string{"?port=2604"}, std::string{"?kind=touched"}}) {
        EXPECT_EQ(page(station.other_broker, query + "&after=" + start)["items"].size(), 0u) << query;
        EXPECT_FALSE(listen(station.other_broker, query, start).next(100ms)) << query;
    }
}

TEST_F(Events, are_filtered) {
    const std::string start = page(station.broker)["next"];
    const std::string one = filed(station, fresh("produce-northbound"))["manifestId"];
    const std::string other = filed(station, fresh("rail-northbound"))["manifestId"];
    tell(one, "touched", "ALL", "x");
    wait_for_events(start, 3);
    const std::pair<std::string, std::size_t> cases[] = {
        {"",                      3},
        {"&manifest=" + one,      2},
        {"&manifest=" + other,    1},
        {"&kind=touched",         1},
        {"&kind=none",            0},
        {"&port=2604",            2},
        {"&port=230",             2},
        {"&port=2604&kind=filed", 1},
    };
    for (const auto& [query, count] : cases) {
        EXPECT_EQ(page(station.broker, "?after=" + start + query)["items"].size(), count) << query;
        Ear ear = listen(station.broker, "?after=" + start + query);
        EXPECT_EQ(ear.next(count).size(), count) << query;
        EXPECT_FALSE(ear.next(50ms)) << query;
    }
}

TEST_F(Events, are_listed_for_those_who_cannot_stream) {
    const std::string start = page(station.broker)["next"];
    EXPECT_EQ(page(station.broker, "?after=" + start)["items"].size(), 0u);
    for (int i = 0; i < 5; ++i) filed(station, fresh());
    wait_for_events(start, 5);
    std::set<std::string> seen;
    std::string next = start;
    for (int i = 0; i < 4; ++i) {
        const nlohmann::json some = page(station.broker, "?limit=2&after=" + next);
        for (const nlohmann::json& event : some["items"]) seen.insert(event["manifestId"]);
        EXPECT_EQ(some["items"].size(), i < 2 ? 2u : i == 2 ? 1u : 0u);
        next = some["next"];
    }
    EXPECT_EQ(seen.size(), 5u);
}

TEST_F(Events, are_waited_for) {
    const std::string start = page(station.broker)["next"];
    const auto begun = std::chrono::steady_clock::now();
    std::future<nlohmann::json> waiting = std::async(std::launch::async, [&] {
        HttpsClient client = station.client();
        const Fields fields{
            station.bearer(station.broker), {"Accept", "application/json"},
             {"Prefer", "wait=15"         }
        };
        return client.ask({"GET", "/v1/events?after=" + start, fields}).json();
    });
    EXPECT_EQ(waiting.wait_for(700ms), std::future_status::timeout);
    const std::string id = filed(station, fresh())["manifestId"];
    ASSERT_EQ(waiting.wait_for(5s), std::future_status::ready);
    EXPECT_EQ(waiting.get()["items"][0]["manifestId"], id);
    EXPECT_LT(std::chrono::steady_clock::now() - begun, 10s);
    const nlohmann::json nothing = page(station.other_broker, "?after=" + start,
                                        {
                                            {"Prefer", "wait=1"}
    });
    EXPECT_EQ(nothing["items"].size(), 0u);
    EXPECT_TRUE(nothing.contains("next"));
}

TEST_F(Events, refuse_what_makes_no_sense) {
    const std::string start = page(station.broker)["next"];
    struct Case {
        const char* query;
        int status;
    };
    const Case cases[] = {
        {"?after=",                       400},
        {"?after=!!!",                    400},
        {"?after=AAAA",                   400},
        {"?manifest=1",                   400},
        {"?port=x",                       400},
        {"?kind=a%0Ab",                   400},
        {"?limit=0",                      400},
        {"?limit=501",                    400},
        {"?colour=red",                   400},
        {"?after=AAAAAAAAAAH__________w", 400},
        {"?after=AAAAAAAAAAD__________w", 400},
        {"?after=AAAA_wAAAAAAAAAAAAAAAQ", 410}
    };
    for (const auto& [query, status] : cases) {
        for (const char* accept : {"text/event-stream", "application/json"}) {
            const Answer answer = station.get(station.broker,
                                              std::string{
                                                  "/v1/events"
            } +
                                                  query,
                                              {{"Accept", accept}});
            EXPECT_EQ(answer.status, status) << query << " " << answer.body;
            EXPECT_EQ(answer.header("Content-Type"), "application/problem+json") << query;
        }
    }
    EXPECT_EQ(station
                  .get(station.broker, "/v1/events",
                       {
                           {"Accept",        "text/event-stream"},
                           {"Last-Event-ID", "7"                }
    })
                  .status,
              400);
    EXPECT_EQ(station
                  .get(station.broker, "/v1/events",
                       {
                           {"Accept", "text/html"}
    })
                  .status,
              406);
    EXPECT_EQ(station.ask({"GET", "/v1/events"}).status, 401);
    EXPECT_EQ(station.post(station.broker, "/v1/events", nlohmann::json::object()).status, 405);
    const Answer head = station.ask({"HEAD", "/v1/events", {station.bearer(station.broker)}});
    EXPECT_EQ(head.status, 200);
    EXPECT_EQ(head.header("Content-Type"), "text/event-stream");
    const Party author = station.add_client({"--role", "author", "--agency", "CBP"});
    EXPECT_EQ(station.get(author, "/v1/events").status, 403);
}

TEST_F(Events, that_are_no_longer_kept_are_said_to_be_gone) {
    filed(station, fresh());
    const std::string old = page(station.broker)["next"];
    filed(station, fresh());
    station.sql("UPDATE puente.event_horizon SET kept_from = (SELECT max(written_by::text::bigint)::text::xid8 FROM puente.event)");
    const Answer answer = station.get(station.broker, "/v1/events",
                                      {
                                          {"Accept",        "text/event-stream"},
                                          {"Last-Event-ID", old                }
    });
    EXPECT_EQ(answer.status, 410);
    EXPECT_EQ(answer.json()["type"], "/problems/cursor-gone");
    EXPECT_EQ(listen(station.broker).answer.status, 200);
    station.sql("UPDATE puente.event_horizon SET kept_from = '0'");
}

TEST_F(Events, end_with_the_token) {
    const Result<crypto::Key> key = crypto::Key::from_pem(read_file(Certificates::shared().folder.file("token.key")));
    const access::TokenIssuer issuer{station.url(), station.url(), *key, 2s};
    access::Caller caller;
    caller.client_id = station.broker.id;
    caller.company = "broker-one";
    caller.scopes = access::Scopes::parse("status:read").value();
    const Instant now = std::chrono::floor<std::chrono::microseconds>(std::chrono::system_clock::now());
    Ear ear{station.client(), access::issue_token(issuer, caller, now, "short-token")};
    ASSERT_EQ(ear.answer.status, 200) << ear.answer.body;
    EXPECT_FALSE(ear.ends_within(500ms));
    EXPECT_TRUE(ear.ends_within(4s));
}

TEST_F(Events, end_when_the_client_is_revoked) {
    const Party leaver = station.add_client({"--role", "broker", "--company", "broker-one"});
    Ear ear = listen(leaver);
    Ear stays = listen(station.broker);
    const Finished revoked = puente({"client", "revoke", leaver.id, "--database", station.owner_url()});
    ASSERT_EQ(revoked.exit_code, 0) << revoked.err;
    EXPECT_TRUE(ear.ends_within(3s));
    EXPECT_FALSE(stays.ends_within(100ms));
}

class EventsAlone : public testing::Test {};

TEST_F(EventsAlone, are_limited_by_client) {
    Station station{{{"--streams-per-client", "2"}}};
    auto first = std::make_unique<Ear>(station.client(), station.token(station.broker));
    // A gateway that has just begun to hear of revocations sends everybody back once.
    if (first->ends_within(300ms)) first = std::make_unique<Ear>(station.client(), station.token(station.broker));
    Ear second{station.client(), station.token(station.broker)};
    EXPECT_EQ(second.answer.status, 200);
    EXPECT_EQ((Ear{station.client(), station.token(station.broker)}.answer.status), 429);
    EXPECT_EQ((Ear{station.client(), station.token(station.carrier)}.answer.status), 200);
    first.reset();
    const auto again = [&] { return Ear{station.client(), station.token(station.broker)}.answer.status == 200; };
    bool admitted = again();
    for (int i = 0; i < 50 && !admitted; ++i, admitted = again()) std::this_thread::sleep_for(20ms);
    EXPECT_TRUE(admitted) << "a stream that has ended no longer counts";
}

TEST_F(EventsAlone, end_politely_when_the_gateway_stops) {
    Station station;
    Ear ear{station.client(), station.token(station.broker)};
    filed(station, fresh());
    ASSERT_TRUE(ear.next());
    const auto begun = std::chrono::steady_clock::now();
    std::future<int> code = std::async(std::launch::async, [&] { return station.stop(); });
    EXPECT_TRUE(ear.ends_within(5s));
    EXPECT_EQ(code.get(), 0);
    EXPECT_LT(std::chrono::steady_clock::now() - begun, 10s);
}

}  // namespace puente::test
