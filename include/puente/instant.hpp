#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace puente {

/// A moment, UTC, to the microsecond (what PostgreSQL keeps).
using Instant = std::chrono::sys_time<std::chrono::microseconds>;

/// A moment as somebody wrote it: with the offset from UTC that was in force there.
struct LocalInstant {
    Instant at;
    std::chrono::minutes offset;
};

/// Reads an RFC 3339 date-time with its offset ("2026-03-02T11:30:00-07:00"); nothing when malformed or not a real date.
/// A leap second is read as the second after it; digits past the microsecond are cut.
std::optional<LocalInstant> parse_date_time(std::string_view text);

/// Reads a calendar day "2026-03-02"; nothing when malformed or not a real date.
std::optional<std::chrono::year_month_day> parse_date(std::string_view text);

/// RFC 3339 in UTC with milliseconds: "2026-03-02T18:30:00.000Z".
std::string to_text(Instant at);

/// The day in UTC, "2026-03-02".
std::string day_text(std::chrono::sys_days day);

}  // namespace puente
