#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "puente/simulation/simulate.hpp"
#include "simulation/fields.hpp"

namespace puente::simulation {

namespace {

constexpr int hour_max = 24 * 366;
constexpr double minutes_max = 7 * 24 * 60;

/// Reads the parts in order; what comes later names what came before.
class Reader {
public:
    Reader(const YAML::Node& document, const std::string& file, const inspection::HeadStarts& usual)
        : faults_{file}, top_{document, "a scenario", faults_} {
        scenario_.head_starts = usual;
    }
    Result<Scenario> read();

private:
    void read_port();
    void read_contingency();
    void read_agencies();
    void read_classes();
    void read_works();
    std::vector<double> shares_of(Fields& work);
    void read_stations();
    std::vector<Policy> policies_of(Fields& station);
    void demand_a_way_for_every_load();

    /// The index of a member of that name; 0 and a fault when there is none.
    template <class Member>
    std::size_t named(const std::vector<Member>& among, const std::string& name, Fields& at, const std::string& field);
    template <class Member>
    std::vector<std::size_t> all_named(const std::vector<Member>& among, Fields& at, const std::string& field);
    /// A name that no other member has.
    template <class Member>
    std::string new_name(const std::vector<Member>& among, Fields& at);

    Faults faults_;
    Fields top_;
    Scenario scenario_;
};

Result<Scenario> Reader::read() {
    read_port();
    read_contingency();
    read_agencies();
    read_classes();
    read_works();
    read_stations();
    top_.nothing_else();
    if (faults_.none()) demand_a_way_for_every_load();
    if (!faults_.none()) return faults_.error();
    return std::move(scenario_);
}

void Reader::read_port() {
    scenario_.title = top_.bilingual("title");
    scenario_.note = top_.bilingual("note");
    scenario_.days = top_.whole("days", 1, 31);
    scenario_.loads_a_day = top_.number("loadsADay", 1, 100'000);
    const std::vector<double> by_hour = top_.numbers("byHour", 24, 0, 1'000'000);
    std::copy(by_hour.begin(), by_hour.end(), scenario_.by_hour.begin());
    if (std::all_of(by_hour.begin(), by_hour.end(), [](double weight) { return weight == 0; })) top_.fault("byHour", "has an hour with arrivals");
    const std::vector<double> filed = top_.numbers("filedBeforeHours", 2, 0, 720);
    scenario_.filed_before = {filed[0], std::max(filed[0], filed[1])};
    if (!top_.has("headStartsMinutes")) return;
    Fields head_starts{top_.node("headStartsMinutes"), "headStartsMinutes", faults_};
    const auto minutes = [&](const char* name) { return std::chrono::minutes{head_starts.whole(name, 0, hour_max * 60)}; };
    scenario_.head_starts = {minutes("trusted"), minutes("perishable"), minutes("contingency")};
    head_starts.nothing_else();
}

void Reader::read_contingency() {
    if (!top_.has("contingency")) return;
    Fields fields{top_.node("contingency"), "contingency", faults_};
    ContingencySpan span;
    span.from_hour = fields.whole("fromHour", 0, hour_max);
    span.until_hour = fields.whole_or("untilHour", span.from_hour + 1, hour_max, span.until_hour);
    span.classes = fields.names("classes");
    if (span.classes.empty()) fields.fault("classes", "names at least one class of essential goods");
    fields.nothing_else();
    scenario_.contingency.push_back(std::move(span));
}

void Reader::read_agencies() {
    for (const YAML::Node& node : top_.members("agencies")) {
        Fields fields{node, "an agency", faults_};
        const std::string name = new_name(scenario_.agencies, fields);
        const std::vector<double> hours = fields.numbers("hours", 2, 0, 24);
        if (hours[0] >= hours[1] || std::floor(hours[0]) != hours[0] || std::floor(hours[1]) != hours[1]) {
            fields.fault("hours", "are two whole hours of a day, the first before the second");
        }
        fields.nothing_else();
        scenario_.agencies.push_back({
            name, {static_cast<int>(hours[0]), static_cast<int>(hours[1])}
        });
    }
}

void Reader::read_classes() {
    double sum = 0;
    for (const YAML::Node& node : top_.members("classes")) {
        Fields fields{node, "a class", faults_};
        LoadClass made{new_name(scenario_.classes, fields), fields.bilingual("title"), fields.number("share", 0, 1), fields.flag("trusted"),
                       fields.flag("perishable"),           fields.names("essential")};
        fields.nothing_else();
        sum += made.share;
        scenario_.classes.push_back(std::move(made));
    }
    if (std::abs(sum - 1) > 1e-6) top_.fault("classes", fmt::format("have shares that make 1, not {:.4f}", sum));
}

void Reader::read_works() {
    for (const YAML::Node& node : top_.members("works")) {
        Fields fields{node, "a work", faults_};
        Work work;
        work.name = new_name(scenario_.works, fields);
        work.title = fields.bilingual("title");
        work.agency = named(scenario_.agencies, fields.text("agency"), fields, "agency");
        work.share = shares_of(fields);
        if (fields.has("minutes")) {
            Fields minutes{fields.node("minutes"), "minutes", faults_};
            work.minutes = {minutes.number("median", 0, minutes_max), minutes.number("p95", 0, minutes_max)};
            if (work.minutes.p95 < work.minutes.median) minutes.fault("p95", "is not below the median");
            if (work.minutes.median == 0 && work.minutes.p95 > 0) minutes.fault("median", "of 0 needs a p95 of 0");
            minutes.nothing_else();
        } else {
            fields.fault("minutes", "is a mapping of median and p95");
        }
        work.from_hour = fields.whole_or("fromHour", 0, hour_max, work.from_hour);
        work.until_hour = fields.whole_or("untilHour", work.from_hour + 1, hour_max, work.until_hour);
        fields.nothing_else();
        scenario_.works.push_back(std::move(work));
    }
}

/// One number for all classes, or a number by class, where "other" stands for those not named.
std::vector<double> Reader::shares_of(Fields& work) {
    const YAML::Node node = work.node("share");
    if (!node.IsDefined() || !node.IsMap()) return std::vector<double>(scenario_.classes.size(), work.number("share", 0, 1));
    Fields fields{node, "a share", faults_};
    std::vector<double> shares;
    const bool has_other = fields.has("other");
    const double other = has_other ? fields.number("other", 0, 1) : 0;
    for (const LoadClass& each : scenario_.classes) {
        shares.push_back(has_other && !fields.has(each.name) ? other : fields.number(each.name, 0, 1));
    }
    fields.nothing_else();
    return shares;
}

void Reader::read_stations() {
    for (const YAML::Node& node : top_.members("stations")) {
        Fields fields{node, "a station", faults_};
        Station station;
        station.name = new_name(scenario_.stations, fields);
        station.title = fields.bilingual("title");
        station.agencies = all_named(scenario_.agencies, fields, "agencies");
        station.works = all_named(scenario_.works, fields, "works");
        station.classes = all_named(scenario_.classes, fields, "classes");
        station.places = static_cast<std::size_t>(fields.whole("places", 1, 10'000));
        station.policies = policies_of(fields);
        station.together = fields.flag("together");
        if (station.agencies.empty()) fields.fault("agencies", "names at least one agency");
        if (station.works.empty()) fields.fault("works", "names at least one work");
        const Hours hours = common_hours(scenario_, station);
        if (hours.from == hours.until) fields.fault("agencies", "have no hour in common");
        for (const std::size_t work : station.works) {
            const std::size_t agency = scenario_.works[work].agency;
            if (std::find(station.agencies.begin(), station.agencies.end(), agency) == station.agencies.end()) {
                fields.fault("works", fmt::format("has {}, whose agency is not at the station", scenario_.works[work].name));
            }
        }
        fields.nothing_else();
        scenario_.stations.push_back(std::move(station));
    }
}

std::vector<Policy> Reader::policies_of(Fields& station) {
    if (!station.has("policies")) return {Policy::separate, Policy::joint};
    std::vector<Policy> policies;
    for (const std::string& name : station.names("policies")) {
        if (name == "separate") policies.push_back(Policy::separate);
        if (name == "joint") policies.push_back(Policy::joint);
        if (name != "separate" && name != "joint") station.fault("policies", "are separate and joint");
    }
    return policies;
}

/// A joint bay does not count: a load that only one agency wants to see does not go there.
void Reader::demand_a_way_for_every_load() {
    for (const Policy policy : {Policy::separate, Policy::joint}) {
        for (std::size_t work = 0; work < scenario_.works.size(); ++work) {
            for (std::size_t each = 0; each < scenario_.classes.size(); ++each) {
                const bool served = std::any_of(scenario_.stations.begin(), scenario_.stations.end(), [&](const Station& station) {
                    const auto has = [](const auto& list, const auto& item) { return std::find(list.begin(), list.end(), item) != list.end(); };
                    return !station.together && has(station.policies, policy) && has(station.works, work) &&
                           (station.classes.empty() || has(station.classes, each));
                });
                if (served || scenario_.works[work].share[each] <= 0) continue;
                top_.fault("stations", fmt::format("have none for {} of {} under the policy {}", scenario_.works[work].name,
                                                   scenario_.classes[each].name, to_text(policy)));
            }
        }
    }
}

template <class Member>
std::size_t Reader::named(const std::vector<Member>& among, const std::string& name, Fields& at, const std::string& field) {
    for (std::size_t each = 0; each < among.size(); ++each) {
        if (among[each].name == name) return each;
    }
    at.fault(field, fmt::format("names '{}', which the scenario does not have", name));
    return 0;
}

template <class Member>
std::vector<std::size_t> Reader::all_named(const std::vector<Member>& among, Fields& at, const std::string& field) {
    std::vector<std::size_t> found;
    for (const std::string& name : at.names(field)) {
        const std::size_t index = named(among, name, at, field);
        if (index < among.size()) found.push_back(index);
    }
    return found;
}

template <class Member>
std::string Reader::new_name(const std::vector<Member>& among, Fields& at) {
    std::string name = at.text("name");
    if (std::any_of(among.begin(), among.end(), [&](const Member& each) { return each.name == name; }))
        at.fault("name", "is another member's already");
    return name;
}

}  // namespace

Result<Scenario> read_scenario(const std::string& yaml, const std::string& file, const inspection::HeadStarts& usual) {
    try {
        return Reader{YAML::Load(yaml), file, usual}.read();
    } catch (const YAML::Exception& error) {
        Faults faults{file};
        faults.add(error.mark, error.msg);
        return faults.error();
    }
}

}  // namespace puente::simulation
