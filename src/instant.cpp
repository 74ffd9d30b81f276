#include "puente/instant.hpp"

#include <fmt/format.h>

namespace puente {

namespace {

/// Reads exactly `count` digits at `position`, or gives -1.
int digits(std::string_view text, std::size_t position, std::size_t count) {
    if (position + count > text.size()) return -1;
    int value = 0;
    for (std::size_t i = position; i < position + count; ++i) {
        if (text[i] < '0' || text[i] > '9') return -1;
        value = value * 10 + (text[i] - '0');
    }
    return value;
}

}  // namespace

std::optional<std::chrono::year_month_day> parse_date(std::string_view text) {
    if (text.size() != 10 || text[4] != '-' || text[7] != '-') return std::nullopt;
    const int year = digits(text, 0, 4);
    const int month = digits(text, 5, 2);
    const int day = digits(text, 8, 2);
    if (year < 0 || month < 0 || day < 0) return std::nullopt;
    const std::chrono::year_month_day date{std::chrono::year{year}, std::chrono::month{static_cast<unsigned>(month)},
                                           std::chrono::day{static_cast<unsigned>(day)}};
    if (!date.ok()) return std::nullopt;
    return date;
}

std::optional<LocalInstant> parse_date_time(std::string_view text) {
    if (text.size() < 20 || (text[10] != 'T' && text[10] != 't') || text[13] != ':' || text[16] != ':') return std::nullopt;
    const std::optional<std::chrono::year_month_day> date = parse_date(text.substr(0, 10));
    const int hour = digits(text, 11, 2);
    const int minute = digits(text, 14, 2);
    const int second = digits(text, 17, 2);
    if (!date || hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 || second > 60) return std::nullopt;

    std::size_t position = 19;
    std::int64_t fraction = 0;
    if (text[position] == '.') {
        const std::size_t first = ++position;
        std::int64_t scale = 100'000;
        while (position < text.size() && text[position] >= '0' && text[position] <= '9') {
            fraction += (text[position] - '0') * scale;
            scale /= 10;
            ++position;
        }
        if (position == first || position - first > 9) return std::nullopt;
    }
    const std::string_view zone = text.substr(position);
    std::chrono::minutes offset{0};
    if (zone != "Z" && zone != "z") {
        if (zone.size() != 6 || (zone[0] != '+' && zone[0] != '-') || zone[3] != ':') return std::nullopt;
        const int hours = digits(zone, 1, 2);
        const int minutes = digits(zone, 4, 2);
        if (hours < 0 || hours > 23 || minutes < 0 || minutes > 59) return std::nullopt;
        offset = std::chrono::minutes{(hours * 60 + minutes) * (zone[0] == '-' ? -1 : 1)};
    }
    const auto local = std::chrono::sys_days{*date} + std::chrono::hours{hour} + std::chrono::minutes{minute} + std::chrono::seconds{second} +
                       std::chrono::microseconds{fraction};
    return LocalInstant{local - offset, offset};
}

std::string day_text(std::chrono::sys_days day) {
    const std::chrono::year_month_day date{day};
    return fmt::format("{:04}-{:02}-{:02}", static_cast<int>(date.year()), static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()));
}

std::string to_text(Instant at) {
    const auto day = std::chrono::floor<std::chrono::days>(at);
    const auto milliseconds = std::chrono::duration_cast<std::chrono::milliseconds>(at - day).count();
    return fmt::format("{}T{:02}:{:02}:{:02}.{:03}Z", day_text(day), milliseconds / 3'600'000, milliseconds / 60'000 % 60, milliseconds / 1000 % 60,
                       milliseconds % 1000);
}

}  // namespace puente
