#include "puente/inspection/slot.hpp"

#include <algorithm>
#include <array>

namespace puente::inspection {

namespace {

using namespace std::chrono;

struct Zone {
    std::string_view name;
    int standard_hours;
    bool has_daylight_time;
};

// Source: IANA time zone database, 2026; Mexico's border municipalities as in customs' list of offices.
constexpr std::array zones{
    Zone{"America/Tijuana",       -8, true },
    Zone{"America/Los_Angeles",   -8, true },
    Zone{"America/Ciudad_Juarez", -7, true },
    Zone{"America/Denver",        -7, true },
    Zone{"America/Hermosillo",    -7, false},
    Zone{"America/Phoenix",       -7, false},
    Zone{"America/Ojinaga",       -6, true },
    Zone{"America/Matamoros",     -6, true },
    Zone{"America/Chicago",       -6, true },
};

bool is_open(const std::vector<OpenHours>& all, int weekday, int from, int until) {
    return std::any_of(all.begin(), all.end(),
                       [&](const OpenHours& each) { return each.weekday == weekday && each.opens <= from && until <= each.closes; });
}

}  // namespace

std::optional<PortClock> PortClock::named(std::string_view time_zone) {
    const auto* const found = std::find_if(zones.begin(), zones.end(), [&](const Zone& each) { return each.name == time_zone; });
    if (found == zones.end()) return std::nullopt;
    return PortClock{hours{found->standard_hours}, found->has_daylight_time};
}

minutes PortClock::offset_at(Instant at) const {
    if (!has_daylight_time_) return standard_;
    const Instant standard_time = at + standard_;
    const year of_year = year_month_day{floor<days>(standard_time)}.year();
    const Instant begins = sys_days{of_year / March / Sunday[2]} + 2h;
    const Instant ends = sys_days{of_year / November / Sunday[1]} + 1h;  // 2 o'clock daylight time
    return begins <= standard_time && standard_time < ends ? standard_ + 1h : minutes{standard_};
}

bool is_common(const BayTimes& bay, const std::vector<std::string>& agencies, Instant starts_at) {
    const Instant begun = bay.clock.local(starts_at);
    const Instant last = bay.clock.local(starts_at + bay.slot - 1min);
    const sys_days day = floor<days>(begun);
    // The clock is put forward or back within the slot, or the day ends: no hours cover it.
    if (last - begun != bay.slot - 1min || floor<days>(last) != day) return false;
    const int weekday_number = static_cast<int>(weekday{day}.iso_encoding());
    const int from = static_cast<int>(duration_cast<minutes>(begun - day).count());
    const int until = from + static_cast<int>(bay.slot.count());
    return std::all_of(agencies.begin(), agencies.end(), [&](const std::string& agency) {
        return std::any_of(bay.agencies.begin(), bay.agencies.end(),
                           [&](const AgencyHours& each) { return each.agency == agency && is_open(each.hours, weekday_number, from, until); });
    });
}

std::optional<Instant> next_common_slot(const BayTimes& bay, const std::vector<std::string>& agencies, Instant not_before, days horizon,
                                        const std::function<bool(Instant)>& is_full) {
    const auto slot = bay.slot.count();
    const auto minute = ceil<minutes>(not_before.time_since_epoch()).count();
    const Instant first{minutes{(minute + slot - 1) / slot * slot}};
    for (Instant at = first; at < not_before + horizon; at += bay.slot) {
        if (is_common(bay, agencies, at) && !is_full(at)) return at;
    }
    return std::nullopt;
}

}  // namespace puente::inspection
