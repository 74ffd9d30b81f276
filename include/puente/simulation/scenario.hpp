#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "puente/inspection/turn.hpp"
#include "puente/result.hpp"

namespace puente::simulation {

/// A text in both languages.
struct Bilingual {
    std::string en;
    std::string es;
};

/// How long a piece of work takes: lognormal, told by two figures an office can read off its own records. Equal figures: always that long.
struct Minutes {
    double median = 0;
    double p95 = 0;
};

/// Hours of the day, from inclusive to exclusive; 0 to 24 is always.
struct Hours {
    int from = 0;
    int until = 24;
};

struct Agency {
    std::string name;
    Hours hours;
};

/// A kind of load. Each load is of exactly one.
struct LoadClass {
    std::string name;
    Bilingual title;
    double share = 0;  ///< of the arrivals; the shares of a scenario make 1
    bool trusted = false;
    bool perishable = false;
    std::vector<std::string> essential;  ///< essential-goods classes on board, as in the code list essentialGoods
};

/// What an agency does with a load: a booth, a review, a scan, an unloading.
struct Work {
    std::string name;
    Bilingual title;
    std::size_t agency = 0;     ///< index into Scenario::agencies
    std::vector<double> share;  ///< of each class, by its index: how many of its loads are sent here
    Minutes minutes;
    int from_hour = 0;               ///< loads that arrive from this hour of the simulation on
    int until_hour = 1'000'000'000;  ///< and before this one
};

/// What happens to a load that several agencies want to see.
enum class Policy {
    separate,  ///< each agency by itself, one after the other, each in its own bays
    joint,     ///< one visit for all of them, in bays that they share
};

std::string_view to_text(Policy policy);

/// Places of one kind, in the order in which a load passes them. Open in the hours that all its agencies have in common.
struct Station {
    std::string name;
    Bilingual title;
    std::vector<std::size_t> agencies;
    std::vector<std::size_t> works;    ///< what it does; a load has all of it done in one visit, as long as the longest takes
    std::vector<std::size_t> classes;  ///< only for loads of these; empty: for all
    std::size_t places = 0;
    std::vector<Policy> policies;  ///< where it exists
    bool together = false;         ///< only for loads that at least two of its agencies want to see: a joint bay
};

/// A contingency as simulated: the classes that go first, between two hours of the simulation.
struct ContingencySpan {
    int from_hour = 0;
    int until_hour = 1'000'000'000;
    std::vector<std::string> classes;
};

/// A port and its days, as data. Every figure in a scenario file says in a comment whether it is published, calibrated or assumed.
struct Scenario {
    std::string id;
    Bilingual title;
    Bilingual note;
    int days = 1;
    double loads_a_day = 0;
    std::array<double, 24> by_hour{};      ///< weights of the hours of the day
    std::array<double, 2> filed_before{};  ///< the manifest is on file between so many hours before the arrival, evenly spread
    inspection::HeadStarts head_starts;
    std::vector<ContingencySpan> contingency;  ///< none or one
    std::vector<Agency> agencies;
    std::vector<LoadClass> classes;
    std::vector<Work> works;
    std::vector<Station> stations;
};

/// The hours in which a station's agencies are all there; from = until when they never are.
Hours common_hours(const Scenario& scenario, const Station& station);

/// Reads a scenario (YAML; rules/scenarios/ shows the fields). The error names every fault it found, each with line and column.
/// `usual`: the head starts where the scenario names none. A scenario that can be read can be simulated: each work that a class is sent to has an
/// open station under each policy.
Result<Scenario> read_scenario(const std::string& yaml, const std::string& file, const inspection::HeadStarts& usual = {});

}  // namespace puente::simulation
