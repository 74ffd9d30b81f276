// Events reach every listener exactly once, whatever dies meanwhile.
#include <fmt/format.h>
#include <signal.h>

#include <atomic>
#include <future>
#include <random>
#include <set>
#include <thread>

#include "api/ear.hpp"
#include "api/station.hpp"

namespace puente::test {

using namespace std::chrono_literals;

TEST(EventsOnce, come_after_a_restart_when_the_gateway_dies_before_it_sends_them) {
#ifndef PUENTE_FAULT_POINTS
    GTEST_SKIP() << "fault points are not in this build";
#else
    Station station;
    const std::string start = station
                                  .get(station.broker, "/v1/events",
                                       {
                                           {"Accept", "application/json"}
    })
                                  .json()["next"];
    station.stop();
    station.start(
        {
    },
        {{"PUENTE_FAULT", "before_event_send"}});
    const std::string token = station.token(station.broker);
    Ear ear{station.client(), token, "", start};
    filed(station, fresh());
    EXPECT_TRUE(ear.ends_within(20s)) << "the gateway died between the commit and the event";
    station.start({}, {});
    Ear again{station.client(), token, "", ear.last};
    EXPECT_EQ(again.next()->kind, "filed");
    EXPECT_FALSE(again.next(100ms));
#endif
}

TEST(EventsOnce, reach_every_listener_exactly_once_through_two_gateways_that_are_killed) {
    Station station;
    station.stop();
    const std::vector<std::string> common{"--public-url", station.url(), "--issuer", station.url(), "--client-rate", "0"};
    station.start(common, {});
    const std::uint16_t second_port = free_port();
    const std::vector<std::string> line = station.command(second_port);
    auto second = std::make_unique<Process>(line, Environment{}, Process::Files{});
    const std::string token = station.token(station.broker);
    const std::string cbp_token = station.token(station.cbp);
    const std::string id = filed(station, fresh())["manifestId"];
    const nlohmann::json start = station
                                     .get(station.broker, "/v1/events",
                                          {
                                              {"Accept", "application/json"}
    })
                                     .json();
    const nlohmann::json cbp_start = station
                                         .get(station.cbp, "/v1/events",
                                              {
                                                  {"Accept", "application/json"}
    })
                                         .json();

    // Writers whose transactions take their time, so that numbers commit out of order.
    constexpr int writers = 4;
    constexpr int each = 250;
    std::atomic<int> writing{writers};
    std::vector<std::thread> threads;
    for (int w = 0; w < writers; ++w) {
        threads.emplace_back([&, w] {
            std::string all;
            for (int i = 0; i < each; ++i) {
                all += fmt::format(
                    "BEGIN; INSERT INTO puente.event (manifest_id, at, kind, version, state_no, actor, status, audience) "
                    "VALUES ('{}', now(), 'n', 1, {}, 'CBP', 'CLEARED', '{}'); SELECT pg_sleep({}); COMMIT;",
                    id, w * each + i, i % 5 == 0 ? "OFFICERS" : "ALL", (w + 3 * i) % 7 * 0.004);
            }
            station.sql(all);
            --writing;
        });
    }
    const auto follow = [&](const std::string& bearer, std::string last, std::size_t count, unsigned seed) {
        std::mt19937 random{seed};
        std::vector<std::int64_t> numbers;
        const auto deadline = std::chrono::steady_clock::now() + 90s;
        while (numbers.size() < count && std::chrono::steady_clock::now() < deadline) {
            try {
                const std::uint16_t port = random() % 2 == 0 ? station.port() : second_port;
                Ear ear{
                    HttpsClient{port, Certificates::shared().plain, 5s},
                    bearer, "", last
                };
                const std::size_t most = numbers.size() + random() % 120 + 1;  // then it goes elsewhere by itself
                while (numbers.size() < std::min(most, count)) {
                    const std::optional<Heard> heard = ear.next(3s);
                    if (!heard) break;
                    // "Now" may lie before the filing, when somebody was still writing beside it.
                    if (heard->kind == "n") numbers.push_back(heard->data["stateNo"]);
                    last = heard->id;
                }
            } catch (const Lost&) {
                std::this_thread::sleep_for(20ms);
            }
        }
        return numbers;
    };
    std::vector<std::future<std::vector<std::int64_t>>> followers;
    for (unsigned i = 0; i < 3; ++i)
        followers.push_back(std::async(std::launch::async, [&, i] { return follow(token, start["next"], writers * each * 4 / 5, i); }));
    followers.push_back(std::async(std::launch::async, [&] { return follow(cbp_token, cbp_start["next"], writers * each, 7); }));
    std::mt19937 random{11};
    while (writing > 0) {  // on this thread: a process ends with the thread that started it
        std::this_thread::sleep_for(std::chrono::milliseconds{200 + random() % 400});
        if (random() % 2 == 0) {
            station.kill();
            station.start();
        } else {
            second->signal(SIGKILL);
            second = std::make_unique<Process>(line, Environment{}, Process::Files{});
        }
    }
    for (std::thread& thread : threads) thread.join();
    for (std::size_t i = 0; i < followers.size(); ++i) {
        const std::vector<std::int64_t> numbers = followers[i].get();
        const std::set<std::int64_t> different{numbers.begin(), numbers.end()};
        EXPECT_EQ(numbers.size(), i < 3 ? 800u : 1000u) << "follower " << i << ": none is missing";
        EXPECT_EQ(different.size(), numbers.size()) << "follower " << i << ": none came twice";
    }
}

}  // namespace puente::test
