// More comes than can be worked: nothing accepted is lost, essential goods go first, nobody waits for an agency that does not come.
#include <algorithm>
#include <iostream>

#include "chaos/load.hpp"

namespace puente::test {

using namespace std::chrono_literals;

namespace {

constexpr std::int64_t growth_kib_max = 128 * 1024;
const std::string otay_mesa = "/v1/ports/2506/";
/// All arrive at the same hour, those that are not essential goods half an hour earlier: without a contingency they would go first.
const char* const arrival_of_essential = "2027-02-04T12:15:00-08:00";
const char* const arrival_of_others = "2027-02-04T11:45:00-08:00";

Sheet sheet_of(const Json& document, int due = 201) {
    return {document["trip"]["tripNumber"], document.dump(), due};
}

/// Of four loads one is essential goods, and all are for CBP to look at; one of twenty is refused by the rules.
std::vector<Sheet> surge_of(int count) {
    std::vector<Sheet> sheets;
    for (int i = 0; i < count; ++i) {
        if (i % 20 == 19) {
            sheets.push_back(sheet_of(fresh("medical-northbound.broken"), 422));
            continue;
        }
        const bool essential = i % 4 == 0;
        Json document = fresh(essential ? "medical-northbound" : "empty-trailer-northbound", Look::cbp_inspects);
        document["trip"]["estimatedArrival"] = essential ? arrival_of_essential : arrival_of_others;
        sheets.push_back(sheet_of(document));
    }
    return sheets;
}

void confirm_contingency(Station& station) {
    nlohmann::json proposal;
    proposal["classes"] = {"medical"};
    proposal["reason"] = "the other bridge is closed";
    proposal["lastsMinutes"] = 120;
    const Answer declared = station.post(station.cbp, otay_mesa + "contingency", proposal);
    ASSERT_EQ(declared.status, 200) << declared.body;
    nlohmann::json key;
    key["contingencyId"] = declared.json()["contingencyId"];
    const Answer confirmed = station.post(station.sat, otay_mesa + "contingency:confirm", key);
    ASSERT_EQ(confirmed.status, 200) << confirmed.body;
}

/// Officers who take what is next at a port for as long as they may, and note in which order it came.
class Takers {
public:
    /// They keep half the queue waiting while `load` files.
    Takers(const Station& station, std::vector<std::pair<std::string, std::string>> bearers, const Load& load) : load_{load} {
        for (auto& bearer : bearers) threads_.emplace_back([this, &station, bearer = std::move(bearer)] { take(station.client(30s), bearer); });
    }
    ~Takers() { finish(); }
    /// Takes what is left.
    void finish() {
        draining_ = true;
        for (std::thread& each : threads_) each.join();
        threads_.clear();
    }
    std::size_t taken() const { return taken_; }

private:
    void take(HttpsClient client, const std::pair<std::string, std::string>& bearer) {
        const Ask ask{
            "POST", otay_mesa + "inspections:claim", {bearer, {"Content-Type", "application/json"}},
                "{}"
        };
        while (true) {
            const bool last_look = draining_;
            if (!last_look && 2 * (taken_ + 1) > load_.acknowledged_so_far()) {
                std::this_thread::sleep_for(1ms);
                continue;
            }
            const Answer answer = client.ask(ask);
            EXPECT_TRUE(answer.status == 200 || answer.status == 409 || (answer.status == 503 && answer.has("Retry-After"))) << answer.body;
            if (answer.status == 200) ++taken_;
            if (answer.status == 409 && last_look) return;
        }
    }

