#include "cel/standard.hpp"
#include "cel/time.hpp"

namespace puente::cel {

namespace {

constexpr std::int64_t seconds_per_day = 86'400;

/// A timestamp as a clock on the wall of some zone shows it.
struct Clock {
    std::int64_t days;    ///< since 1970-01-01
    std::int64_t second;  ///< of the day
};

template <class Reading>
Value on_clock(const Value* arguments, std::size_t count, Reading reading) {
    if (arguments[0].kind() != Kind::timestamp || (count > 1 && arguments[1].kind() != Kind::string)) return no_overload();
    std::int64_t offset = 0;
    if (count > 1 && !zone_offset(arguments[1].as_text(), arguments[0].seconds(), offset)) return Value::error("unknown time zone");
    const std::int64_t local = arguments[0].seconds() + offset;
    const std::int64_t days = local / seconds_per_day - (local % seconds_per_day < 0 ? 1 : 0);
    return Value::integer(reading(Clock{days, local - days * seconds_per_day}));
}

bool is_duration(const Value* arguments, std::size_t count) {
    return count == 1 && arguments[0].kind() == Kind::duration;
}

}  // namespace

Value full_year(const Value* arguments, std::size_t count, Frame&) {
    return on_clock(arguments, count, [](const Clock& clock) { return day_of(clock.days).year; });
}

Value month(const Value* arguments, std::size_t count, Frame&) {
    return on_clock(arguments, count, [](const Clock& clock) { return std::int64_t{day_of(clock.days).month - 1}; });
}

Value date(const Value* arguments, std::size_t count, Frame&) {
    return on_clock(arguments, count, [](const Clock& clock) { return std::int64_t{day_of(clock.days).day}; });
}

Value day_of_month(const Value* arguments, std::size_t count, Frame&) {
    return on_clock(arguments, count, [](const Clock& clock) { return std::int64_t{day_of(clock.days).day - 1}; });
}

Value day_of_week(const Value* arguments, std::size_t count, Frame&) {
    // 1970-01-01 was a Thursday, day 4 of a week that begins on Sunday.
    return on_clock(arguments, count, [](const Clock& clock) { return ((clock.days + 4) % 7 + 7) % 7; });
}

Value day_of_year(const Value* arguments, std::size_t count, Frame&) {
    return on_clock(arguments, count, [](const Clock& clock) { return clock.days - days_since_1970({day_of(clock.days).year, 1, 1}); });
}

Value hours(const Value* arguments, std::size_t count, Frame&) {
    if (is_duration(arguments, count)) return Value::integer(arguments[0].seconds() / 3600);
    return on_clock(arguments, count, [](const Clock& clock) { return clock.second / 3600; });
}

Value minutes(const Value* arguments, std::size_t count, Frame&) {
    if (is_duration(arguments, count)) return Value::integer(arguments[0].seconds() / 60);
    return on_clock(arguments, count, [](const Clock& clock) { return clock.second / 60 % 60; });
}

Value seconds(const Value* arguments, std::size_t count, Frame&) {
    if (is_duration(arguments, count)) return Value::integer(arguments[0].seconds());
    return on_clock(arguments, count, [](const Clock& clock) { return clock.second % 60; });
}

/// Of a duration too, the milliseconds within the second (cel-spec, timestamps.textproto "get_milliseconds").
Value milliseconds(const Value* arguments, std::size_t count, Frame&) {
    if (is_duration(arguments, count)) return Value::integer(arguments[0].nanos() / 1'000'000);
    return on_clock(arguments, count, [&](const Clock&) { return std::int64_t{arguments[0].nanos() / 1'000'000}; });
}

}  // namespace puente::cel
