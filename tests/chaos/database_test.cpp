// The database fails under a gateway that goes on.
#include <iostream>

#include "chaos/load.hpp"

namespace puente::test {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

TEST(DatabaseKilled, under_load_it_comes_back_without_a_restart) {
    Station station;
    const pid_t pid = station.process().pid();
    Load load{station, 6, 10ms};
    ASSERT_TRUE(soon([&] { return load.acknowledged_so_far() >= 30; }, 20s * slowness));
    const std::int64_t before_kib = resident_kib(pid);
    for (int kills = 0; kills < 3; ++kills) {
        station.cluster().kill();
        EXPECT_TRUE(soon([&] { return station.ask({"GET", "/readyz"}).status == 503; }, 10s));
        EXPECT_EQ(station.ask({"GET", "/livez"}).status, 200);
        std::this_thread::sleep_for(1s);
        station.cluster().start();
        const std::size_t filed_before = load.acknowledged_so_far();
        const auto back = Clock::now();
        EXPECT_TRUE(soon([&] { return load.acknowledged_so_far() > filed_before + 6; }, 30s * slowness));
        std::cout << "back after " << std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - back).count() << " ms\n";
    }
    load.finish();
    EXPECT_TRUE(station.process().alive());
    EXPECT_EQ(station.process().pid(), pid);
    EXPECT_LT(resident_kib(pid) - before_kib, 64 * 1024);
    expect_all_is_well(station, load);
    for (const Seen& seen : load.history()) EXPECT_NE(seen.status, 0) << "the gateway cut a connection: " << seen.trip;
}

TEST(SessionsTerminated, at_random_under_load_clients_see_no_error_but_retry) {
    std::mt19937 random{test_seed()};
    Station station;
    Load load{station, 6, 5ms};
    ASSERT_TRUE(soon([&] { return load.acknowledged_so_far() >= 20; }, 20s * slowness));
    const std::string id = load.acknowledged_so_far() > 0 ? station.sql("SELECT manifest_id FROM puente.manifest LIMIT 1") : std::string{};
    std::map<int, int> statuses;
    for (int rounds = 0; rounds < 40; ++rounds) {
        station.sql("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'puente_app' AND datname = '" + station.database() +
                    "' ORDER BY md5(pid::text || " + std::to_string(random() % 1000) + "::text) LIMIT 2");
        ++statuses[station.get(station.broker, "/v1/manifests/" + id).status];
        ++statuses[station.get(station.cbp, "/v1/ports/2604/inspections?limit=1").status];
        std::this_thread::sleep_for(std::chrono::milliseconds{
            std::uniform_int_distribution{0, 100}
            (random)
        });
    }
    load.finish();
    for (const auto& [status, count] : statuses) EXPECT_TRUE(status == 200 || status == 503) << count << " answers " << status;
    EXPECT_GT(statuses[200], 0);
    expect_all_is_well(station, load);
    for (const Seen& seen : load.history()) EXPECT_NE(seen.status, 0) << "the gateway cut a connection: " << seen.trip;
}

}  // namespace puente::test
