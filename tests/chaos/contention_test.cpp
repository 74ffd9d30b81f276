// Many want the same thing at once.
#include <iostream>
#include <signal.h>

#include <algorithm>
#include <barrier>
#include <future>
#include <set>

#include "chaos/load.hpp"

namespace puente::test {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

namespace {

/// Runs the same work on so many threads, each with its number and a connection of its own.
void at_once(const Station& station, int threads, const std::function<void(int, HttpsClient&)>& work) {
    std::vector<std::thread> all;
    for (int i = 0; i < threads; ++i) {
        all.emplace_back([&station, &work, i] {
            HttpsClient client = station.client(30s);
            work(i, client);
        });
    }
    for (std::thread& each : all) each.join();
}

}  // namespace

TEST(Contention, one_key_on_many_connections_files_one_manifest) {
    constexpr int connections = 100;
    Station station;
    const std::string body = fresh("produce-northbound", Look::both_inspect).dump();
    const Ask ask{
        "POST",
        "/v1/manifests",
        {station.bearer(station.broker), {"Content-Type", "application/json"}, {"Idempotency-Key", "\"" + new_uuid() + "\""}},
        body
    };
    std::mutex mutex;
    std::set<std::string> bodies;
    std::map<int, int> statuses;
    std::vector<std::chrono::milliseconds> times;
    int first_answers = 0;
    std::barrier start{connections};
    at_once(station, connections, [&](int, HttpsClient& client) {
        client.connect();
        start.arrive_and_wait();
        const auto end = Clock::now() + 3s;
        while (Clock::now() < end) {
            const auto begun = Clock::now();
            const Answer answer = client.ask(ask);
            const auto took = std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - begun);
            const std::lock_guard lock{mutex};
            ++statuses[answer.status];
            times.push_back(took);
            if (answer.status == 201) bodies.insert(answer.body);
            if (answer.status == 201 && !answer.has("Idempotent-Replayed")) ++first_answers;
        }
    });
    EXPECT_EQ(bodies.size(), 1u);
    EXPECT_EQ(first_answers, 1);
    for (const auto& [status, count] : statuses) EXPECT_TRUE(status == 201 || status == 409 || status == 503) << count << " answers " << status;
    EXPECT_GE(statuses[201], connections);
    EXPECT_EQ(station.sql("SELECT count(*) FROM puente.manifest"), "1");
    EXPECT_EQ(station.sql("SELECT count(*) FROM puente.inspection"), "1");
    std::sort(times.begin(), times.end());
    std::cout << times.size() << " answers, p99 " << times[times.size() * 99 / 100].count() << " ms\n";
}

TEST(Contention, one_trip_under_many_keys_files_one_manifest) {
    constexpr int clients = 50;
    Station station;
    for (int round = 0; round < 5; ++round) {
        Json document = fresh();
        std::mutex mutex;
        std::map<int, int> statuses;
        std::barrier start{clients};
        const auto authorization = station.bearer(station.broker);
        at_once(station, clients, [&](int, HttpsClient& client) {
            Json mine = document;
            mine["documentId"] = new_uuid();
            const Ask ask{
                "POST",
                "/v1/manifests",
                {authorization, {"Content-Type", "application/json"}, {"Idempotency-Key", "\"" + new_uuid() + "\""}},
                mine.dump()
            };
            client.connect();
            start.arrive_and_wait();
            const Answer answer = client.ask(ask);
            const std::lock_guard lock{mutex};
            ++statuses[answer.status];
            EXPECT_TRUE(answer.status == 201 || answer.json()["findings"][0]["rule"] == "SHARED-155") << answer.status << answer.body;
        });
        EXPECT_EQ(statuses[201], 1);
        EXPECT_EQ(statuses[422], clients - 1);
        EXPECT_EQ(station.sql("SELECT count(*) FROM puente.manifest WHERE trip_number = '" + document["trip"]["tripNumber"].get<std::string>() + "'"),
                  "1");
    }
}

