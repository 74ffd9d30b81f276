#include "cel/time.hpp"

#include <fmt/format.h>

#include <array>

namespace puente::cel {

namespace {

constexpr std::int64_t nanos_per_second = 1'000'000'000;
constexpr std::int64_t seconds_per_day = 86'400;
/// 0001-01-01T00:00:00Z and 9999-12-31T23:59:59Z (google/protobuf/timestamp.proto).
constexpr std::int64_t first_second = -62'135'596'800;
constexpr std::int64_t last_second = 253'402'300'799;
/// Durations fit 64 bits of nanoseconds, about 292 years (cel-spec, timestamps.textproto "sub_time_duration_over").
constexpr std::int64_t duration_seconds_max = 9'223'372'036;
constexpr std::int64_t duration_nanos_max = 854'775'807;

Value duration_of(std::int64_t seconds, std::int64_t nanos) {
    seconds += nanos / nanos_per_second;
    nanos %= nanos_per_second;
    if (seconds > 0 && nanos < 0) {
        --seconds;
        nanos += nanos_per_second;
    } else if (seconds < 0 && nanos > 0) {
        ++seconds;
        nanos -= nanos_per_second;
    }
    const bool beyond = seconds > duration_seconds_max || seconds < -duration_seconds_max ||
                        (seconds == duration_seconds_max && nanos > duration_nanos_max) ||
                        (seconds == -duration_seconds_max && nanos < -duration_nanos_max);
    if (beyond) return Value::error("duration out of range");
    return Value::duration(seconds, static_cast<std::int32_t>(nanos));
}

Value timestamp_of(std::int64_t seconds, std::int64_t nanos) {
    seconds += nanos / nanos_per_second;
    nanos %= nanos_per_second;
    if (nanos < 0) {
        --seconds;
        nanos += nanos_per_second;
    }
    if (seconds < first_second || seconds > last_second) return Value::error("timestamp out of range");
    return Value::timestamp(seconds, static_cast<std::int32_t>(nanos));
}

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

/// Takes exactly `width` digits off the front.
bool take_digits(std::string_view& text, std::size_t width, std::int64_t& number) {
    if (text.size() < width) return false;
    number = 0;
    for (std::size_t i = 0; i < width; ++i) {
        if (!is_digit(text[i])) return false;
        number = number * 10 + (text[i] - '0');
    }
    text.remove_prefix(width);
    return true;
}

bool take(std::string_view& text, char wanted) {
    if (text.empty() || text.front() != wanted) return false;
    text.remove_prefix(1);
    return true;
}

/// Takes the digits after a decimal point as billionths; more than nine are dropped.
bool take_fraction(std::string_view& text, std::int64_t& billionths) {
    if (text.empty() || !is_digit(text.front())) return false;
    std::int64_t worth = nanos_per_second / 10;
    billionths = 0;
    for (; !text.empty() && is_digit(text.front()); text.remove_prefix(1), worth /= 10) billionths += (text.front() - '0') * worth;
    return true;
}

bool take_offset(std::string_view& text, std::int64_t& offset) {
    offset = 0;
    if (take(text, 'Z')) return true;
    const bool west = !text.empty() && text.front() == '-';
    if (!take(text, '+') && !take(text, '-')) return false;
    std::int64_t hour = 0;
    std::int64_t minute = 0;
    if (!take_digits(text, 2, hour) || !take(text, ':') || !take_digits(text, 2, minute) || hour > 23 || minute > 59) return false;
    offset = (west ? -1 : 1) * (hour * 3600 + minute * 60);
    return true;
}

struct Unit {
    std::string_view name;
    std::int64_t nanos;
};
/// Longer names first: "ms" is not "m" and then "s".
constexpr std::array units = {
    Unit{"ns",        1                      },
    Unit{"us",        1'000                  },
    Unit{"\xC2\xB5s", 1'000                  },
    Unit{"\xCE\xBCs", 1'000                  },
    Unit{"ms",        1'000'000              },
    Unit{"h",         3600 * nanos_per_second},
    Unit{"m",         60 * nanos_per_second  },
    Unit{"s",         nanos_per_second       },
};

std::string fraction_text(std::int64_t nanos) {
    if (nanos == 0) return {};
    std::string text = fmt::format(".{:09}", nanos);
    while (text.back() == '0') text.pop_back();
    return text;
}

}  // namespace

Value shifted(const Value& time, const Value& by, int sign) {
    const std::int64_t seconds = time.seconds() + sign * by.seconds();
    const std::int64_t nanos = std::int64_t{time.nanos()} + sign * by.nanos();
    return time.kind() == Kind::timestamp ? timestamp_of(seconds, nanos) : duration_of(seconds, nanos);
}

Value time_between(const Value& from, const Value& to) {
    return duration_of(to.seconds() - from.seconds(), std::int64_t{to.nanos()} - from.nanos());
}

Value timestamp_at(std::int64_t seconds, std::int32_t nanos) {
    if (seconds < first_second - 1 || seconds > last_second + 1) return Value::error("timestamp out of range");
    return timestamp_of(seconds, nanos);
}

Value duration_at(std::int64_t seconds, std::int32_t nanos) {
    if (seconds < -duration_seconds_max || seconds > duration_seconds_max) return Value::error("duration out of range");
    return duration_of(seconds, nanos);
}

Value read_timestamp(std::string_view text) {
    const Value wrong = Value::error("not a timestamp of RFC 3339 between the years 1 and 9999");
    std::int64_t year = 0;
    std::int64_t month = 0;
    std::int64_t day = 0;
    std::int64_t hour = 0;
    std::int64_t minute = 0;
    std::int64_t second = 0;
    std::int64_t nanos = 0;
    std::int64_t offset = 0;
    if (!take_digits(text, 4, year) || !take(text, '-') || !take_digits(text, 2, month) || !take(text, '-') || !take_digits(text, 2, day))
        return wrong;
    if (!take(text, 'T') || !take_digits(text, 2, hour) || !take(text, ':') || !take_digits(text, 2, minute)) return wrong;
    if (!take(text, ':') || !take_digits(text, 2, second)) return wrong;
    if (take(text, '.') && !take_fraction(text, nanos)) return wrong;
    if (!take_offset(text, offset) || !text.empty()) return wrong;
    if (month < 1 || month > 12 || day < 1 || day > 31 || hour > 23 || minute > 59 || second > 59) return wrong;
    const Day date{year, static_cast<int>(month), static_cast<int>(day)};
    const std::int64_t days = days_since_1970(date);
    if (day_of(days).day != date.day) return wrong;
    return timestamp_of(days * seconds_per_day + hour * 3600 + minute * 60 + second - offset, nanos);
}

Value read_duration(std::string_view text) {
    const Value wrong = Value::error("not a duration, such as 1h30m or 2.5s");
    const bool negative = !text.empty() && text.front() == '-';
    if (negative || (!text.empty() && text.front() == '+')) text.remove_prefix(1);
    if (text == "0") return Value::duration(0, 0);
    if (text.empty()) return wrong;
    Value total = Value::duration(0, 0);
    while (!text.empty()) {
        std::int64_t whole = 0;
        std::int64_t billionths = 0;
        bool digits = false;
        for (; !text.empty() && is_digit(text.front()); text.remove_prefix(1), digits = true) {
            if (__builtin_mul_overflow(whole, 10, &whole) || __builtin_add_overflow(whole, text.front() - '0', &whole)) return wrong;
        }
        if (take(text, '.') && take_fraction(text, billionths)) digits = true;
        if (!digits) return wrong;
        const Unit* unit = nullptr;
        for (const Unit& each : units) {
            if (unit == nullptr && text.substr(0, each.name.size()) == each.name) unit = &each;
        }
        if (unit == nullptr) return wrong;
        text.remove_prefix(unit->name.size());
        std::int64_t nanos = 0;
        if (__builtin_mul_overflow(whole, unit->nanos, &nanos)) return Value::error("duration out of range");
        // Billionths of an hour are whole nanoseconds times 3600; of a millisecond, millionths of one. Either way the product fits.
        const std::int64_t part =
            unit->nanos >= nanos_per_second ? billionths * (unit->nanos / nanos_per_second) : billionths / (nanos_per_second / unit->nanos);
        total = shifted(total, Value::duration(nanos / nanos_per_second, static_cast<std::int32_t>(nanos % nanos_per_second)), 1);
        if (!total.is_error()) total = duration_of(total.seconds(), total.nanos() + part);
        if (total.is_error()) return total;
    }
    return negative ? Value::duration(-total.seconds(), -total.nanos()) : total;
}

std::string write_timestamp(const Value& timestamp) {
    const std::int64_t days = (timestamp.seconds() - first_second) / seconds_per_day + first_second / seconds_per_day;
    const std::int64_t second = timestamp.seconds() - days * seconds_per_day;
    const Day day = day_of(days);
    return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}{}Z", day.year, day.month, day.day, second / 3600, second / 60 % 60, second % 60,
                       fraction_text(timestamp.nanos()));
}

std::string write_duration(const Value& duration) {
    const bool negative = duration.seconds() < 0 || duration.nanos() < 0;
    const std::int64_t nanos = duration.nanos() < 0 ? -std::int64_t{duration.nanos()} : duration.nanos();
    return fmt::format("{}{}{}s", negative ? "-" : "", negative ? -duration.seconds() : duration.seconds(), fraction_text(nanos));
}

/// Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms": eras of 400 years that begin on 1 March.
std::int64_t days_since_1970(const Day& day) {
    const std::int64_t year = day.year - (day.month <= 2 ? 1 : 0);
    const std::int64_t era = (year >= 0 ? year : year - 399) / 400;
    const std::int64_t year_of_era = year - era * 400;
    const std::int64_t day_of_year = (153 * (day.month + (day.month > 2 ? -3 : 9)) + 2) / 5 + day.day - 1;
    return era * 146'097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719'468;
}

Day day_of(std::int64_t days) {
    days += 719'468;
    const std::int64_t era = (days >= 0 ? days : days - 146'096) / 146'097;
    const std::int64_t day_of_era = days - era * 146'097;
    const std::int64_t year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36'524 - day_of_era / 146'096) / 365;
    const std::int64_t day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    const std::int64_t shifted_month = (5 * day_of_year + 2) / 153;
    const int month = static_cast<int>(shifted_month < 10 ? shifted_month + 3 : shifted_month - 9);
    return {year_of_era + era * 400 + (month <= 2 ? 1 : 0), month, static_cast<int>(day_of_year - (153 * shifted_month + 2) / 5 + 1)};
}

}  // namespace puente::cel
