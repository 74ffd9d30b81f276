#include "puente/simulation/simulate.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "unit/simulation/ports.hpp"

namespace puente::simulation {
namespace {

using std::chrono::minutes;

const Task scan{0, minutes{30}};
const Task reconocimiento{1, minutes{60}};

Plan with(Policy policy) {
    Plan plan;
    plan.policy = policy;
    return plan;
}

TEST(Simulate, lets_agencies_by_themselves_look_one_after_the_other) {
    const Course course = simulate(small_port(), with(Policy::separate), {load(at(1), general, {scan, reconocimiento})});
    EXPECT_EQ(course.visits.size(), 2u);
    EXPECT_EQ(course.released.at(0), at(2, 30));
}

TEST(Simulate, lets_agencies_together_look_in_one_visit_as_long_as_the_longest) {
    const Course course = simulate(small_port(), with(Policy::joint), {load(at(1), general, {scan, reconocimiento})});
    EXPECT_EQ(course.visits.size(), 1u);
    EXPECT_EQ(course.released.at(0), at(2));
}

TEST(Simulate, keeps_loads_that_one_agency_wants_out_of_joint_bays) {
    const Course course = simulate(small_port(), with(Policy::joint), {load(at(1), general, {scan}), load(at(1), general, {reconocimiento})});
    for (const Visit& visit : course.visits) EXPECT_NE(visit.station, 0);
    EXPECT_EQ(course.visits.size(), 2u);
}

TEST(Simulate, releases_at_once_what_nobody_wants_to_see) {
    EXPECT_EQ(simulate(small_port(), with(Policy::joint), {load(at(1), general, {})}).released.at(0), at(1));
}

TEST(Simulate, begins_nothing_while_an_agency_is_away) {
    Scenario port = small_port();
    port.agencies[1].hours = {8, 10};
    const std::vector<Load> loads{load(at(1), general, {scan, reconocimiento}), load(at(9, 30), general, {scan, reconocimiento}),
                                  load(at(9, 45), general, {scan, reconocimiento})};
    const Course course = simulate(port, with(Policy::joint), loads);
    EXPECT_EQ(course.released, (std::vector<Instant>{at(9), at(10, 30), at(33)}));  // what has begun is finished; the third waits for the next day
}

TEST(Simulate, sends_a_class_to_the_lane_kept_for_it) {
    Scenario port = small_port();
    port.stations.insert(port.stations.begin() + 1, {"fastLane", {}, {0}, {0}, {fast}, 1, {Policy::joint}, false});
    const Course course = simulate(port, with(Policy::joint), {load(at(1), general, {scan}), load(at(1), fast, {scan})});
    EXPECT_EQ(course.released, (std::vector<Instant>{at(1, 30), at(1, 30)}));
}

/// One bay; the first load occupies it until the others wait. Says in which order they begin.
std::vector<std::uint32_t> order_of(const std::vector<Load>& loads, const Plan& plan) {
    std::vector<std::uint32_t> order;
    for (const Visit& visit : simulate(small_port(), plan, loads).visits) order.push_back(visit.load);
    return order;
}

TEST(Simulate, takes_the_waiting_in_the_order_of_their_turns) {
    const std::vector<Load> loads{load(at(1), general, {scan}), load(at(1, 1), general, {scan}), load(at(1, 2), produce, {scan}),
                                  load(at(1, 3), fast, {scan})};
    EXPECT_EQ(order_of(loads, with(Policy::joint)), (std::vector<std::uint32_t>{0, 3, 2, 1}));
    Plan by_arrival = with(Policy::joint);
    by_arrival.head_starts = {minutes{0}, minutes{0}, minutes{0}};
    EXPECT_EQ(order_of(loads, by_arrival), (std::vector<std::uint32_t>{0, 1, 2, 3}));
}

TEST(Simulate, tells_equal_turns_apart_by_age_then_number) {
    std::vector<Load> loads{load(at(1), general, {scan}), load(at(1, 1), general, {scan}), load(at(1, 1), general, {scan}),
                            load(at(1, 1), general, {scan})};
    loads[3].filed = at(0);
    EXPECT_EQ(order_of(loads, with(Policy::joint)), (std::vector<std::uint32_t>{0, 3, 1, 2}));
}

TEST(Simulate, reorders_those_who_wait_when_a_contingency_begins_and_when_it_ends) {
    std::vector<Load> loads{load(at(0, 50), general, {scan}), load(at(0, 51), general, {scan}), load(at(0, 52), general, {scan}),
                            load(at(0, 53), medical, {scan}), load(at(0, 54), medical, {scan})};
    Plan plan = with(Policy::joint);
    EXPECT_EQ(order_of(loads, plan), (std::vector<std::uint32_t>{0, 1, 2, 3, 4}));
    plan.contingency = ContingencySpan{1, 100, {"medical"}};
    EXPECT_EQ(order_of(loads, plan), (std::vector<std::uint32_t>{0, 3, 4, 1, 2}));
    plan.contingency->until_hour = 2;  // begun by then: 0 at 0:50, 3 at 1:20, 4 at 1:50
    loads.push_back(load(at(0, 55), medical, {scan}));
    EXPECT_EQ(order_of(loads, plan), (std::vector<std::uint32_t>{0, 3, 4, 1, 2, 5}));
    plan.contingency->classes = {"agribusiness"};
    EXPECT_EQ(order_of(loads, plan), (std::vector<std::uint32_t>{0, 1, 2, 3, 4, 5}));
}

TEST(Simulate, counts_the_port_on_the_hour) {
    const Course course =
        simulate(small_port(), with(Policy::joint), {load(at(0, 30), general, {reconocimiento}), load(at(0, 40), general, {reconocimiento})});
    ASSERT_GE(course.marks.size(), 4u);
    EXPECT_EQ(course.marks[0].arrived, 0u);
    EXPECT_EQ(course.marks[1].waiting, 1u);
    EXPECT_EQ(course.marks[1].oldest, minutes{20});
    EXPECT_EQ(course.marks[1].at_stations, (std::vector<std::uint32_t>{0, 1, 0}));
    EXPECT_EQ(course.marks[2].waiting, 0u);
    EXPECT_EQ(course.marks[2].released, 1u);
    EXPECT_EQ(course.marks[3].released, 2u);
}

TEST(Simulate, gives_up_on_a_queue_that_would_last_for_ever) {
    std::vector<Load> loads;
    for (int i = 0; i < 5; ++i)
        loads.push_back(load(at(1), general,
                             {
                                 {0, std::chrono::hours{24 * 50}}
        }));
    const Course course = simulate(small_port(), with(Policy::joint), loads);
    EXPECT_EQ(std::count(course.released.begin(), course.released.end(), never), 3);
    EXPECT_EQ(course.visits.size(), 5u);
}

TEST(Loads, are_the_same_for_the_same_seed_only) {
    const Scenario port = small_port();
    const auto arrivals = [&](std::uint64_t seed) {
        std::vector<Instant> found;
        for (const Load& each : draw_loads(port, 2, seed)) found.push_back(each.arrival);
        return found;
    };
    EXPECT_EQ(arrivals(7), arrivals(7));
    EXPECT_NE(arrivals(7), arrivals(8));
}

TEST(Loads, follow_the_scenario_in_number_hours_classes_shares_and_durations) {
    Scenario port = small_port();
    port.loads_a_day = 20'000;
    port.by_hour.fill(0);
    port.by_hour[9] = 3;
    port.by_hour[10] = 1;
    port.filed_before = {2, 4};
    port.works[0].share = {0.25, 0, 1, 1};
    port.works[0].minutes = {40, 100};
    const std::vector<Load> loads = draw_loads(port, 1, test_seed());
    EXPECT_NEAR(static_cast<double>(loads.size()), 20'000, 800);
    int in_hour_nine = 0;
    std::array<int, 4> of_class{};
    std::array<int, 4> scanned{};
    std::vector<double> lasted;
    for (const Load& each : loads) {
        EXPECT_TRUE(each.arrival >= at(9) && each.arrival < at(11));
        EXPECT_TRUE(each.filed <= each.arrival - minutes{120} && each.filed >= each.arrival - minutes{240});
        in_hour_nine += each.arrival < at(10) ? 1 : 0;
        ++of_class.at(each.load_class);
        for (const Task& task : each.tasks) {
            if (task.work != 0) continue;
            ++scanned.at(each.load_class);
            lasted.push_back(static_cast<double>(task.duration.count()) / 60e6);
        }
    }
    const double count = static_cast<double>(loads.size());
    EXPECT_NEAR(in_hour_nine / count, 0.75, 0.02);
    EXPECT_NEAR(of_class[general] / count, 0.5, 0.02);
    EXPECT_NEAR(of_class[medical] / count, 0.1, 0.02);
    EXPECT_NEAR(static_cast<double>(scanned[general]) / of_class[general], 0.25, 0.03);
    EXPECT_EQ(scanned[fast], 0);
    EXPECT_EQ(scanned[produce], of_class[produce]);
    std::sort(lasted.begin(), lasted.end());
    EXPECT_NEAR(lasted[lasted.size() / 2], 40, 3);
    EXPECT_NEAR(lasted[lasted.size() * 95 / 100], 100, 8);
}

TEST(Loads, meet_a_work_only_while_it_is_done) {
    Scenario port = small_port();
    port.works[1].from_hour = 6;
    port.works[1].until_hour = 12;
    for (const Load& each : draw_loads(port, 1, test_seed())) {
        const bool met = each.tasks.size() == 2;
        EXPECT_EQ(met, each.arrival >= at(6) && each.arrival < at(12));
    }
}

}  // namespace
}  // namespace puente::simulation
