#include "main/simulation_report.hpp"

#include <fmt/format.h>

#include <cmath>
#include <iterator>
#include <nlohmann/json.hpp>

namespace puente::main {

namespace {

using nlohmann::ordered_json;
using simulation::Bilingual;
using simulation::Mark;
using simulation::Policy;
using simulation::Scenario;
using simulation::Span;
using simulation::Spread;
using simulation::Summary;

/// The report in text. Each policy is a section, each of its runs a column.
class Text {
public:
    Text(const SimulationReport& report, bool spanish) : report_{report}, spanish_{spanish} {}
    std::string written();

private:
    void head();
    void section(const std::vector<const SimulatedRun*>& runs);
    void waits(const std::vector<const SimulatedRun*>& runs);
    void port(const std::vector<const SimulatedRun*>& runs);
    void stations(const std::vector<const SimulatedRun*>& runs);
    void queues(const std::vector<const SimulatedRun*>& runs);
    /// A row of the figures of the port as a whole.
    template <class Figure>
    void row(const std::vector<const SimulatedRun*>& runs, const char* en, const char* es, Figure figure);

    template <class... Arguments>
    void add(fmt::format_string<Arguments...> format, Arguments&&... arguments) {
        fmt::format_to(std::back_inserter(text_), format, std::forward<Arguments>(arguments)...);
    }
    const char* say(const char* en, const char* es) const { return spanish_ ? es : en; }
    const std::string& say(const Bilingual& text) const { return spanish_ ? text.es : text.en; }

