// The gateway dies: nothing acknowledged is lost, nothing is there twice.
#include <signal.h>

#include "chaos/load.hpp"

namespace puente::test {

using namespace std::chrono_literals;

TEST(Killed, at_random_times_under_load_it_loses_nothing) {
    std::mt19937 random{test_seed()};
    Station station;
    Load load{station, 6, 20ms};
    for (int kills = 0; kills < 8; ++kills) {
        const std::size_t before = load.acknowledged_so_far();
        ASSERT_TRUE(soon([&] { return load.acknowledged_so_far() >= before + 5; }, 20s * slowness)) << "nothing is filed after restart " << kills;
        std::this_thread::sleep_for(std::chrono::milliseconds{
            std::uniform_int_distribution{0, 400}
            (random)
        });
        station.kill();
        station.start();
    }
    load.finish();
    expect_all_is_well(station, load);
}

class FaultPoint : public testing::Test {
protected:
    void SetUp() override {
#ifndef PUENTE_FAULT_POINTS
        GTEST_SKIP() << "fault points are not in this build";
#endif
    }
    /// Submits to a gateway that dies at this point, then again to one that does not; gives the second answer.
    Answer submit_again(const std::string& point, Look look) {
        station_.start(
            {
        },
            {{"PUENTE_FAULT", point}});
        const std::string key = new_uuid();
        const std::string body = fresh("produce-northbound", look).dump();
        station_.token(station_.broker);
        EXPECT_THROW(station_.submit(station_.broker, body, key), Lost);
        EXPECT_EQ(station_.process().wait(10s), std::optional<int>{128 + SIGABRT});
        station_.start({}, {});
        return station_.submit(station_.broker, body, key);
    }

    Station station_{
        {{}, {}, false}
    };
};

TEST_F(FaultPoint, dead_between_commit_and_answer_the_retry_gets_the_stored_answer) {
    const Answer answer = submit_again("after_commit_abort", Look::both_inspect);
    EXPECT_EQ(answer.status, 201) << answer.body;
    EXPECT_EQ(answer.header("Idempotent-Replayed"), "true");
    EXPECT_EQ(answer.header("Location"), "/v1/manifests/" + answer.json()["manifestId"].get<std::string>());
    EXPECT_EQ(station_.sql("SELECT count(*) FROM puente.manifest"), "1");
    EXPECT_EQ(station_.sql("SELECT count(*) FROM puente.inspection_leg"), "2");
    EXPECT_EQ(station_.get(station_.broker, answer.header("Location")).status, 200);
}

TEST_F(FaultPoint, dead_before_commit_nothing_is_there_and_the_retry_files) {
    const Answer answer = submit_again("before_commit_abort", Look::both_inspect);
    EXPECT_EQ(answer.status, 201) << answer.body;
    EXPECT_FALSE(answer.has("Idempotent-Replayed"));
    EXPECT_EQ(station_.sql("SELECT count(*) FROM puente.manifest"), "1");
}

TEST(Stopped, under_load_no_request_is_cut) {
    Station station;
    Load load{station, 6, 5ms};
    ASSERT_TRUE(soon([&] { return load.acknowledged_so_far() >= 50; }, 20s * slowness));
    EXPECT_EQ(station.stop(), 0);
    station.start();
    load.finish();
    expect_all_is_well(station, load);
    // An answer that was cut would have been filed already when the client asked again.
    for (const Seen& seen : load.history()) EXPECT_FALSE(seen.replayed) << seen.trip;
}

}  // namespace puente::test
