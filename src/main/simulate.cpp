#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>

#include "main/commands.hpp"
#include "main/simulation_report.hpp"

namespace puente::main {

namespace {

namespace fs = std::filesystem;
using simulation::Policy;
using simulation::Scenario;

constexpr std::uintmax_t file_bytes_max = 1024 * 1024;

/// What the person asked for.
struct Wishes {
    std::string scenario = "ordinary-day";
    std::string folder = (fs::path{shipped_folder("rules")} / "scenarios").string();
    std::optional<int> days;
    std::optional<double> loads;
    std::uint64_t seed = 1;
    std::string policy = "both";
    std::vector<int> head_starts;
    std::optional<int> contingency_from;
    std::optional<int> contingency_until;
    std::vector<std::string> contingency_classes;
    bool no_contingency = false;
    std::optional<int> rows_each;
    std::string language = "en";
    bool json = false;
    bool list = false;

    bool spanish() const { return language == "es"; }
};

/// Says on standard error how far a long simulation has come; a short one stays silent.
class Teller {
public:
    explicit Teller(const Wishes& wishes) : spanish_{wishes.spanish()} {}

    void tell(Policy policy, bool with_contingency, const simulation::Mark& mark) {
        const auto now = std::chrono::steady_clock::now();
        if (now - last_ < std::chrono::seconds{1}) return;
        last_ = now;
        const auto day = std::chrono::floor<std::chrono::days>(mark.at.time_since_epoch()).count() + 1;
        if (spanish_) {
            std::cerr << fmt::format("{}, {} contingencia: día {}, {} en espera\n", policy == Policy::joint ? "conjunta" : "por separado",
                                     with_contingency ? "con" : "sin", day, grouped(mark.waiting));
        } else {
            std::cerr << fmt::format("{}, {} contingency: day {}, {} waiting\n", to_text(policy), with_contingency ? "with" : "without", day,
                                     grouped(mark.waiting));
        }
    }

private:
    bool spanish_;
    std::chrono::steady_clock::time_point last_ = std::chrono::steady_clock::now();
};

Result<std::string> text_of(const fs::path& path) {
    std::error_code missing;
    const std::uintmax_t size = fs::is_regular_file(path, missing) ? fs::file_size(path, missing) : 0;
    std::ifstream in{path, std::ios::binary};
    if (missing || !in || size == 0) return Error{ErrorKind::not_found, fmt::format("{}: no such file", path.string())};
    if (size > file_bytes_max) return Error{ErrorKind::malformed, fmt::format("{}: larger than {} bytes", path.string(), file_bytes_max)};
    return std::string{std::istreambuf_iterator<char>{in}, {}};
}

/// A name is looked for among the shipped scenarios; anything with a slash or an ending is a file. Head starts that it does not name are the
/// gateway's.
Result<Scenario> scenario_of(const std::string& wanted, const std::string& folder) {
    const bool is_file = wanted.find('/') != std::string::npos || fs::path{wanted}.has_extension();
    const fs::path path = is_file ? fs::path{wanted} : fs::path{folder} / (wanted + ".yaml");
    const Result<std::string> yaml = text_of(path);
    if (!yaml) return Error{yaml.error().kind(), yaml.error().detail() + "; puente simulate --list names the scenarios"};
    inspection::HeadStarts usual;
    if (const Result<std::string> queue = text_of(fs::path{folder}.parent_path() / "queue.yaml")) {
        const Result<inspection::HeadStarts> read = inspection::parse_head_starts(*queue);
        if (!read) return read.error();
        usual = *read;
    }
    Result<Scenario> scenario = simulation::read_scenario(*yaml, path.string(), usual);
    if (scenario) scenario->id = path.stem().string();
    return scenario;
}

int list(const Wishes& wishes) {
    std::vector<std::string> names;
    std::error_code missing;
    for (const auto& entry : fs::directory_iterator{wishes.folder, missing}) {
        if (entry.path().extension() == ".yaml") names.push_back(entry.path().stem().string());
    }
    std::sort(names.begin(), names.end());
    int exit_code = names.empty() ? 2 : 0;
    for (const std::string& name : names) {
        const Result<Scenario> scenario = scenario_of(name, wishes.folder);
        if (!scenario) exit_code = 1;
        (scenario ? std::cout : std::cerr) << (scenario ? fmt::format("{:<16} {}\n", name, wishes.spanish() ? scenario->note.es : scenario->note.en)
                                                        : scenario.error().detail() + "\n");
    }
    if (names.empty()) std::cerr << wishes.folder << ": no scenarios\n";
    return exit_code;
}

/// The scenario's contingency with what the person changed about it, or what is wrong with that.
Result<std::optional<simulation::ContingencySpan>> contingency_of(const Wishes& wishes, const Scenario& scenario) {
    std::optional<simulation::ContingencySpan> span;
    const bool asked = wishes.contingency_from || wishes.contingency_until || !wishes.contingency_classes.empty();
    if (wishes.no_contingency) {
        if (asked) return Error{ErrorKind::malformed, "--no-contingency and the other options of a contingency exclude each other"};
        return span;
    }
    if (!scenario.contingency.empty()) span = scenario.contingency.front();
    if (asked && !span) span = simulation::ContingencySpan{};
    if (!span) return span;
    if (wishes.contingency_from) span->from_hour = *wishes.contingency_from;
    if (wishes.contingency_until) span->until_hour = *wishes.contingency_until;
    if (!wishes.contingency_classes.empty()) span->classes = wishes.contingency_classes;
    if (span->until_hour <= span->from_hour) return Error{ErrorKind::malformed, "a contingency ends after it begins"};
    for (const std::string& name : span->classes) {
        const bool carried = std::any_of(scenario.classes.begin(), scenario.classes.end(), [&](const simulation::LoadClass& each) {
            return std::find(each.essential.begin(), each.essential.end(), name) != each.essential.end();
        });
        if (!carried) return Error{ErrorKind::malformed, fmt::format("no load of this scenario carries essential goods of the class '{}'", name)};
    }
    if (span->classes.empty()) return Error{ErrorKind::malformed, "a contingency needs --contingency-classes: this scenario names none"};
    return span;
}

SimulationReport simulated(const Wishes& wishes, Scenario scenario, std::optional<simulation::ContingencySpan> contingency) {
    const std::vector<simulation::Load> loads = simulation::draw_loads(scenario, scenario.days, wishes.seed);
    SimulationReport report{std::move(scenario), wishes.seed, loads.size(), std::move(contingency), 1, {}};
    report.rows_each = wishes.rows_each.value_or(report.scenario.days <= 1 ? 1 : report.scenario.days <= 3 ? 3 : 12);
    Teller teller{wishes};
    for (const Policy policy : {Policy::separate, Policy::joint}) {
        if (wishes.policy != "both" && wishes.policy != to_text(policy)) continue;
        for (const bool with : {false, true}) {
            if (with && !report.contingency) continue;
            simulation::Plan plan{policy, report.scenario.head_starts, std::nullopt, report.scenario.days};
            if (with) plan.contingency = report.contingency;
            const auto progress = [&](const simulation::Mark& mark) { teller.tell(policy, with, mark); };
            const simulation::Course course = simulate(report.scenario, plan, loads, progress);
            const std::vector<std::string> classes = report.contingency ? report.contingency->classes : std::vector<std::string>{};
            report.runs.push_back({policy, with, summarise(report.scenario, plan, classes, loads, course)});
        }
    }
    return report;
}

void add_options(CLI::App& app, Wishes& wishes) {
    app.add_option("--scenario", wishes.scenario, "name of a shipped scenario, or a YAML file")->capture_default_str();
    app.add_option("--scenarios", wishes.folder, "folder of the shipped scenarios")->capture_default_str();
    app.add_flag("--list", wishes.list, "list the shipped scenarios and leave");
    app.add_option("--days", wishes.days, "days in which loads arrive")->check(CLI::Range(1, 31));
    app.add_option("--loads", wishes.loads, "loads a day; the places stay as they are")->check(CLI::Range(1.0, 100'000.0));
    app.add_option("--seed", wishes.seed, "the same seed gives the same loads and the same output")
        ->check(CLI::NonNegativeNumber)
        ->capture_default_str();
    app.add_option("--policy", wishes.policy, "joint inspection, each agency by itself, or both to compare")
        ->check(CLI::IsMember({"separate", "joint", "both"}))
        ->capture_default_str();
    app.add_option("--head-starts", wishes.head_starts,
                   "minutes for trusted, perishable, contingency; by default the scenario's, else those of rules/queue.yaml")
        ->expected(3)
        ->delimiter(',')
        ->check(CLI::Range(0, 60 * 24 * 366));
    app.add_option("--contingency-from", wishes.contingency_from, "hour of the simulation at which the contingency begins")
        ->check(CLI::Range(0, 24 * 366));
    app.add_option("--contingency-until", wishes.contingency_until, "hour at which it ends")->check(CLI::Range(1, 24 * 366));
    app.add_option("--contingency-classes", wishes.contingency_classes, "essential-goods classes that go first, as agribusiness,medical")
        ->delimiter(',');
    app.add_flag("--no-contingency", wishes.no_contingency, "leave the scenario's contingency out");
    app.add_option("--every", wishes.rows_each, "hours between the rows of the queue table")->check(CLI::Range(1, 24));
    app.add_option("--language", wishes.language, "en or es")->check(CLI::IsMember({"en", "es"}))->capture_default_str();
    app.add_flag("--json", wishes.json, "one JSON object instead of text");
}

}  // namespace

int simulate(int argc, const char* const* argv) {
    CLI::App app{
        "Simulates a port for a day or several: arrivals, bays, hours, and the gateway's own order of the queue. Prints waits by class, without and\n"
        "with a contingency. No database, no network. Exit code: 0 done, 2 wrong use or a scenario that is not in order.",
        "puente simulate"};
    Wishes wishes;
    add_options(app, wishes);
    int exit_code = 0;
    if (!parsed(app, argc, argv, exit_code)) return exit_code;
    if (wishes.list) return list(wishes);
    Result<Scenario> scenario = scenario_of(wishes.scenario, wishes.folder);
    if (!scenario) {
        std::cerr << scenario.error().detail() << "\n";
        return 2;
    }
    if (wishes.days) scenario->days = *wishes.days;
    if (wishes.loads) scenario->loads_a_day = *wishes.loads;
    if (wishes.head_starts.size() == 3) {
        const auto minutes = [&](std::size_t which) { return std::chrono::minutes{wishes.head_starts[which]}; };
        scenario->head_starts = {minutes(0), minutes(1), minutes(2)};
    }
    Result<std::optional<simulation::ContingencySpan>> contingency = contingency_of(wishes, *scenario);
    if (!contingency) {
        std::cerr << contingency.error().detail() << "\n";
        return 2;
    }
    const SimulationReport report = simulated(wishes, std::move(*scenario), std::move(*contingency));
    std::cout << (wishes.json ? as_json(report, wishes.spanish()) : as_text(report, wishes.spanish()));
    return 0;
}

}  // namespace puente::main