    const SimulationReport& report_;
    bool spanish_;
    std::string text_;
};

constexpr int column = 32;  // characters of a run's figures

std::string clock(Span span) {
    const auto minutes = std::chrono::round<std::chrono::minutes>(span).count();
    return fmt::format("{}:{:02}", minutes / 60, minutes % 60);
}

std::string joined(const std::vector<std::string>& names) {
    std::string all;
    for (const std::string& each : names) all += (all.empty() ? "" : ", ") + each;
    return all;
}

std::int64_t hour_of(Instant at) {
    return std::chrono::duration_cast<std::chrono::hours>(at.time_since_epoch()).count();
}

/// To a tenth.
double minutes_of(Span span) {
    return std::round(static_cast<double>(span.count()) / 6e6) / 10;
}

std::string Text::written() {
    head();
    for (const Policy policy : {Policy::separate, Policy::joint}) {
        std::vector<const SimulatedRun*> runs;
        for (const SimulatedRun& each : report_.runs) {
            if (each.policy == policy) runs.push_back(&each);
        }
        if (!runs.empty()) section(runs);
    }
    return text_;
}

void Text::head() {
    const Scenario& scenario = report_.scenario;
    add("{} ({})\n{}\n", say(scenario.title), scenario.id, say(scenario.note));
    add("{}: {}. {}: {}. {}: {}. {}: {}.\n", say("Days", "Días"), scenario.days, say("Loads a day", "Cargas por día"),
        grouped(static_cast<std::uint64_t>(scenario.loads_a_day)), say("Loads drawn", "Cargas sorteadas"), grouped(report_.loads),
        say("Seed", "Semilla"), report_.seed);
    add("{}: {} {}, {} {}, {} {}.\n", say("Head starts in minutes", "Ventajas en minutos"), say("trusted", "confiable"),
        scenario.head_starts.trusted.count(), say("perishable", "perecedero"), scenario.head_starts.perishable.count(),
        say("contingency", "contingencia"), scenario.head_starts.contingency.count());
    if (report_.contingency) {
        const bool ends = report_.contingency->until_hour < 24 * 366;
        add("{} {}{}: {}.\n", say("Contingency from hour", "Contingencia desde la hora"), report_.contingency->from_hour,
            ends ? fmt::format(" {} {}", say("until", "hasta la"), report_.contingency->until_hour) : std::string{},
            joined(report_.contingency->classes));
    }
    add("{}\n", say("Waits in hours:minutes, from arrival to release less the work itself; the port works on until nothing waits.",
                    "Esperas en horas:minutos, de la llegada a la liberación menos la revisión misma; el puerto sigue hasta que nada espera."));
}

void Text::section(const std::vector<const SimulatedRun*>& runs) {
    const bool joint = runs.front()->policy == Policy::joint;
    add("\n== {} ==\n{:<35}", joint ? say("Joint inspection", "Inspección conjunta") : say("Each agency by itself", "Cada autoridad por su cuenta"),
        "");
    for (const SimulatedRun* each : runs) {
        add("{:>{}}", each->with_contingency ? say("with contingency", "con contingencia") : say("without contingency", "sin contingencia"), column);
    }
    add("\n");
    waits(runs);
    port(runs);
    stations(runs);
    queues(runs);
}

void Text::waits(const std::vector<const SimulatedRun*>& runs) {
    add("{:<24}{:>11}", say("waits", "esperas"), say("loads", "cargas"));
    for (std::size_t i = 0; i < runs.size(); ++i) add("{:>8}{:>8}{:>8}{:>8}", "p50", "p90", "p95", "max");
    add("\n");
    for (std::size_t group = 0; group < runs.front()->summary.groups.size(); ++group) {
        const auto& first = runs.front()->summary.groups[group];
        add("{:<24}{:>11}", say(first.title), grouped(first.waited.count));
        for (const SimulatedRun* each : runs) {
            const Spread& waited = each->summary.groups[group].waited;
            add("{:>8}{:>8}{:>8}{:>8}", clock(waited.p50), clock(waited.p90), clock(waited.p95), clock(waited.max));
        }
        add("\n");
    }
}

template <class Figure>
void Text::row(const std::vector<const SimulatedRun*>& runs, const char* en, const char* es, Figure figure) {
    add("{:<35}", say(en, es));
    for (const SimulatedRun* each : runs) add("{:>{}}", figure(each->summary), column);
    add("\n");
}

void Text::port(const std::vector<const SimulatedRun*>& runs) {
    add("{}\n", say("port", "puerto"));
    row(runs, "released a day", "liberadas por día", [](const Summary& s) { return grouped(static_cast<std::uint64_t>(s.released_a_day)); });
    row(runs, "most waiting, at hour", "más en espera, a la hora",
        [](const Summary& s) { return fmt::format("{} {:>5}", grouped(s.most_waiting), hour_of(s.most_waiting_at)); });
    row(runs, "oldest that waited", "la más antigua en espera", [](const Summary& s) { return clock(s.oldest); });
    row(runs, "waiting after the last day", "en espera tras el último día", [](const Summary& s) { return grouped(s.waiting_at_end); });
    row(runs, "nothing waits from hour", "nada espera desde la hora",
        [](const Summary& s) { return s.empty_again ? fmt::format("{}", hour_of(*s.empty_again)) : std::string{"-"}; });
    row(runs, "never released", "nunca liberadas", [](const Summary& s) { return grouped(s.never_released); });
}

void Text::stations(const std::vector<const SimulatedRun*>& runs) {
    add("{:<24}{:>11}", say("stations", "estaciones"), say("places", "lugares"));
    for (std::size_t i = 0; i < runs.size(); ++i) add("{:>{}}{:>8}", say("visits", "visitas"), column - 8, say("in use", "en uso"));
    add("\n");
    for (std::size_t i = 0; i < runs.front()->summary.stations.size(); ++i) {
        const auto& station = report_.scenario.stations[runs.front()->summary.stations[i].station];
        add("{:<24}{:>11}", say(station.title), station.places);
        for (const SimulatedRun* each : runs) {
            const simulation::StationUse& use = each->summary.stations[i];
            add("{:>{}}{:>7.0f}%", grouped(use.visits), column - 8, 100 * use.used);
        }
        add("\n");
    }
}

void Text::queues(const std::vector<const SimulatedRun*>& runs) {
    add("{:<35}", say("queue at hour", "fila a la hora"));
    for (std::size_t i = 0; i < runs.size(); ++i) add("{:>16}{:>16}", say("waiting", "en espera"), say("oldest", "más antigua"));
    add("\n");
    for (int hour = 0; hour <= report_.scenario.days * 24; hour += report_.rows_each) {
        add("{:<35}", hour);
        for (const SimulatedRun* each : runs) {
            const auto& marks = each->summary.marks;
            const Mark* const mark = static_cast<std::size_t>(hour) < marks.size() ? &marks[static_cast<std::size_t>(hour)] : nullptr;
            add("{:>16}{:>16}", grouped(mark != nullptr ? mark->waiting : 0), clock(mark != nullptr ? mark->oldest : Span{0}));
        }
        add("\n");
    }
}

ordered_json described(const Spread& spread) {
    return {
        {"p50", minutes_of(spread.p50)},
        {"p90", minutes_of(spread.p90)},
        {"p95", minutes_of(spread.p95)},
        {"max", minutes_of(spread.max)}
    };
}

ordered_json described(const Mark& mark, const SimulatedRun& run, const Scenario& scenario) {
    ordered_json at_stations = ordered_json::object();
    for (const simulation::StationUse& use : run.summary.stations) at_stations[scenario.stations[use.station].name] = mark.at_stations[use.station];
    return {
        {"hour",          hour_of(mark.at)       },
        {"waiting",       mark.waiting           },
        {"oldestMinutes", minutes_of(mark.oldest)},
        {"arrived",       mark.arrived           },
        {"released",      mark.released          },
        {"atStations",    at_stations            }
    };
}

ordered_json described(const SimulatedRun& run, const Scenario& scenario, bool spanish) {
    const Summary& summary = run.summary;
    ordered_json document{
        {"policy",      to_text(run.policy) },
        {"contingency", run.with_contingency}
    };
    for (const simulation::GroupWaits& group : summary.groups) {
        document["groups"].push_back({
            {"name",          group.name                               },
            {"title",         spanish ? group.title.es : group.title.en},
            {"loads",         group.waited.count                       },
            {"waitMinutes",   described(group.waited)                  },
            {"atPortMinutes", described(group.at_port)                 }
        });
    }
    document["releasedADay"] = summary.released_a_day;
    document["mostWaiting"] = summary.most_waiting;
    document["mostWaitingAtHour"] = hour_of(summary.most_waiting_at);
    document["oldestMinutes"] = minutes_of(summary.oldest);
    document["waitingAfterTheLastDay"] = summary.waiting_at_end;
    document["nothingWaitsFromHour"] = summary.empty_again ? ordered_json(hour_of(*summary.empty_again)) : ordered_json{};
    document["neverReleased"] = summary.never_released;
    for (const simulation::StationUse& use : summary.stations) {
        const simulation::Station& station = scenario.stations[use.station];
        document["stations"].push_back({
            {"name",   station.name  },
            {"places", station.places},
            {"visits", use.visits    },
            {"used",   use.used      }
        });
    }
    for (const Mark& mark : summary.marks) document["hours"].push_back(described(mark, run, scenario));
    return document;
}

}  // namespace

std::string grouped(std::uint64_t number) {
    const std::string digits = std::to_string(number);
    std::string text;
    for (std::size_t i = 0; i < digits.size(); ++i) {
        if (i > 0 && (digits.size() - i) % 3 == 0) text += ',';
        text += digits[i];
    }
    return text;
}

std::string as_text(const SimulationReport& report, bool spanish) {
    return Text{report, spanish}.written();
}

std::string as_json(const SimulationReport& report, bool spanish) {
    const Scenario& scenario = report.scenario;
    ordered_json document{
        {"scenario",  scenario.id                                    },
        {"title",     spanish ? scenario.title.es : scenario.title.en},
        {"seed",      report.seed                                    },
        {"days",      scenario.days                                  },
        {"loadsADay", scenario.loads_a_day                           },
        {"loads",     report.loads                                   }
    };
    document["headStartsMinutes"] = {
        {"trusted",     scenario.head_starts.trusted.count()    },
        {"perishable",  scenario.head_starts.perishable.count() },
        {"contingency", scenario.head_starts.contingency.count()}
    };
    document["contingency"] = ordered_json{};
    if (report.contingency) {
        document["contingency"] = {
            {"fromHour",  report.contingency->from_hour },
            {"untilHour", report.contingency->until_hour},
            {"classes",   report.contingency->classes   }
        };
    }
    for (const SimulatedRun& run : report.runs) document["runs"].push_back(described(run, scenario, spanish));
    return document.dump() + "\n";
}

}  // namespace puente::main
