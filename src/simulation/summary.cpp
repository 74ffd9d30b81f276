#include "puente/simulation/summary.hpp"

#include <algorithm>

namespace puente::simulation {

namespace {

/// Which loads a group is about, and what they went through.
struct Group {
    std::string name;
    Bilingual title;
    std::vector<Span> waited;
    std::vector<Span> at_port;
};

bool has_any(const std::vector<std::string>& essential, const std::vector<std::string>& classes) {
    if (classes.empty()) return !essential.empty();
    return std::any_of(essential.begin(), essential.end(),
                       [&](const std::string& each) { return std::find(classes.begin(), classes.end(), each) != classes.end(); });
}

bool is_seen_by_several(const Scenario& scenario, const Load& load) {
    return std::any_of(scenario.stations.begin(), scenario.stations.end(),
                       [&](const Station& station) { return station.together && can_do(scenario, station, load.tasks); });
}

std::vector<GroupWaits> group_waits(const Scenario& scenario, const std::vector<std::string>& classes, const std::vector<Load>& loads,
                                    const Course& course) {
    std::vector<Span> work(loads.size(), Span{0});
    for (const Visit& visit : course.visits) {
        if (visit.begun != never) work[visit.load] += visit.ended - visit.begun;
    }
    std::vector<Group> groups;
    for (const LoadClass& each : scenario.classes) groups.push_back({each.name, each.title, {}, {}});
    const std::size_t essential = groups.size();
    groups.push_back({
        "essential", {"essential goods", "bienes esenciales"},
         {       },
         {                                       }
    });
    groups.push_back({
        "other", {"all other goods", "los demás"},
         {       },
         {                                   }
    });
    groups.push_back({
        "several", {"wanted by several", "los piden varias"},
         {         },
         {                                       }
    });
    groups.push_back({
        "all", {"all loads", "todas las cargas"},
         { },
         {                           }
    });
    for (std::size_t load = 0; load < loads.size(); ++load) {
        if (course.released[load] == never) continue;
        const Span at_port = course.released[load] - loads[load].arrival;
        const bool is_essential = has_any(scenario.classes[loads[load].load_class].essential, classes);
        std::vector<std::size_t> in{loads[load].load_class, is_essential ? essential : essential + 1, essential + 3};
        if (is_seen_by_several(scenario, loads[load])) in.push_back(essential + 2);
        for (const std::size_t group : in) {
            groups[group].waited.push_back(at_port - work[load]);
            groups[group].at_port.push_back(at_port);
        }
    }
    std::vector<GroupWaits> waits;
    for (Group& each : groups) waits.push_back({each.name, each.title, spread_of(std::move(each.waited)), spread_of(std::move(each.at_port))});
    return waits;
}

std::vector<StationUse> station_use(const Scenario& scenario, const Plan& plan, const Course& course) {
    const Instant end{std::chrono::hours{plan.days * 24}};
    std::vector<StationUse> uses;
    for (std::size_t each = 0; each < scenario.stations.size(); ++each) {
        const Station& station = scenario.stations[each];
        if (std::find(station.policies.begin(), station.policies.end(), plan.policy) == station.policies.end()) continue;
        Span busy{0};
        StationUse use{each};
        for (const Visit& visit : course.visits) {
            if (visit.station != each || visit.begun == never) continue;
            ++use.visits;
            if (visit.begun < end) busy += std::min(visit.ended, end) - visit.begun;
        }
        const Hours hours = common_hours(scenario, station);
        const double open = static_cast<double>(station.places) * (hours.until - hours.from) * plan.days * 3'600e6;
        use.used = static_cast<double>(busy.count()) / open;
        uses.push_back(use);
    }
    return uses;
}

}  // namespace

Spread spread_of(std::vector<Span> spans) {
    if (spans.empty()) return {};
    std::sort(spans.begin(), spans.end());
    const auto rank = [&](std::size_t percent) { return spans[(spans.size() * percent + 99) / 100 - 1]; };
    return {spans.size(), rank(50), rank(90), rank(95), spans.back()};
}

Summary summarise(const Scenario& scenario, const Plan& plan, const std::vector<std::string>& classes, const std::vector<Load>& loads,
                  const Course& course) {
    const Instant end{std::chrono::hours{plan.days * 24}};
    Summary summary;
    summary.groups = group_waits(scenario, classes, loads, course);
    summary.arrived = loads.size();
    for (const Instant released : course.released) {
        summary.never_released += released == never ? 1 : 0;
        summary.released_in_days += released < end ? 1 : 0;
    }
    summary.released_a_day = static_cast<double>(summary.released_in_days) / plan.days;
    for (const Mark& mark : course.marks) {
        if (mark.waiting > summary.most_waiting) {
            summary.most_waiting = mark.waiting;
            summary.most_waiting_at = mark.at;
        }
        summary.oldest = std::max(summary.oldest, mark.oldest);
        if (mark.at == end) summary.waiting_at_end = mark.waiting;
        if (mark.at >= end && mark.waiting == 0 && !summary.empty_again) summary.empty_again = mark.at;
    }
    summary.stations = station_use(scenario, plan, course);
    summary.marks = course.marks;
    return summary;
}

}  // namespace puente::simulation
