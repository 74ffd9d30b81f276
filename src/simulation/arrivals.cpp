#include <algorithm>
#include <cmath>
#include <numeric>
#include <random>

#include "puente/simulation/simulate.hpp"

namespace puente::simulation {

namespace {

constexpr double microseconds_an_hour = 3'600e6;
constexpr double z95 = 1.6448536269514722;  // the 95th percentile of the standard normal distribution

/// Draws that are the same with every standard library: the engine is specified to the bit, the distributions of <random> are not.
class Dice {
public:
    explicit Dice(std::uint64_t seed) : engine_{seed} {}

    /// At least 0, less than 1.
    double fraction() { return static_cast<double>(engine_() >> 11) * 0x1.0p-53; }
    double exponential() { return -std::log1p(-fraction()); }
    double lognormal(const Minutes& minutes) {
        const double first = fraction();
        const double second = fraction();
        if (minutes.p95 <= minutes.median) return minutes.median;
        const double normal = std::sqrt(-2 * std::log1p(-first)) * std::cos(2 * std::acos(-1.0) * second);
        return minutes.median * std::exp(normal * std::log(minutes.p95 / minutes.median) / z95);
    }

private:
    std::mt19937_64 engine_;
};

Instant at_hour(double hour) {
    return Instant{std::chrono::microseconds{std::llround(hour * microseconds_an_hour)}};
}

/// A Poisson stream whose rate changes with the hour of the day.
std::vector<Instant> draw_arrivals(const Scenario& scenario, int days, Dice& dice) {
    const double sum = std::accumulate(scenario.by_hour.begin(), scenario.by_hour.end(), 0.0);
    std::vector<Instant> arrivals;
    double left = dice.exponential();
    for (int hour = 0; hour < days * 24; ++hour) {
        const double rate = scenario.loads_a_day * scenario.by_hour[static_cast<std::size_t>(hour % 24)] / sum;
        double used = 0;
        while (left < rate - used) {
            used += left;
            arrivals.push_back(at_hour(hour + used / rate));
            left = dice.exponential();
        }
        left -= rate - used;
    }
    return arrivals;
}

std::uint16_t draw_class(const Scenario& scenario, Dice& dice) {
    double left = dice.fraction();
    for (std::size_t each = 0; each + 1 < scenario.classes.size(); ++each) {
        left -= scenario.classes[each].share;
        if (left < 0) return static_cast<std::uint16_t>(each);
    }
    return static_cast<std::uint16_t>(scenario.classes.size() - 1);
}

bool is_done_at(const Work& work, Instant arrival) {
    return arrival >= Instant{std::chrono::hours{work.from_hour}} && arrival < Instant{std::chrono::hours{work.until_hour}};
}

}  // namespace

std::vector<Load> draw_loads(const Scenario& scenario, int days, std::uint64_t seed) {
    Dice dice{seed};
    std::vector<Load> loads;
    for (const Instant arrival : draw_arrivals(scenario, days, dice)) {
        Load load{arrival, arrival, draw_class(scenario, dice), {}};
        const double filed_before = scenario.filed_before[0] + dice.fraction() * (scenario.filed_before[1] - scenario.filed_before[0]);
        load.filed -= std::chrono::microseconds{std::llround(filed_before * microseconds_an_hour)};
        for (std::size_t work = 0; work < scenario.works.size(); ++work) {
            // Drawn for each work, done or not: a scenario that sends fewer loads somewhere keeps everything else as it was.
            const double sent = dice.fraction();
            const double minutes = dice.lognormal(scenario.works[work].minutes);
            if (sent >= scenario.works[work].share[load.load_class] || !is_done_at(scenario.works[work], arrival)) continue;
            load.tasks.push_back({static_cast<std::uint16_t>(work), std::chrono::microseconds{std::llround(minutes * 60e6)}});
        }
        loads.push_back(std::move(load));
    }
    return loads;
}

}  // namespace puente::simulation
