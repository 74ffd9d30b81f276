#include "puente/simulation/simulate.hpp"

#include <algorithm>
#include <queue>
#include <set>
#include <tuple>

namespace puente::simulation {

namespace {

using std::chrono::hours;
using std::chrono::microseconds;

constexpr int hours_after_the_last_arrival = 120 * 24;

/// A load in the queue of a station. The order of its members is the order of the queue: turn, age of the inspection, number.
using Waiting = std::tuple<Instant, Instant, std::uint32_t, std::size_t>;  // the last: its visit

struct Queue {
    bool exists = false;
    Hours hours;
    std::size_t free = 0;
    std::set<Waiting> waiting;
};

/// The end of a visit.
using End = std::tuple<Instant, std::uint64_t, std::size_t>;  // when, which in order of begin, its visit

class Port {
public:
    Port(const Scenario& scenario, const Plan& plan, const std::vector<Load>& loads);
    Course run(const Progress& progress);

private:
    void at_hour(int hour);
    void arrive(std::uint32_t load);
    void end(std::size_t visit);
    /// To the next station that has something to do for the load, or away.
    void send_on(std::uint32_t load, Instant now);
    void begin_what_can(std::size_t station, Instant now);
    void reorder();
    std::uint32_t oldest_waiting();
    Instant turn(std::uint32_t load) const;
    std::optional<std::size_t> next_station(std::uint32_t load) const;
    bool serves(const Station& station, std::uint32_t load) const;
    microseconds take_tasks(const Station& station, std::uint32_t load);

