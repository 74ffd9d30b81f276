// The board counts what happened exactly, whoever dies while it does.
#include <signal.h>

#include "chaos/load.hpp"

namespace puente::test {

using namespace std::chrono_literals;

namespace {

/// What the boards of all crossings say, in one line; and what happened, from the records themselves.
std::string counted(const Station& station) {
    return station.sql(
        "SELECT (SELECT concat_ws(' ', COALESCE(sum(filed), 0), COALESCE(sum(selected), 0), COALESCE(sum(begun), 0), COALESCE(sum(released), 0), "
        "COALESCE(sum(held), 0), COALESCE(sum(refused), 0)) FROM puente.board_hour), "
        "(SELECT string_agg(status || ' ' || manifests, ', ' ORDER BY status) FROM (SELECT status, sum(manifests) AS manifests FROM "
        "puente.board_status GROUP BY status) AS kept WHERE manifests <> 0)");
}

std::string happened(const Station& station) {
    return station.sql(
        "SELECT (SELECT concat_ws(' ', (SELECT count(*) FROM puente.manifest), (SELECT count(*) FROM puente.inspection), "
        "(SELECT count(DISTINCT (manifest_id, actor)) FROM puente.event WHERE kind = 'leg_started'), "
        "(SELECT count(*) FROM puente.inspection_leg WHERE state = 'RELEASED'), (SELECT count(*) FROM puente.inspection_leg WHERE state = 'HELD'), "
        "(SELECT count(*) FROM puente.inspection_leg WHERE state = 'REFUSED'))), "
        "(SELECT string_agg(status || ' ' || manifests, ', ' ORDER BY status) FROM (SELECT status, count(*) AS manifests FROM puente.manifest GROUP "
        "BY status) AS there)");
}

/// Once everything is counted the board says what happened, and goes on saying it.
void expect_board_to_agree(const Station& station) {
    EXPECT_TRUE(soon([&] { return counted(station) == happened(station); }, 30s * slowness)) << counted(station) << " but " << happened(station);
    std::this_thread::sleep_for(2500ms);
    EXPECT_EQ(counted(station), happened(station)) << "counted again";
}

}  // namespace

TEST(BoardKilled, between_counting_a_page_and_moving_on_it_counts_each_event_once) {
#ifndef PUENTE_FAULT_POINTS
    GTEST_SKIP() << "fault points are not in this build";
#endif
    Station station;
    for (int deaths = 0; deaths < 3; ++deaths) {
        ASSERT_TRUE(soon([&] { return counted(station) == happened(station); }, 30s * slowness)) << "or it would die before anything is filed";
        station.stop();
        const std::string before = counted(station);
        station.start(
            {
        },
            {{"PUENTE_FAULT", "before_board_move"}});
        filed(station, fresh("produce-northbound", deaths == 1 ? Look::both_inspect : Look::nobody));
        EXPECT_EQ(station.process().wait(20s * slowness), std::optional<int>{128 + SIGABRT});
        EXPECT_EQ(counted(station), before) << "what was not finished is not there";
        station.start({}, {});
    }
    expect_board_to_agree(station);
}

/// Officers of an agency at a gateway: take what is next, begin, decide. What is lost on the way they leave lying, as an officer does whose desk is
/// dark.
class Officers {
public:
    Officers(Station& station, const Party& party, std::string agency, std::uint16_t port)
        : bearer_{station.bearer(party)}, agency_{std::move(agency)}, client_{port, Certificates::shared().plain, 15s}, thread_{[this] { work(); }} {}
    ~Officers() {
        over_ = true;
        thread_.join();
    }
    std::size_t decided() const { return decided_; }

private:
    void work() {
        while (!over_) {
            try {
                if (!work_one()) std::this_thread::sleep_for(20ms);
            } catch (const Lost&) {
                client_.close();
                std::this_thread::sleep_for(20ms);
            }
        }
    }
    Answer post(const std::string& target, const nlohmann::json& body) {
        const Ask ask{
            "POST", target, {bearer_, {"Content-Type", "application/json"}},
              body.dump()
        };
        return client_.ask(ask);
    }
    bool work_one() {
        const Answer claimed = post("/v1/ports/2604/inspections:claim", nlohmann::json::object());
        if (claimed.status != 200) return false;
        const nlohmann::json document = claimed.json();
        const std::string leg = "/v1/inspections/" + document["inspectionId"].get<std::string>() + "/legs/" + agency_ + ":";
        nlohmann::json body;
        body["fence"] = document["leg"]["fence"];
        if (post(leg + "start", body).status != 200) return false;
        body["decision"] = "RELEASE";
        if (post(leg + "decide", body).status != 200) return false;
        ++decided_;
        return true;
    }

    const std::pair<std::string, std::string> bearer_;
    const std::string agency_;
    HttpsClient client_;
    std::atomic<bool> over_{false};
    std::atomic<std::size_t> decided_{0};
    std::thread thread_;
};

TEST(BoardKilled, at_random_with_two_gateways_it_counts_each_event_once) {
    std::mt19937 random{test_seed()};
    Station station;
    station.stop();
    station.start({"--public-url", station.url(), "--issuer", station.url(), "--lease-minutes", "1"}, {});
    // The other one dies of the fault point wherever it counts; where that is not built in, of kill like the first.
    const std::uint16_t port = free_port();
    std::unique_ptr<Process> other;
    const auto start_other = [&] {
        other.reset();
        other = std::make_unique<Process>(station.command(port),
                                          Environment{
                                              {"PUENTE_FAULT", "before_board_move"}
        },
                                          Process::Files{});
    };
    start_other();
    Load load{station, 3, 10ms};
    {
        const Officers cbp{station, station.cbp, "CBP", station.port()};
        const Officers sat{station, station.sat, "SAT", station.port()};
        for (int kills = 0; kills < 6; ++kills) {
            const std::size_t before = load.acknowledged_so_far() + cbp.decided() + sat.decided();
            ASSERT_TRUE(soon([&] { return load.acknowledged_so_far() + cbp.decided() + sat.decided() >= before + 10; }, 30s * slowness));
            std::this_thread::sleep_for(std::chrono::milliseconds{
                std::uniform_int_distribution{0, 800}
                (random)
            });
            station.kill();
            if (kills % 2 == 1) other->signal(SIGKILL);
            if (other->wait(100ms)) start_other();
            station.start();
        }
        EXPECT_GT(cbp.decided() + sat.decided(), 0u);
    }
    load.finish();
    other.reset();
    expect_all_is_well(station, load);
    expect_board_to_agree(station);
}

}  // namespace puente::test
