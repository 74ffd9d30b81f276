#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "puente/instant.hpp"

namespace puente::inspection {

/// The clock of a port on the border. Daylight time begins and ends there on the same days in both countries: from the second Sunday of March to the
/// first of November, at 2 o'clock (15 USC 260a; Mexico: Ley de los Husos Horarios, DOF 2022-10-28, articles 4 and 5, for the municipalities of the
/// border), except in Sonora and Arizona, which keep standard time.
class PortClock {
public:
    /// By the IANA name of its time zone; nothing when it is none of the border's.
    static std::optional<PortClock> named(std::string_view time_zone);

    /// What the clock is ahead of UTC by at a moment; negative here.
    std::chrono::minutes offset_at(Instant at) const;
    /// Wall-clock time, as if it were UTC.
    Instant local(Instant at) const { return at + offset_at(at); }

private:
    PortClock(std::chrono::hours standard, bool has_daylight_time) : standard_{standard}, has_daylight_time_{has_daylight_time} {}
    std::chrono::hours standard_;
    bool has_daylight_time_;
};

/// Hours on one day of the week, in minutes of the local day: [opens, closes).
struct OpenHours {
    int weekday;  ///< 1 Monday to 7 Sunday (ISO 8601)
    int opens;
    int closes;
    friend bool operator==(const OpenHours&, const OpenHours&) = default;
};

/// When one agency has officers at a bay.
struct AgencyHours {
    std::string agency;
    std::vector<OpenHours> hours;
};

/// A bay as far as slots depend on it.
struct BayTimes {
    PortClock clock;
    std::chrono::minutes slot;  ///< 15, 20, 30 or 60: slots begin at whole multiples of it
    std::vector<AgencyHours> agencies;
};

/// Whether every one of the agencies has officers there for a whole slot that begins at this moment. An agency without hours at the bay has none.
bool is_common(const BayTimes& bay, const std::vector<std::string>& agencies, Instant starts_at);

/// The first slot at or after a moment, in hours that all the agencies have in common, that is not full; nothing within `horizon`.
std::optional<Instant> next_common_slot(const BayTimes& bay, const std::vector<std::string>& agencies, Instant not_before, std::chrono::days horizon,
                                        const std::function<bool(Instant)>& is_full);

}  // namespace puente::inspection
