#pragma once

#include <string>
#include <string_view>

#include "puente/cel/value.hpp"

namespace puente::cel {

/// A timestamp or duration moved by a duration, forwards (1) or backwards (-1); an error outside the range.
Value shifted(const Value& time, const Value& by, int sign);
/// The duration from one timestamp to another, or an error.
Value time_between(const Value& from, const Value& to);

/// Seconds since 1970 as a timestamp, or an error outside the years 1 to 9999.
Value timestamp_at(std::int64_t seconds, std::int32_t nanos);
/// A duration, or an error beyond about 292 years.
Value duration_at(std::int64_t seconds, std::int32_t nanos);
/// RFC 3339, "2024-02-29T23:59:59.5-06:00". An error when it is not.
Value read_timestamp(std::string_view text);
/// Numbers with units: "1h30m", "-1.5s", "20ms". Units: h m s ms us ns. An error when it is not.
Value read_duration(std::string_view text);
/// RFC 3339 in UTC.
std::string write_timestamp(const Value& timestamp);
/// Seconds: "5400s", "-1.5s".
std::string write_duration(const Value& duration);

/// A day of the proleptic Gregorian calendar. Month and day from 1.
struct Day {
    std::int64_t year;
    int month;
    int day;
};
std::int64_t days_since_1970(const Day& day);
Day day_of(std::int64_t days_since_1970);

/// Seconds east of UTC in a zone at a moment: "UTC", "+05:30", "-8:00", or a name of the tz database. False when there is no such zone.
bool zone_offset(std::string_view zone, std::int64_t utc_seconds, std::int64_t& offset);

}  // namespace puente::cel
