// The board of a port, through the door.
#include <thread>

#include "api/station.hpp"

namespace puente::test {

using namespace std::chrono_literals;

class BoardAtPort : public AtStation<BoardAtPort> {
public:
    static Station::Options options() { return {}; }

protected:
    Answer board(const Party& party, const std::string& more = "", Fields fields = {}) {
        return station.get(party, "/v1/ports/2604/board" + more, std::move(fields));
    }
    /// The board when it shows what is waited for; the gateway counts about a second behind and looks at the queue every few seconds.
    template <class Shows>
    nlohmann::json board_that(const Shows& shows) {
        nlohmann::json last;
        for (const auto deadline = std::chrono::steady_clock::now() + 30s; std::chrono::steady_clock::now() < deadline;
             std::this_thread::sleep_for(100ms)) {
            last = board(station.cbp).json();
            if (shows(last)) return last;
        }
        ADD_FAILURE() << "never shown; at last " << last.dump();
        return last;
    }
    Answer leg(const Party& party, const std::string& agency, const std::string& inspection, const std::string& step, const nlohmann::json& body) {
        return station.post(party, "/v1/inspections/" + inspection + "/legs/" + agency + ":" + step, body);
    }
};

TEST_F(BoardAtPort, shows_what_was_filed_selected_begun_and_decided) {
    filed(station, fresh("produce-northbound", Look::nobody));
    const std::string manifest = filed(station, fresh("produce-northbound", Look::both_inspect))["manifestId"];
    const std::string inspection = inspection_of(station, manifest);
    nlohmann::json shown =
        board_that([](const nlohmann::json& b) { return b["statuses"].value("INSPECTION_REQUIRED", 0) == 1 && b["queue"].size() == 2; });
    EXPECT_TRUE(shown["current"]);
    EXPECT_EQ(shown["statuses"]["CLEARED"], 1);
    EXPECT_EQ(shown["hours"].size(), 24u);
    EXPECT_EQ(shown["queue"][0]["agency"], "CBP");
    EXPECT_EQ(shown["queue"][0]["waiting"], 1);
    EXPECT_EQ(shown["queue"][1]["agency"], "SAT");

    nlohmann::json named;
    named["inspectionId"] = inspection;
    const Answer claimed = station.post(station.cbp, "/v1/ports/2604/inspections:claim", named);
    ASSERT_EQ(claimed.status, 200) << claimed.body;
    nlohmann::json body;
    body["fence"] = claimed.json()["leg"]["fence"];
    ASSERT_EQ(leg(station.cbp, "CBP", inspection, "start", body).status, 200);
    body["decision"] = "RELEASE";
    const Answer decided = leg(station.cbp, "CBP", inspection, "decide", body);
    ASSERT_EQ(decided.status, 200) << decided.body;
    const auto sum = [](const nlohmann::json& b, const std::string& what) {
        std::int64_t all = 0;
        for (const nlohmann::json& hour : b["hours"]) {
            for (const nlohmann::json& agency : hour["agencies"]) all += agency[what].get<std::int64_t>();
        }
        return all;
    };
    shown = board_that([&](const nlohmann::json& b) { return sum(b, "released") == 1 && b["queue"].size() == 1; });
    EXPECT_EQ(sum(shown, "begun"), 1);
    EXPECT_EQ(sum(shown, "refused"), 0);
    std::int64_t filings = 0;
    std::int64_t selected = 0;
    nlohmann::json group;
    for (const nlohmann::json& hour : shown["hours"]) {
        filings += hour["filed"].get<std::int64_t>();
        selected += hour["selected"].get<std::int64_t>();
        for (const nlohmann::json& each : hour["groups"]) {
            if (each["begun"] == 1) group = each;
        }
    }
    EXPECT_EQ(filings, 2);
    EXPECT_EQ(selected, 1);
    EXPECT_EQ(group["agency"], "CBP");
    EXPECT_TRUE(group.contains("lane"));
    EXPECT_EQ(group["waitMinutes"]["p50"], 0.5) << "the truck is on its way: nobody waited";
    EXPECT_EQ(group["waitMinutes"]["p95"], 0.5);

    const Answer of_cbp = board(station.cbp);
    EXPECT_EQ(board(station.sat).body, of_cbp.body) << "the same numbers for both";
    const Answer known = board(station.sat, "",
                               {
                                   {"If-None-Match", of_cbp.header("ETag")}
    });
    EXPECT_EQ(known.status, 304) << known.body;
    EXPECT_EQ(board(station.cbp, "?hours=48").json()["hours"].size(), 48u);
}

TEST_F(BoardAtPort, is_for_officers_at_ports_that_there_are) {
    EXPECT_EQ(board(station.broker).status, 403);
    EXPECT_EQ(board(station.carrier).status, 403);
    EXPECT_EQ(station.get(station.cbp, "/v1/ports/9999/board").status, 404);
    EXPECT_EQ(station.get(station.cbp, "/v1/ports/Laredo/board").status, 404);
    for (const char* hours : {"0", "49", "-1", "x", "", "24h"}) EXPECT_EQ(board(station.sat, "?hours=" + std::string{hours}).status, 400) << hours;
    EXPECT_EQ(board(station.sat, "?day=1").status, 400);
    for (const char* hours : {"1", "48"}) EXPECT_EQ(board(station.sat, "?hours=" + std::string{hours}).status, 200) << hours;
}

}  // namespace puente::test
