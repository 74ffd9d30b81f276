#pragma once

#include <cstdint>
#include <string_view>

namespace puente::cel {

/// The rule of a POSIX TZ string, such as "CST6CDT,M3.2.0,M11.1.0": what follows the last change that a TZif file lists (RFC 8536, 3.3).
class PosixZone {
public:
    bool read(std::string_view text);
    std::int64_t offset_at(std::int64_t utc_seconds) const;

private:
    /// When daylight saving begins or ends in each year.
    struct Turn {
        char form = 'M';  ///< M: month, week, day; J: day of the year without 29 February; D: day of the year from 0
        int month = 0;
        int week = 0;
        int day = 0;
        std::int64_t time = 7200;  ///< seconds after midnight
    };
    static bool read_turn(std::string_view& text, Turn& turn);
    static std::int64_t moment_of(const Turn& turn, std::int64_t year);

    std::int64_t standard_ = 0;
    std::int64_t daylight_ = 0;
    bool has_daylight_ = false;
    Turn begin_{};
    Turn end_{};
};

}  // namespace puente::cel
