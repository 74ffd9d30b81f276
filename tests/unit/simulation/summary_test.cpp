#include "puente/simulation/summary.hpp"

#include <gtest/gtest.h>

#include "unit/simulation/ports.hpp"

namespace puente::simulation {
namespace {

using std::chrono::minutes;

TEST(Spread, is_of_the_nearest_rank) {
    std::vector<Span> spans;
    for (int i = 20; i >= 1; --i) spans.push_back(minutes{i});
    const Spread spread = spread_of(spans);
    EXPECT_EQ(spread.count, 20u);
    EXPECT_EQ(spread.p50, minutes{10});
    EXPECT_EQ(spread.p90, minutes{18});
    EXPECT_EQ(spread.p95, minutes{19});
    EXPECT_EQ(spread.max, minutes{20});
    EXPECT_EQ(spread_of({minutes{7}}).p50, minutes{7});
    EXPECT_EQ(spread_of({}).count, 0u);
}

const GroupWaits& group(const Summary& summary, const std::string& name) {
    for (const GroupWaits& each : summary.groups) {
        if (each.name == name) return each;
    }
    throw std::runtime_error{name};
}

/// Two loads of half an hour for one bay: the second waits for half an hour.
TEST(Summary, counts_waits_by_class_and_group) {
    const Scenario port = small_port();
    const std::vector<Load> loads{
        load(at(1), general, {{0, minutes{30}}}
          ), load(at(1), medical, {                {0, minutes{30}}               }
          ),
        load(at(9), produce, { {0, minutes{30}},                {1, minutes{60}}}
          )
    };
    const Plan plan;
    const Course course = simulate(port, plan, loads);
    const Summary summary = summarise(port, plan, {"medical"}, loads, course);
    EXPECT_EQ(group(summary, "medical").waited.max, minutes{30});
    EXPECT_EQ(group(summary, "medical").at_port.max, minutes{60});
    EXPECT_EQ(group(summary, "general").waited.max, minutes{0});
    EXPECT_EQ(group(summary, "essential").waited.count, 1u);
    EXPECT_EQ(group(summary, "other").waited.count, 2u);
    EXPECT_EQ(group(summary, "several").waited.count, 1u);
    EXPECT_EQ(group(summary, "several").at_port.max, minutes{60});
    EXPECT_EQ(group(summary, "all").waited.count, 3u);
    EXPECT_EQ(group(summarise(port, plan, {}, loads, course), "essential").waited.count, 2u);
}

TEST(Summary, measures_use_in_open_hours_until_the_last_day_ends) {
    Scenario port = small_port();
    port.agencies[0].hours = {12, 24};
    const std::vector<Load> loads{
        load(at(18), general, {{0, std::chrono::hours{3}}}
          ), load(at(18), general, {{0, std::chrono::hours{6}}}
          )
    };
    const Plan plan;
    const Summary summary = summarise(port, plan, {}, loads, simulate(port, plan, loads));
    ASSERT_EQ(summary.stations.size(), 3u);
    EXPECT_DOUBLE_EQ(summary.stations[2].used, 0.5);  // from 18 to 24 of the hours from 12 to 24
    EXPECT_EQ(summary.stations[2].visits, 2u);
    EXPECT_DOUBLE_EQ(summary.stations[0].used, 0);
    EXPECT_EQ(summary.released_in_days, 1u);
    EXPECT_EQ(summary.most_waiting, 1u);
    EXPECT_EQ(summary.oldest, std::chrono::hours{3});  // at 21, when the hour strikes before the other visit ends
    EXPECT_EQ(summary.empty_again, at(24));
}

}  // namespace
}  // namespace puente::simulation
