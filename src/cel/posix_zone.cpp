#include "cel/posix_zone.hpp"

#include "cel/time.hpp"

namespace puente::cel {

namespace {

constexpr std::int64_t seconds_per_day = 86'400;

bool take(std::string_view& text, char wanted) {
    if (text.empty() || text.front() != wanted) return false;
    text.remove_prefix(1);
    return true;
}

bool take_number(std::string_view& text, int& number) {
    number = 0;
    std::size_t digits = 0;
    for (; digits < 4 && digits < text.size() && text[digits] >= '0' && text[digits] <= '9'; ++digits) number = number * 10 + (text[digits] - '0');
    text.remove_prefix(digits);
    return digits > 0;
}

/// "CST", or "<-03>".
bool take_name(std::string_view& text) {
    if (take(text, '<')) {
        const std::size_t close = text.find('>');
        if (close == text.npos) return false;
        text.remove_prefix(close + 1);
        return true;
    }
    std::size_t letters = 0;
    while (letters < text.size() && ((text[letters] >= 'A' && text[letters] <= 'Z') || (text[letters] >= 'a' && text[letters] <= 'z'))) ++letters;
    text.remove_prefix(letters);
    return letters > 0;
}

/// "6", "-3:30", "26:00:00", in seconds.
bool take_time(std::string_view& text, std::int64_t& seconds) {
    const bool negative = take(text, '-');
    if (!negative) take(text, '+');
    int part = 0;
    if (!take_number(text, part)) return false;
    seconds = part * 3600;
    if (take(text, ':')) {
        if (!take_number(text, part)) return false;
        seconds += part * 60;
        if (take(text, ':')) {
            if (!take_number(text, part)) return false;
            seconds += part;
        }
    }
    if (negative) seconds = -seconds;
    return true;
}

bool is_leap(std::int64_t year) {
    return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

}  // namespace

bool PosixZone::read(std::string_view text) {
    std::int64_t west = 0;
    if (!take_name(text) || !take_time(text, west)) return false;
    standard_ = -west;
    if (text.empty()) return true;
    if (!take_name(text)) return false;
    has_daylight_ = true;
    daylight_ = standard_ + 3600;
    if (!text.empty() && text.front() != ',') {
        if (!take_time(text, west)) return false;
        daylight_ = -west;
    }
    return take(text, ',') && read_turn(text, begin_) && take(text, ',') && read_turn(text, end_) && text.empty();
}

bool PosixZone::read_turn(std::string_view& text, Turn& turn) {
    if (take(text, 'M')) {
        if (!take_number(text, turn.month) || !take(text, '.') || !take_number(text, turn.week) || !take(text, '.') || !take_number(text, turn.day))
            return false;
        if (turn.month < 1 || turn.month > 12 || turn.week < 1 || turn.week > 5 || turn.day > 6) return false;
    } else {
        turn.form = take(text, 'J') ? 'J' : 'D';
        if (!take_number(text, turn.day) || turn.day > 366) return false;
    }
    return !take(text, '/') || take_time(text, turn.time);
}

/// The moment of a turn, in seconds of local time.
std::int64_t PosixZone::moment_of(const Turn& turn, std::int64_t year) {
    const std::int64_t new_year = days_since_1970({year, 1, 1});
    std::int64_t day = new_year + turn.day;
    if (turn.form == 'J') {
        day = new_year + turn.day - 1 + (is_leap(year) && turn.day >= 60 ? 1 : 0);
    } else if (turn.form == 'M') {
        const std::int64_t first = days_since_1970({year, turn.month, 1});
        const std::int64_t next = turn.month == 12 ? days_since_1970({year + 1, 1, 1}) : days_since_1970({year, turn.month + 1, 1});
        const std::int64_t weekday = ((first + 4) % 7 + 7) % 7;  // 1970-01-01 was a Thursday
        day = first + (turn.day - weekday + 7) % 7 + (turn.week - 1) * 7;
        while (day >= next) day -= 7;
    }
    return day * seconds_per_day + turn.time;
}

std::int64_t PosixZone::offset_at(std::int64_t utc_seconds) const {
    if (!has_daylight_) return standard_;
    const std::int64_t local = utc_seconds + standard_;
    const std::int64_t days = local / seconds_per_day - (local % seconds_per_day < 0 ? 1 : 0);
    const std::int64_t year = day_of(days).year;
    const std::int64_t begin = moment_of(begin_, year) - standard_;
    const std::int64_t end = moment_of(end_, year) - daylight_;
    // In the south daylight saving lasts over the new year.
    const bool daylight = begin < end ? utc_seconds >= begin && utc_seconds < end : utc_seconds >= begin || utc_seconds < end;
    return daylight ? daylight_ : standard_;
}

}  // namespace puente::cel