TEST(Contention, each_leg_goes_to_one_of_many_claimers) {
    constexpr int items = 60;
    constexpr int officers = 8;  // of each agency
    Station station;
    std::vector<std::string> inspections;
    for (int i = 0; i < 2 * items; ++i)
        inspections.push_back(inspection_of(station, filed(station, fresh("produce-northbound", Look::both_inspect))["manifestId"]));
    std::vector<std::pair<std::string, std::string>> bearers;
    for (int i = 0; i < 2 * officers; ++i)
        bearers.push_back(station.bearer(station.add_client({"--role", "officer", "--agency", i % 2 == 0 ? "CBP" : "SAT"})));

    // The first half by name, everybody the same one at the same moment.
    std::mutex mutex;
    std::map<std::pair<std::string, int>, int> winners;
    std::map<int, int> statuses;
    std::chrono::milliseconds slowest{0};
    std::barrier together{2 * officers};
    at_once(station, 2 * officers, [&](int number, HttpsClient& client) {
        client.connect();
        for (int item = 0; item < items; ++item) {
            const Ask ask{
                "POST",
                "/v1/ports/2604/inspections:claim",
                {bearers[static_cast<std::size_t>(number)], {"Content-Type", "application/json"}},
                "{\"inspectionId\":\"" + inspections[static_cast<std::size_t>(item)] + "\"}"
            };
            together.arrive_and_wait();
            const auto begun = Clock::now();
            const Answer answer = client.ask(ask);
            const auto took = std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - begun);
            const std::lock_guard lock{mutex};
            ++statuses[answer.status];
            slowest = std::max(slowest, took);
            if (answer.status == 200) ++winners[{inspections[static_cast<std::size_t>(item)], number % 2}];
        }
    });
    EXPECT_EQ(winners.size(), static_cast<std::size_t>(2 * items)) << "each leg has a winner";
    for (const auto& [leg, count] : winners) EXPECT_EQ(count, 1) << leg.first;
    EXPECT_EQ(statuses[200], 2 * items);
    EXPECT_EQ(statuses[409], 2 * items * (officers - 1));
    std::cout << "slowest answer " << slowest.count() << " ms\n";

    // The other half in the order of the queue, until there is nothing left.
    std::map<std::pair<std::string, int>, int> taken;
    at_once(station, 2 * officers, [&](int number, HttpsClient& client) {
        const Ask ask{
            "POST", "/v1/ports/2604/inspections:claim", {bearers[static_cast<std::size_t>(number)], {"Content-Type", "application/json"}},
              "{}"
        };
        for (Answer answer = client.ask(ask); answer.status == 200; answer = client.ask(ask)) {
            const std::lock_guard lock{mutex};
            ++taken[{answer.json()["inspectionId"], number % 2}];
        }
    });
    EXPECT_EQ(taken.size(), static_cast<std::size_t>(2 * items)) << "somebody went away although there was work";
    for (const auto& [leg, count] : taken) EXPECT_EQ(count, 1) << leg.first;
    EXPECT_EQ(station.sql("SELECT count(*) FROM puente.inspection_leg WHERE fence <> 1 OR lease_until IS NULL"), "0");
    expect_fences_to_agree(station);
}

class StaleHolder : public testing::Test {
protected:
    StaleHolder() {
        manifest_ = filed(station_, fresh("produce-northbound", Look::cbp_inspects))["manifestId"];
        inspection_ = inspection_of(station_, manifest_);
        second_ = station_.add_client({"--role", "officer", "--agency", "CBP"});
    }
    std::int64_t claim(const Party& officer) {
        const Answer answer = station_.post(officer, "/v1/ports/2604/inspections:claim",
                                            {
                                                {"inspectionId", inspection_}
        });
        EXPECT_EQ(answer.status, 200) << answer.body;
        return answer.json()["leg"].value("fence", std::int64_t{-1});
    }
    std::string leg_path(const std::string& step) const { return "/v1/inspections/" + inspection_ + "/legs/CBP:" + step; }
    Answer step(const Party& officer, const std::string& name, nlohmann::json body) { return station_.post(officer, leg_path(name), body); }
    void let_the_lease_end() const {
        EXPECT_EQ(
            station_.sql("UPDATE puente.inspection_leg SET lease_until = clock_timestamp() - interval '1 second' WHERE lease_until IS NOT NULL"), "");
    }
    std::string state() const {
        return station_.sql(
            "SELECT state, CASE WHEN lease_until IS NOT NULL THEN holder END, fence, decision_note "
            "FROM puente.inspection_leg LEFT JOIN puente.leg_holder USING (inspection_id, agency, fence) WHERE agency = 'CBP'");
    }

