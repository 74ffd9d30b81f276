// No class starves: a head start is finite, so that nobody is overtaken by a load that comes later than the head starts together, whatever the
// sequence of arrivals and however long the overload lasts.
#include <gtest/gtest.h>

#include <algorithm>

#include "puente/simulation/summary.hpp"
#include "unit/simulation/ports.hpp"

namespace puente::simulation {
namespace {

using std::chrono::microseconds;
using std::chrono::minutes;

minutes all_of(const inspection::HeadStarts& head_starts) {
    return head_starts.trusted + head_starts.perishable + head_starts.contingency;
}

/// Numbers for a sequence of arrivals.
class Draw {
public:
    explicit Draw(std::uint64_t seed) : engine_{seed} {}
    int below(int limit) { return static_cast<int>(engine_() % static_cast<std::uint64_t>(limit)); }

private:
    std::mt19937_64 engine_;
};

/// One bay, and loads that come twice to four times as fast as it can look at them; a service takes half an hour when all are alike.
struct Overload {
    Scenario port = small_port();
    Plan plan;
    std::vector<Load> loads;
    minutes head_starts{0};  ///< together

    Overload(std::uint64_t seed, bool alike) {
        Draw draw{seed};
        port.classes[fast].perishable = draw.below(2) == 0;
        port.classes[medical].trusted = draw.below(2) == 0;
        port.works.resize(1);
        port.stations = {
            {"bay", {}, {0}, {0}, {}, 1, {Policy::joint}, false}
        };
        plan.head_starts = {minutes{draw.below(240)}, minutes{draw.below(120)}, minutes{draw.below(600)}};
        const int begin = draw.below(20);
        if (draw.below(4) > 0)
            plan.contingency = ContingencySpan{
                begin, begin + 1 + draw.below(30), {"medical", "agribusiness"}
            };
        const int gap = 8 + draw.below(8);  // minutes between two arrivals, on average
        Instant now = at(0);
        for (int i = 0; i < 80; ++i) {
            now += std::chrono::seconds{draw.below(gap * 120 + 1)};
            const minutes lasts{alike ? 30 : 5 + draw.below(60)};
            Load next = load(now, static_cast<std::uint16_t>(draw.below(4)),
                             {
                                 {0, lasts}
            });
            next.filed -= std::chrono::hours{draw.below(24)};
            loads.push_back(next);
        }
        head_starts = all_of(plan.head_starts);
    }
};

/// By how much the latest load came after one that it overtook: began while the other stood in the same queue.
microseconds worst_overtaking(const std::vector<Load>& loads, const Course& course) {
    microseconds worst{0};
    for (std::size_t j = 0; j < course.visits.size(); ++j) {
        const Visit& first = course.visits[j];
        for (std::size_t i = j + 1; i < course.visits.size(); ++i) {
            const Visit& later = course.visits[i];
            if (later.station != first.station || later.ready > first.begun || later.begun == first.begun) continue;
            worst = std::max(worst, loads[first.load].arrival - loads[later.load].arrival);
        }
    }
    return worst;
}

TEST(Turn, of_a_load_comes_before_that_of_any_which_comes_later_than_all_head_starts) {
    Draw draw{test_seed()};
    const inspection::Contingency contingency{{"medical"}};
    for (int i = 0; i < 20'000; ++i) {
        const inspection::HeadStarts head_starts{minutes{draw.below(500)}, minutes{draw.below(500)}, minutes{draw.below(3000)}};
        const auto place = [&](Instant came) {
            inspection::Place made;
            made.estimated_arrival = came;
            made.opened_at = came - minutes{draw.below(1000)};
            made.trusted = draw.below(2) == 0;
            made.perishable = draw.below(2) == 0;
            if (draw.below(2) == 0) made.essential = {"medical"};
            return made;
        };
        const Instant came = at(draw.below(1000));
        const inspection::Place first = place(came);
        const inspection::Place later = place(came + all_of(head_starts) + microseconds{1});
        for (const inspection::Contingency* each : {static_cast<const inspection::Contingency*>(nullptr), &contingency})
            ASSERT_LT(turn_of(first, head_starts, each), turn_of(later, head_starts, each)) << i;
    }
}

TEST(Fairness, nobody_is_overtaken_by_a_load_that_comes_later_than_the_head_starts) {
    const std::uint64_t seed = test_seed();
    int sharp = 0;  // sequences in which somebody was overtaken by nearly as much: the bound is one that could be broken
    for (std::uint64_t i = 0; i < 3'000; ++i) {
        const Overload overload{seed + i, false};
        const Course course = simulate(overload.port, overload.plan, overload.loads);
        const microseconds worst = worst_overtaking(overload.loads, course);
        ASSERT_LE(worst, overload.head_starts) << "PUENTE_SEED=" << seed + i;
        ASSERT_EQ(std::count(course.released.begin(), course.released.end(), never), 0) << "PUENTE_SEED=" << seed + i;
        sharp += worst * 10 > overload.head_starts * 6 ? 1 : 0;
    }
    EXPECT_GT(sharp, 30);
}

/// With services that are all alike, when the k-th begins does not depend on the order. A load is preceded at most by those that come until all head
/// starts after it: it begins no later than the last of these would have if everybody were taken in the order of arrival.
TEST(Fairness, nobody_waits_longer_than_behind_all_that_come_within_the_head_starts) {
    const std::uint64_t seed = test_seed();
    int waited_longer = 0;  // than in the order of arrival
    for (std::uint64_t i = 0; i < 2'000; ++i) {
        const Overload overload{seed + i, true};
        const Course course = simulate(overload.port, overload.plan, overload.loads);
        Plan by_arrival;
        by_arrival.head_starts = {minutes{0}, minutes{0}, minutes{0}};
        const Course fifo = simulate(overload.port, by_arrival, overload.loads);
        for (const Visit& visit : course.visits) {
            const Instant arrival = overload.loads[visit.load].arrival;
            const auto last = std::upper_bound(overload.loads.begin(), overload.loads.end(), arrival + overload.head_starts,
                                               [](Instant moment, const Load& each) { return moment < each.arrival; });
            const auto behind = static_cast<std::size_t>(last - overload.loads.begin()) - 1;
            ASSERT_LE(visit.begun, fifo.visits[behind].begun) << "PUENTE_SEED=" << seed + i;
            waited_longer += visit.begun > fifo.visits[visit.load].begun ? 1 : 0;
        }
    }
    EXPECT_GT(waited_longer, 1'000);
}

/// What the tests above would say of an order in which one class always goes first.
TEST(Fairness, would_be_missed_with_a_head_start_without_end) {
    const std::uint64_t seed = test_seed();
    int starved = 0;
    for (std::uint64_t i = 0; i < 200; ++i) {
        Overload overload{seed + i, false};
        overload.plan.head_starts.trusted = std::chrono::hours{24 * 365};
        starved += worst_overtaking(overload.loads, simulate(overload.port, overload.plan, overload.loads)) > overload.head_starts ? 1 : 0;
    }
    EXPECT_GT(starved, 50);
}

TEST(Fairness, holds_in_every_queue_of_a_port_with_several_stations) {
    const std::uint64_t seed = test_seed();
    for (std::uint64_t i = 0; i < 200; ++i) {
        Scenario port = small_port();
        port.works[0].minutes = {20, 90};
        port.works[1].share = {0.5, 0.2, 0.5, 0.5};
        port.agencies[1].hours = {7, 20};
        const std::vector<Load> loads = draw_loads(port, 1, seed + i);
        Plan plan;
        plan.policy = i % 2 == 0 ? Policy::joint : Policy::separate;
        plan.contingency = ContingencySpan{6, 30, {"agribusiness"}};
        ASSERT_LE(worst_overtaking(loads, simulate(port, plan, loads)), all_of(plan.head_starts)) << "PUENTE_SEED=" << seed + i;
    }
}

TEST(Contingency, gives_essential_goods_a_lower_median_wait_than_all_others) {
    const std::uint64_t seed = test_seed();
    for (std::uint64_t i = 0; i < 100; ++i) {
        Scenario port = small_port();
        port.works[0].minutes = {30, 60};
        port.works.resize(1);
        port.stations = {
            {"bay", {}, {0}, {0}, {}, 1, {Policy::joint}, false}
        };
        const std::vector<Load> loads = draw_loads(port, 2, seed + i);  // a hundred a day for a bay that can look at some forty
        Plan plan;
        plan.days = 2;
        const std::vector<std::string> classes{"agribusiness", "medical"};
        const auto median = [&](const char* name) {
            const Summary summary = summarise(port, plan, classes, loads, simulate(port, plan, loads));
            const auto group = std::find_if(summary.groups.begin(), summary.groups.end(), [&](const GroupWaits& each) { return each.name == name; });
            return group->waited.p50;
        };
        const Span without = median("essential");
        plan.contingency = ContingencySpan{0, 1'000'000, classes};
        EXPECT_LT(median("essential"), median("other")) << "PUENTE_SEED=" << seed + i;
        EXPECT_LT(median("essential"), without) << "PUENTE_SEED=" << seed + i;
    }
}

}  // namespace
}  // namespace puente::simulation
