#include "puente/inspection/slot.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace puente::inspection {
namespace {

using namespace std::chrono_literals;
using namespace std::chrono;

Instant at(const char* text) {
    const std::optional<LocalInstant> parsed = parse_date_time(text);
    EXPECT_TRUE(parsed) << text;
    return parsed->at;
}

struct OffsetCase {
    const char* zone;
    const char* moment;
    minutes offset;
};

// 2026: daylight time from March 8 to November 1.
const OffsetCase offsets[] = {
    {"America/Tijuana",       "2026-01-15T12:00:00Z", -480min},
    {"America/Tijuana",       "2026-03-08T09:59:59Z", -480min},
    {"America/Tijuana",       "2026-03-08T10:00:00Z", -420min},
    {"America/Tijuana",       "2026-11-01T08:59:59Z", -420min},
    {"America/Tijuana",       "2026-11-01T09:00:00Z", -480min},
    {"America/Ciudad_Juarez", "2026-03-08T08:59:59Z", -420min},
    {"America/Ciudad_Juarez", "2026-03-08T09:00:00Z", -360min},
    {"America/Matamoros",     "2026-03-08T08:00:00Z", -300min},
    {"America/Matamoros",     "2027-03-13T08:00:00Z", -360min},
    {"America/Matamoros",     "2027-03-14T08:00:00Z", -300min},
    {"America/Ojinaga",       "2026-07-01T00:00:00Z", -300min},
    {"America/Hermosillo",    "2026-07-01T00:00:00Z", -420min},
    {"America/Hermosillo",    "2026-12-31T23:00:00Z", -420min},
    {"America/Chicago",       "2027-01-01T05:59:59Z", -360min},
};

TEST(PortClock, knows_daylight_time_of_the_border) {
    for (const OffsetCase& each : offsets)
        EXPECT_EQ(PortClock::named(each.zone)->offset_at(at(each.moment)), each.offset) << each.zone << " " << each.moment;
    for (const char* zone : {"America/Tijuana", "America/Los_Angeles", "America/Ciudad_Juarez", "America/Denver"})
        EXPECT_TRUE(PortClock::named(zone));
    EXPECT_FALSE(PortClock::named("America/Mexico_City"));
    EXPECT_FALSE(PortClock::named(""));
}

std::vector<OpenHours> every_day(int opens, int closes) {
    std::vector<OpenHours> all;
    for (int day = 1; day <= 7; ++day) all.push_back({day, opens, closes});
    return all;
}

BayTimes bay(const char* zone, std::vector<OpenHours> cbp, std::vector<OpenHours> sat, minutes slot = 30min) {
    return {
        *PortClock::named(zone), slot, {{"CBP", std::move(cbp)}, {"SAT", std::move(sat)}}
    };
}

const std::vector<std::string> both{"CBP", "SAT"};
const auto never_full = [](Instant) { return false; };

std::string next(const BayTimes& bay_times, const char* not_before, const std::vector<std::string>& agencies = both) {
    const std::optional<Instant> found = next_common_slot(bay_times, agencies, at(not_before), days{14}, never_full);
    return found ? to_text(*found) : "none";
}

TEST(NextCommonSlot, falls_in_hours_that_all_agencies_have) {
    const BayTimes times = bay("America/Matamoros", every_day(6 * 60, 22 * 60), every_day(8 * 60, 14 * 60));
    EXPECT_EQ(next(times, "2026-12-15T08:00:00Z"), "2026-12-15T14:00:00.000Z") << "8 o'clock there";
    EXPECT_EQ(next(times, "2026-12-15T08:00:00Z", {"CBP"}), "2026-12-15T12:00:00.000Z");
    EXPECT_EQ(next(times, "2026-12-15T19:31:00Z"), "2026-12-16T14:00:00.000Z") << "no whole slot is left before 14 o'clock";
    EXPECT_EQ(next(times, "2026-12-15T19:30:00Z"), "2026-12-15T19:30:00.000Z") << "the last one ends with the hours";
    EXPECT_EQ(next(times, "2026-12-15T15:07:00.000001Z"), "2026-12-15T15:30:00.000Z") << "whole multiples of the slot";
}

TEST(NextCommonSlot, is_none_where_hours_never_meet) {
    EXPECT_EQ(next(bay("America/Matamoros", every_day(0, 12 * 60), every_day(12 * 60, 1440)), "2026-12-15T08:00:00Z"), "none");
    EXPECT_EQ(next(bay("America/Matamoros", every_day(0, 1440), {}), "2026-12-15T08:00:00Z"), "none");
    EXPECT_EQ(next(bay("America/Matamoros", every_day(0, 1440), every_day(0, 1440)), "2026-12-15T08:00:00Z", {"CBP", "STATE"}), "none");
    EXPECT_EQ(next(bay("America/Matamoros", every_day(0, 1440), every_day(600, 620)), "2026-12-15T08:00:00Z"), "none") << "shorter than a slot";
}

TEST(NextCommonSlot, waits_for_the_day_of_the_week) {
    const BayTimes times = bay("America/Tijuana", every_day(0, 1440),
                               {
                                   {1, 480, 600},
                                   {6, 540, 840}
    });
    EXPECT_EQ(next(times, "2026-12-15T12:00:00Z"), "2026-12-19T17:00:00.000Z") << "Tuesday: Saturday 9 o'clock";
    EXPECT_EQ(next(times, "2026-12-19T23:00:00Z"), "2026-12-21T16:00:00.000Z") << "then Monday 8 o'clock";
}

TEST(NextCommonSlot, keeps_local_hours_when_the_clock_changes) {
    const BayTimes times = bay("America/Tijuana", every_day(480, 1200), every_day(480, 1200));
    EXPECT_EQ(next(times, "2026-03-07T12:00:00Z"), "2026-03-07T16:00:00.000Z");
    EXPECT_EQ(next(times, "2026-03-08T12:00:00Z"), "2026-03-08T15:00:00.000Z") << "8 o'clock comes an hour earlier";
    EXPECT_EQ(next(times, "2026-11-01T10:00:00Z"), "2026-11-01T16:00:00.000Z") << "and later again";
    const BayTimes standard = bay("America/Hermosillo", every_day(480, 1200), every_day(480, 1200));
    EXPECT_EQ(next(standard, "2026-03-08T12:00:00Z"), "2026-03-08T15:00:00.000Z");
    EXPECT_EQ(next(standard, "2026-11-01T10:00:00Z"), "2026-11-01T15:00:00.000Z");
}

TEST(NextCommonSlot, never_spans_the_hour_that_is_skipped_or_comes_twice) {
    const BayTimes night = bay("America/Tijuana", every_day(60, 240), every_day(60, 240), 60min);
    EXPECT_EQ(next(night, "2026-03-08T09:00:00Z"), "2026-03-08T09:00:00.000Z") << "1 to 2 o'clock, standard time";
    EXPECT_EQ(next(night, "2026-03-08T09:01:00Z"), "2026-03-08T10:00:00.000Z") << "3 o'clock follows";
    EXPECT_EQ(next(night, "2026-11-01T08:01:00Z"), "2026-11-01T09:00:00.000Z") << "the second 1 o'clock";
    int count = 0;
    for (Instant each = at("2026-03-08T08:00:00Z"); each < at("2026-03-09T08:00:00Z"); each += 60min) count += is_common(night, both, each) ? 1 : 0;
    EXPECT_EQ(count, 2) << "one hour is missing that day";
    count = 0;
    for (Instant each = at("2026-11-01T07:00:00Z"); each < at("2026-11-02T08:00:00Z"); each += 60min) count += is_common(night, both, each) ? 1 : 0;
    EXPECT_EQ(count, 4) << "one hour comes twice";
}

TEST(NextCommonSlot, goes_on_where_a_slot_is_full) {
    const BayTimes times = bay("America/Chicago", every_day(480, 600), every_day(480, 600), 15min);
    std::vector<Instant> booked;
    const auto is_full = [&](Instant slot) { return std::find(booked.begin(), booked.end(), slot) != booked.end(); };
    for (int i = 0; i < 9; ++i) booked.push_back(*next_common_slot(times, both, at("2026-06-01T00:00:00Z"), days{3}, is_full));
    EXPECT_EQ(to_text(booked[7]), "2026-06-01T14:45:00.000Z");
    EXPECT_EQ(to_text(booked[8]), "2026-06-02T13:00:00.000Z") << "eight fit into two hours";
    EXPECT_FALSE(next_common_slot(times, both, at("2026-06-01T00:00:00Z"), days{3}, [](Instant) { return true; }));
}

}  // namespace
}  // namespace puente::inspection