    const Scenario& scenario_;
    const Plan& plan_;
    const std::vector<Load>& loads_;
    std::vector<Queue> queues_;
    std::vector<std::vector<Task>> left_;  ///< by load, what is still to be done
    std::priority_queue<End, std::vector<End>, std::greater<>> ends_;
    std::optional<inspection::Contingency> contingency_;
    std::vector<bool> is_waiting_;  ///< by load
    std::uint32_t arrived_ = 0;
    std::uint32_t first_here_ = 0;  ///< the first load that is not gone
    std::uint64_t begun_ = 0;
    std::uint64_t gone_ = 0;
    std::vector<Visit> visits_;
    std::vector<std::size_t> order_;  ///< visits by begin
    Course course_;
};

bool does(const Station& station, std::size_t work) {
    return std::find(station.works.begin(), station.works.end(), work) != station.works.end();
}

bool is_open(const Hours& hours_of_day, int hour) {
    const int of_day = hour % 24;
    return of_day >= hours_of_day.from && of_day < hours_of_day.until;
}

Port::Port(const Scenario& scenario, const Plan& plan, const std::vector<Load>& loads)
    : scenario_{scenario}, plan_{plan}, loads_{loads}, queues_(scenario.stations.size()), left_(loads.size()), is_waiting_(loads.size()) {
    for (std::size_t each = 0; each < queues_.size(); ++each) {
        const Station& station = scenario.stations[each];
        queues_[each].exists = std::find(station.policies.begin(), station.policies.end(), plan.policy) != station.policies.end();
        queues_[each].hours = common_hours(scenario, station);
        queues_[each].free = station.places;
    }
    course_.released.assign(loads.size(), never);
}

/// At the same moment the hour strikes first, then visits end, then loads arrive.
Course Port::run(const Progress& progress) {
    const int last_hour = plan_.days * 24 + hours_after_the_last_arrival;
    for (int hour = 0; hour <= last_hour; ++hour) {
        at_hour(hour);
        if (progress) progress(course_.marks.back());
        if (hour >= plan_.days * 24 && gone_ == loads_.size()) break;
        const Instant until{hours{hour + 1}};
        while (true) {
            const Instant arrival = arrived_ < loads_.size() ? loads_[arrived_].arrival : never;
            const Instant next_end = ends_.empty() ? never : std::get<0>(ends_.top());
            if (std::min(arrival, next_end) >= until) break;
            if (next_end <= arrival) {
                const std::size_t visit = std::get<2>(ends_.top());
                ends_.pop();
                end(visit);
            } else {
                arrive(arrived_++);
            }
        }
    }
    for (const std::size_t visit : order_) course_.visits.push_back(visits_[visit]);
    for (const Visit& visit : visits_) {
        if (visit.begun == never) course_.visits.push_back(visit);
    }
    return std::move(course_);
}

/// Contingencies begin and end, stations open, and the port is counted.
void Port::at_hour(int hour) {
    const Instant now{hours{hour}};
    if (plan_.contingency) {
        const bool in_force = hour >= plan_.contingency->from_hour && hour < plan_.contingency->until_hour;
        if (in_force != contingency_.has_value()) {
            contingency_.reset();
            if (in_force) contingency_ = inspection::Contingency{plan_.contingency->classes};
            reorder();
        }
    }
    Mark mark{now, 0, arrived_, gone_, microseconds{0}, {}};
    for (std::size_t station = 0; station < queues_.size(); ++station) {
        begin_what_can(station, now);
        mark.at_stations.push_back(static_cast<std::uint32_t>(queues_[station].waiting.size()));
        mark.waiting += mark.at_stations.back();
    }
    if (mark.waiting > 0) mark.oldest = now - loads_[oldest_waiting()].arrival;
    course_.marks.push_back(std::move(mark));
}

/// Loads are numbered by arrival; only called while one waits.
std::uint32_t Port::oldest_waiting() {
    while (course_.released[first_here_] != never) ++first_here_;
    std::uint32_t oldest = first_here_;
    while (!is_waiting_[oldest]) ++oldest;
    return oldest;
}

void Port::arrive(std::uint32_t load) {
    left_[load] = loads_[load].tasks;
    send_on(load, loads_[load].arrival);
}

void Port::end(std::size_t visit) {
    const Visit ended = visits_[visit];  // a copy: sending the load on makes a visit more
    ++queues_[ended.station].free;
    send_on(ended.load, ended.ended);
    begin_what_can(ended.station, ended.ended);
}

void Port::send_on(std::uint32_t load, Instant now) {
    const std::optional<std::size_t> station = next_station(load);
    if (!station) {
        course_.released[load] = now;
        ++gone_;
        return;
    }
    visits_.push_back({load, static_cast<std::uint16_t>(*station), now});
    queues_[*station].waiting.emplace(turn(load), loads_[load].filed, load, visits_.size() - 1);
    is_waiting_[load] = true;
    begin_what_can(*station, now);
}

void Port::begin_what_can(std::size_t station, Instant now) {
    Queue& queue = queues_[station];
    if (!queue.exists || !is_open(queue.hours, static_cast<int>(std::chrono::floor<hours>(now.time_since_epoch()).count()))) return;
    while (queue.free > 0 && !queue.waiting.empty()) {
        const auto first = queue.waiting.begin();
        const std::size_t number = std::get<3>(*first);
        queue.waiting.erase(first);
        --queue.free;
        Visit& visit = visits_[number];
        is_waiting_[visit.load] = false;
        visit.begun = now;
        visit.ended = now + take_tasks(scenario_.stations[station], visit.load);
        order_.push_back(number);
        ends_.emplace(visit.ended, begun_++, number);
    }
}

/// What the gateway does when a contingency begins or ends: every waiting load gets its new turn.
void Port::reorder() {
    for (Queue& queue : queues_) {
        std::set<Waiting> ordered;
        for (const Waiting& each : queue.waiting) {
            const std::uint32_t load = std::get<2>(each);
            ordered.emplace(turn(load), loads_[load].filed, load, std::get<3>(each));
        }
        queue.waiting = std::move(ordered);
    }
}

Instant Port::turn(std::uint32_t load) const {
    const LoadClass& load_class = scenario_.classes[loads_[load].load_class];
    inspection::Place place;
    place.estimated_arrival = loads_[load].arrival;
    place.opened_at = loads_[load].filed;
    place.trusted = load_class.trusted;
    place.perishable = load_class.perishable;
    place.essential = load_class.essential;
    return inspection::turn_of(place, plan_.head_starts, contingency_ ? &*contingency_ : nullptr);
}

std::optional<std::size_t> Port::next_station(std::uint32_t load) const {
    for (std::size_t each = 0; each < queues_.size(); ++each) {
        if (queues_[each].exists && serves(scenario_.stations[each], load)) return each;
    }
    return std::nullopt;
}

bool Port::serves(const Station& station, std::uint32_t load) const {
    const auto& classes = station.classes;
    if (!classes.empty() && std::find(classes.begin(), classes.end(), loads_[load].load_class) == classes.end()) return false;
    return can_do(scenario_, station, left_[load]);
}

/// Takes from the load what is done in this visit; gives how long that takes.
microseconds Port::take_tasks(const Station& station, std::uint32_t load) {
    microseconds longest{0};
    std::vector<Task>& left = left_[load];
    const auto done = std::remove_if(left.begin(), left.end(), [&](const Task& task) {
        if (!does(station, task.work)) return false;
        longest = std::max(longest, task.duration);
        return true;
    });
    left.erase(done, left.end());
    return longest;
}

}  // namespace

bool can_do(const Scenario& scenario, const Station& station, const std::vector<Task>& tasks) {
    std::optional<std::size_t> first;
    for (const Task& task : tasks) {
        if (!does(station, task.work)) continue;
        const std::size_t agency = scenario.works[task.work].agency;
        if (!station.together || (first && *first != agency)) return true;
        first = agency;
    }
    return false;
}

std::string_view to_text(Policy policy) {
    return policy == Policy::joint ? "joint" : "separate";
}

Hours common_hours(const Scenario& scenario, const Station& station) {
    Hours common;
    for (const std::size_t agency : station.agencies) {
        common.from = std::max(common.from, scenario.agencies[agency].hours.from);
        common.until = std::min(common.until, scenario.agencies[agency].hours.until);
    }
    common.until = std::max(common.from, common.until);
    return common;
}

Course simulate(const Scenario& scenario, const Plan& plan, const std::vector<Load>& loads, const Progress& progress) {
    return Port{scenario, plan, loads}.run(progress);
}

}  // namespace puente::simulation
