#include "puente/inspection/turn.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <random>

namespace puente::inspection {
namespace {

using namespace std::chrono_literals;
using namespace std::chrono;

const Instant noon = sys_days{2026y / December / 15} + 12h;
const Contingency medical{{"medical"}};
const Contingency both{
    {"agribusiness", "medical"}
};

Place place(minutes arrival, bool trusted = false, bool perishable = false, std::vector<std::string> essential = {}) {
    return {noon + arrival, noon - 24h, trusted, perishable, std::move(essential)};
}

struct TurnCase {
    const char* name;
    Place of;
    const Contingency* contingency;
    minutes from_noon;
};

const TurnCase cases[] = {
    {"arrival",                       place(30min),                          nullptr,   30min                                                           },
    {"trusted",                       place(30min,                           true),     nullptr,                                                          -90min},
    {"perishable",                               place(30min,                                                         false,                         true),                            nullptr, -30min},
    {"trusted_and_perishable",                        place(30min,                                                       true,                                                                true),                                                                              nullptr, -150min},
    {"essential_without_contingency",                           place(30min,     false,false,{"medical"}), nullptr, 30min},
    {"essential_of_the_declared_class", place(30min, false, false,                                                                                                                     {"medical"}), &medical, 30min - 24h},
    {"essential_of_another_class",                        place(30min,                                                        false,                                                                 false,                                                                                                 {"agribusiness"}), &medical, 30min},
    {"one_of_two_classes_is_enough",                          place(0min,                                                          true,                                                       true,{"agribusiness", "medical"}), &medical, -180min - 24h},
    {"two_declared_classes_count_once",                               place(0min,                                         false,                false,                    {"agribusiness", "medical"}), &both, -24h},
    {"nothing_essential_in_a_contingency",              place(30min),                                           &both,                                               30min              },
};

TEST(TurnOf, is_the_arrival_less_the_head_starts) {
    for (const TurnCase& each : cases) EXPECT_EQ(turn_of(each.of, HeadStarts{}, each.contingency), noon + each.from_noon) << each.name;
}

TEST(TurnOf, is_no_earlier_than_the_load_is_known) {
    Place late = place(-600min);
    late.opened_at = noon;
    EXPECT_EQ(turn_of(late, HeadStarts{}, nullptr), noon) << "filing late with an early arrival gains nothing";
}

TEST(TurnOf, falls_with_each_merit_and_never_rises) {
    const HeadStarts head_starts;
    for (int bits = 0; bits < 16; ++bits) {
        const auto with = [](int merits) {
            return place(0min, (merits & 1) != 0, (merits & 2) != 0,
                         (merits & 4) != 0 ? std::vector<std::string>{"medical"} : std::vector<std::string>{});
        };
        const Instant now = turn_of(with(bits), head_starts, (bits & 8) != 0 ? &medical : nullptr);
        for (const int more : {1, 2, 4, 8})
            EXPECT_LE(turn_of(with(bits | more), head_starts, ((bits | more) & 8) != 0 ? &medical : nullptr), now) << bits << "+" << more;
    }
}

/// A port for some days: loads of every class arrive, a number of officers serve them in the order of their turn.
struct Waits {
    std::map<int, minutes> longest;  ///< by class: bit 0 trusted, 1 perishable, 2 essential
    int served = 0;
};

Waits simulate(unsigned seed, int arrivals, minutes between, minutes service, const Contingency* contingency) {
    std::mt19937 random{seed};
    std::vector<std::pair<Place, int>> loads;
    for (int i = 0; i < arrivals; ++i) {
        const int kind = static_cast<int>(random() % 8);
        Place each{noon + i * between, noon + i * between, (kind & 1) != 0, (kind & 2) != 0, {}};
        if ((kind & 4) != 0) each.essential = {"medical"};
        loads.emplace_back(std::move(each), kind);
    }
    Waits waits;
    std::vector<bool> done(loads.size(), false);
    for (Instant now = noon; waits.served < arrivals; now += service) {
        std::size_t best = loads.size();
        for (std::size_t i = 0; i < loads.size() && loads[i].first.estimated_arrival <= now; ++i) {
            if (done[i]) continue;
            if (best == loads.size() || turn_of(loads[i].first, {}, contingency) < turn_of(loads[best].first, {}, contingency)) best = i;
        }
        if (best == loads.size()) continue;
        done[best] = true;
        ++waits.served;
        minutes& longest = waits.longest[loads[best].second];
        longest = std::max(longest, duration_cast<minutes>(now - loads[best].first.estimated_arrival));
    }
    return waits;
}

/// Whoever waits is passed by those only who came less than the head starts later, so that the wait exceeds that of a plain queue by no more than
/// what can be served of those: here the officers keep up with eight tenths of what comes, for four days.
TEST(TurnOf, starves_no_class_in_a_surge) {
    const unsigned seed = std::random_device{}();
    RecordProperty("seed", static_cast<int>(seed));
    for (const Contingency* contingency : {static_cast<const Contingency*>(nullptr), &medical}) {
        const int arrivals = 1'000;
        const minutes between = 6min;
        const minutes service = 7min;
        const Waits waits = simulate(seed, arrivals, between, service, contingency);
        EXPECT_EQ(waits.served, arrivals);
        const minutes in_order = arrivals * (service - between) + service;  // the last one of a queue without classes
        const minutes most_head_start = 3h + (contingency != nullptr ? minutes{24h} : 0min);
        for (const auto& [kind, longest] : waits.longest) EXPECT_LE(longest, in_order + most_head_start) << "class " << kind << ", seed " << seed;
        const minutes essential = std::max(waits.longest.at(4), waits.longest.at(7));
        if (contingency != nullptr) {
            EXPECT_LT(essential, waits.longest.at(0)) << "essential goods go first, seed " << seed;
        }
    }
}

TEST(TurnOf, lets_a_load_wait_for_its_place_at_most_the_head_start_longer) {
    const HeadStarts head_starts;
    const Instant plain = turn_of(place(0min), head_starts, &medical);
    EXPECT_LT(turn_of(place(24h - 1min, false, false, {"medical"}), head_starts, &medical), plain);
    EXPECT_GT(turn_of(place(24h + 1min, false, false, {"medical"}), head_starts, &medical), plain) << "a day is the floor";
    EXPECT_GT(turn_of(place(27h + 1min, true, true, {"medical"}), head_starts, &medical), plain) << "with every merit there is";
}

}  // namespace
}  // namespace puente::inspection