    const Load& load_;
    std::atomic<bool> draining_{false};
    std::atomic<std::size_t> taken_{0};
    std::vector<std::thread> threads_;
};

}  // namespace

// F34.
TEST(Surge, is_filed_or_put_off_and_essential_goods_go_first) {
    constexpr int count = 2'400;
    Station station{{{"--requests-in-flight", "24", "--client-rate", "0"}}};
    confirm_contingency(station);
    std::vector<std::pair<std::string, std::string>> officers;
    for (int i = 0; i < 4; ++i) officers.push_back(station.bearer(station.add_client({"--role", "officer", "--agency", "CBP"})));
    const std::int64_t before_kib = resident_kib(station.process().pid());
    std::vector<Sheet> sheets = surge_of(count);
    const auto accepted = static_cast<std::size_t>(std::count_if(sheets.begin(), sheets.end(), [](const Sheet& sheet) { return sheet.due == 201; }));

    const auto begun = std::chrono::steady_clock::now();
    Load load{station, 32, std::move(sheets)};
    Takers takers{station, officers, load};
    load.finish();
    const auto filed_in = std::chrono::steady_clock::now() - begun;
    takers.finish();
    EXPECT_LT(resident_kib(station.process().pid()) - before_kib, growth_kib_max);
    const auto put_off = std::count_if(load.history().begin(), load.history().end(), [](const Seen& seen) { return seen.status == 503; });
    std::cout << count << " in " << std::chrono::duration_cast<std::chrono::milliseconds>(filed_in).count() << " ms, " << put_off
              << " times put off\n";

    EXPECT_EQ(load.acknowledged().size(), accepted);
    EXPECT_EQ(takers.taken(), accepted) << "every load has its turn once";
    expect_all_is_well(station, load);
    expect_fences_to_agree(station);
    // The order of claims, as the log of events has it.
    const std::string places =
        "WITH place AS (SELECT cardinality(i.essential) > 0 AS essential, row_number() OVER (ORDER BY e.event_id) AS place FROM puente.event AS e "
        "JOIN puente.inspection AS i USING (manifest_id) WHERE e.kind = 'leg_claimed') ";
    EXPECT_EQ(station.sql(places + "SELECT count(*) FROM place WHERE essential"), std::to_string(count / 4));
    EXPECT_EQ(station.sql(places + "SELECT percentile_disc(0.5) WITHIN GROUP (ORDER BY place) FILTER (WHERE essential) < percentile_disc(0.5) WITHIN "
                                   "GROUP (ORDER BY place) FILTER (WHERE NOT essential) FROM place"),
              "t")
        << station.sql(places +
                       "SELECT essential, count(*), min(place), percentile_disc(0.5) WITHIN GROUP (ORDER BY place) FROM place GROUP BY essential");
}

// F35: SAT stops. CBP's work goes on as before, what SAT has not looked at waits, and the gateway does not grow.
TEST(Agency, that_stops_does_not_hold_up_the_other) {
    constexpr int count = 300;
    Station station{{{"--client-rate", "0"}}};
    std::vector<Sheet> sheets;
    for (int i = 0; i < count; ++i) sheets.push_back(sheet_of(fresh("empty-trailer-northbound", Look::both_inspect)));
    Load load{station, 8, std::move(sheets)};
    load.finish();
    const std::int64_t before_kib = resident_kib(station.process().pid());
    for (int done = 0; done < count; ++done) {
        const Answer claimed = station.post(station.cbp, otay_mesa + "inspections:claim", nlohmann::json::object());
        ASSERT_EQ(claimed.status, 200) << done << ": " << claimed.body;
        const std::string leg = "/v1/inspections/" + claimed.json()["inspectionId"].get<std::string>() + "/legs/CBP:";
        nlohmann::json body;
        body["fence"] = claimed.json()["leg"]["fence"];
        ASSERT_EQ(station.post(station.cbp, leg + "start", body).status, 200);
        body["decision"] = "RELEASE";
        ASSERT_EQ(station.post(station.cbp, leg + "decide", body).status, 200);
    }
    EXPECT_EQ(station.post(station.cbp, otay_mesa + "inspections:claim", nlohmann::json::object()).status, 409) << "CBP has done its work";
    EXPECT_LT(resident_kib(station.process().pid()) - before_kib, growth_kib_max / 4);
    EXPECT_EQ(station.sql("SELECT status, count(*) FROM puente.manifest GROUP BY status"), "INSPECTION_REQUIRED|" + std::to_string(count));
    EXPECT_TRUE(soon(
        [&] {
            const nlohmann::json queue = station.get(station.sat, otay_mesa + "board").json()["queue"];
            return queue.size() == 1 && queue[0]["agency"] == "SAT" && queue[0]["waiting"] == count;
        },
        30s * slowness))
        << "the board shows how deep the queue is: " << station.get(station.sat, otay_mesa + "board").body;
    const Answer back = station.post(station.sat, otay_mesa + "inspections:claim", nlohmann::json::object());
    EXPECT_EQ(back.status, 200) << "SAT comes back: " << back.body;
    expect_all_is_well(station, load);
}

}  // namespace puente::test