    Station station_{{{"--public-url", "https://localhost:1"}}};
    std::string manifest_;
    std::string inspection_;
    Party second_;
};

TEST_F(StaleHolder, changes_nothing_after_another_has_taken_the_leg) {
    const std::int64_t late = claim(station_.cbp);
    EXPECT_EQ(step(station_.cbp, "start",
                   {
                       {"fence", late}
    })
                  .status,
              200);
    let_the_lease_end();
    const std::int64_t fence = claim(second_);
    EXPECT_EQ(fence, late + 1);
    const std::string before = state();
    for (const char* decision : {"RELEASE", "REFUSE"}) {
        const Answer answer = step(station_.cbp, "decide",
                                   {
                                       {"fence",    late      },
                                       {"decision", decision  },
                                       {"note",     "too late"},
                                       {"findings", nlohmann::json::array({nlohmann::json{{"kind", "UNDECLARED_GOODS"}}})}
        });
        EXPECT_EQ(answer.status, 412) << answer.body;
        EXPECT_EQ(step(station_.cbp, "decide",
                       {
                           {"fence",    fence     },
                           {"decision", decision  },
                           {"note",     "too late"},
                           {"findings", nlohmann::json::array({nlohmann::json{{"kind", "UNDECLARED_GOODS"}}})}
        })
                      .status,
                  412)
            << "a fence that was guessed";
    }
    EXPECT_EQ(step(station_.cbp, "release-claim",
                   {
                       {"fence", late}
    })
                  .status,
              412);
    EXPECT_EQ(state(), before);
    const Answer decided = step(second_, "decide",
                                {
                                    {"fence",    fence    },
                                    {"decision", "RELEASE"}
    });
    EXPECT_EQ(decided.status, 200) << decided.body;
    EXPECT_EQ(station_.get(station_.broker, "/v1/manifests/" + manifest_ + "/status").json()["status"], "RELEASED");
    expect_fences_to_agree(station_);
}

TEST_F(StaleHolder, changes_nothing_after_the_lease_although_nobody_came) {
    const std::int64_t late = claim(station_.cbp);
    let_the_lease_end();
    const std::string before = state();
    EXPECT_EQ(step(station_.cbp, "start",
                   {
                       {"fence", late}
    })
                  .status,
              412);
    EXPECT_EQ(state(), before);
    EXPECT_EQ(claim(station_.cbp), late + 1);
}

TEST_F(StaleHolder, is_fenced_when_its_gateway_was_asleep) {
    // A second gateway on the same database, which does not sleep.
    const std::uint16_t port = free_port();
    Process other{station_.command(port), {}, {}};
    HttpsClient awake{port, Certificates::shared().plain};
    ASSERT_TRUE(soon(
        [&] {
            try {
                return awake.ask({"GET", "/readyz"}).status == 200;
            } catch (const Lost&) {
                return false;
            }
        },
        30s * slowness));
    const Ask take{
        "POST",
        "/v1/ports/2604/inspections:claim",
        {station_.bearer(second_), {"Content-Type", "application/json"}},
        "{\"inspectionId\":\"" + inspection_ + "\"}"
    };

    const std::int64_t late = claim(station_.cbp);
    EXPECT_EQ(step(station_.cbp, "start",
                   {
                       {"fence", late}
    })
                  .status,
              200);
    station_.process().signal(SIGSTOP);
    const auto authorization = station_.bearer(station_.cbp);
    std::future<Answer> deciding = std::async(std::launch::async, [&, body =
                                                                          nlohmann::json{
                                                                              {"fence",    late     },
                                                                              {"decision", "RELEASE"}
    }
                                                                              .dump()] {
        HttpsClient client = station_.client(60s);
        return client.ask({
            "POST", leg_path("decide"), {authorization, {"Content-Type", "application/json"}},
              body
        });
    });
    let_the_lease_end();
    const Answer taken = awake.ask(take);
    EXPECT_EQ(taken.status, 200) << taken.body;
    station_.process().signal(SIGCONT);
    EXPECT_EQ(deciding.get().status, 412);
    EXPECT_EQ(state(), "WORKING|" + second_.id + "|" + std::to_string(late + 1) + "|");
    other.signal(SIGTERM);
    EXPECT_EQ(other.wait(30s), std::optional<int>{0});
}

}  // namespace puente::test
