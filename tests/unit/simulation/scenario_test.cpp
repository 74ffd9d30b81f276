#include "puente/simulation/scenario.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>

#include "puente/simulation/summary.hpp"
#include "unit/simulation/ports.hpp"

namespace puente::simulation {
namespace {

namespace fs = std::filesystem;

const std::string sound = R"yaml(title: {en: a, es: b}
note: {en: c, es: d}
days: 2
loadsADay: 100
byHour: [1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1]
filedBeforeHours: [1, 24]
headStartsMinutes: {trusted: 10, perishable: 20, contingency: 30}
contingency: {fromHour: 3, untilHour: 5, classes: [medical]}
agencies:
  - {name: CBP, hours: [6, 24]}
  - {name: SAT, hours: [0, 22]}
classes:
  - {name: general, title: {en: a, es: b}, share: 0.75}
  - {name: medical, title: {en: a, es: b}, share: 0.25, trusted: true, perishable: true, essential: [medical]}
works:
  - {name: scan, title: {en: a, es: b}, agency: CBP, share: 0.5, minutes: {median: 5, p95: 9}, fromHour: 1, untilHour: 9}
  - {name: exam, title: {en: a, es: b}, agency: SAT, share: {other: 0.1, medical: 0}, minutes: {median: 5, p95: 5}}
stations:
  - {name: bays, title: {en: a, es: b}, agencies: [CBP, SAT], works: [scan, exam], places: 3, policies: [joint], together: true}
  - {name: lanes, title: {en: a, es: b}, agencies: [CBP], works: [scan], places: 2}
  - {name: yard, title: {en: a, es: b}, agencies: [SAT], works: [exam], classes: [general], places: 1}
)yaml";

std::string replaced(const std::string& text, const std::string& what, const std::string& by) {
    std::string changed = text;
    const std::size_t place = changed.find(what);
    EXPECT_NE(place, std::string::npos) << what;
    return place == std::string::npos ? changed : changed.replace(place, what.size(), by);
}

TEST(Scenario, is_read_field_by_field) {
    const Result<Scenario> read = read_scenario(sound, "test.yaml");
    ASSERT_TRUE(read) << read.error().detail();
    EXPECT_EQ(read->title.es, "b");
    EXPECT_EQ(read->days, 2);
    EXPECT_EQ(read->head_starts.perishable, std::chrono::minutes{20});
    EXPECT_EQ(read->contingency.at(0).until_hour, 5);
    EXPECT_TRUE(read->classes.at(1).trusted && read->classes.at(1).perishable);
    EXPECT_EQ(read->works.at(0).share, (std::vector<double>{0.5, 0.5}));
    EXPECT_EQ(read->works.at(1).share, (std::vector<double>{0.1, 0}));
    EXPECT_EQ(read->works.at(0).until_hour, 9);
    EXPECT_EQ(common_hours(*read, read->stations.at(0)).from, 6);
    EXPECT_EQ(common_hours(*read, read->stations.at(0)).until, 22);
    EXPECT_TRUE(read->stations.at(0).together);
    EXPECT_EQ(read->stations.at(1).policies.size(), 2u);
}

TEST(Scenario, without_head_starts_has_the_usual_ones) {
    const std::string silent = replaced(sound, "headStartsMinutes: {trusted: 10, perishable: 20, contingency: 30}\n", "");
    const inspection::HeadStarts usual{std::chrono::minutes{7}, std::chrono::minutes{8}, std::chrono::minutes{9}};
    EXPECT_EQ(read_scenario(silent, "test.yaml", usual)->head_starts.contingency, std::chrono::minutes{9});
    EXPECT_EQ(read_scenario(sound, "test.yaml", usual)->head_starts.contingency, std::chrono::minutes{30});
}

struct FaultCase {
    const char* name;
    const char* what;
    const char* by;
    const char* said;
};

class ScenarioFault : public testing::TestWithParam<FaultCase> {};

TEST_P(ScenarioFault, is_told_with_its_place) {
    const Result<Scenario> read = read_scenario(replaced(sound, GetParam().what, GetParam().by), "test.yaml");
    ASSERT_FALSE(read);
    EXPECT_EQ(read.error().kind(), ErrorKind::malformed);
    EXPECT_NE(read.error().detail().find(GetParam().said), std::string::npos) << read.error().detail();
    EXPECT_TRUE(read.error().detail().starts_with("test.yaml:")) << read.error().detail();
}

INSTANTIATE_TEST_SUITE_P(Files, ScenarioFault,
                         testing::Values(FaultCase{"not_yaml", "title: {", "title: [", "test.yaml:"},
                                         FaultCase{"misspelt", "loadsADay", "loadsPerDay", "has no field 'loadsPerDay'"},
                                         FaultCase{"missing", "days: 2\n", "", "'days' is a whole number from 1 to 31"},
                                         FaultCase{"too_many_days", "days: 2", "days: 32", "test.yaml:3:7: a scenario: 'days'"},
                                         FaultCase{"no_loads", "loadsADay: 100", "loadsADay: 0", "'loadsADay'"},
                                         FaultCase{"not_a_number", "loadsADay: 100", "loadsADay: .nan", "'loadsADay'"},
                                         FaultCase{"short_day", "byHour: [1, ", "byHour: [", "is a list of 24 numbers"},
                                         FaultCase{"negative_hour", "byHour: [1", "byHour: [-1", "is a list of 24 numbers"},
                                         FaultCase{"one_language", "note: {en: c, es: d}", "note: {en: c}", "'es' is a text"},
                                         FaultCase{"shares", "share: 0.75", "share: 0.7", "make 1, not 0.95"},
                                         FaultCase{"unknown_agency", "agency: SAT", "agency: ANAM", "names 'ANAM'"},
                                         FaultCase{"two_of_a_name", "name: yard", "name: lanes", "is another member's already"},
                                         FaultCase{"unknown_work", "works: [exam]", "works: [polish]", "names 'polish'"},
                                         FaultCase{"work_of_another", "agencies: [SAT], works: [exam]", "agencies: [SAT], works: [scan]",
                                                   "whose agency is not at the station"},
                                         FaultCase{"no_common_hours", "hours: [0, 22]", "hours: [0, 6]", "have no hour in common"},
                                         FaultCase{"backward_hours", "hours: [0, 22]", "hours: [22, 0]", "the first before the second"},
                                         FaultCase{"no_place", "places: 1}", "places: 0}", "'places'"},
                                         FaultCase{"no_way", "{other: 0.1, medical: 0}", "0.1",
                                                   "have none for exam of medical under the policy separate"},
                                         FaultCase{"p95_below_median", "{median: 5, p95: 9}", "{median: 5, p95: 4}", "'p95' is not below the median"},
                                         FaultCase{"class_left_out", "{other: 0.1, medical: 0}", "{medical: 0}", "'general' is a number"},
                                         FaultCase{"contingency_backward", "untilHour: 5", "untilHour: 3", "'untilHour'"},
                                         FaultCase{"contingency_for_nobody", "classes: [medical]", "classes: []", "names at least one class"},
                                         FaultCase{"policy", "policies: [joint]", "policies: [none]", "are separate and joint"},
                                         FaultCase{"list_instead", "agencies:\n  - {name: CBP, hours: [6, 24]}\n  - {name: SAT, hours: [0, 22]}",
                                                   "agencies: 3", "is a list of 1 to 100 mappings"}),
                         [](const auto& each) { return std::string{each.param.name}; });

TEST(Scenario, faults_are_told_all_at_once) {
    const std::string twice = replaced(replaced(sound, "days: 2", "days: x"), "places: 2", "places: x");
    const std::string told = read_scenario(twice, "test.yaml").error().detail();
    EXPECT_NE(told.find("'days'"), std::string::npos) << told;
    EXPECT_NE(told.find("'places'"), std::string::npos) << told;
}

TEST(Scenario, of_nothing_is_refused) {
    for (const char* text : {"", "3", "[]", "{}", "\"", "&a [*a]"}) EXPECT_FALSE(read_scenario(text, "test.yaml")) << text;
}

Scenario shipped(const std::string& name) {
    const std::string path = PUENTE_SOURCE_DIR "/rules/scenarios/" + name + ".yaml";
    std::ifstream in{path, std::ios::binary};
    const Result<Scenario> read = read_scenario({std::istreambuf_iterator<char>{in}, {}}, path);
    EXPECT_TRUE(read) << read.error().detail();
    return read ? *read : Scenario{};
}

TEST(ShippedScenario, can_be_read) {
    int count = 0;
    for (const auto& entry : fs::directory_iterator{PUENTE_SOURCE_DIR "/rules/scenarios"}) {
        shipped(entry.path().stem().string());
        ++count;
    }
    EXPECT_GE(count, 3);
}

/// The longest wait of a group, and its median, in hours.
struct Waited {
    double median = 0;
    double longest = 0;
};

Summary summary_of(const Scenario& scenario, const std::vector<Load>& loads, Policy policy, bool contingency) {
    Plan plan{policy, scenario.head_starts, std::nullopt, scenario.days};
    if (contingency) plan.contingency = scenario.contingency.at(0);
    return summarise(scenario, plan, scenario.contingency.at(0).classes, loads, simulate(scenario, plan, loads));
}

Waited waited(const Summary& summary, const std::string& name) {
    for (const GroupWaits& each : summary.groups) {
        if (each.name == name) return {static_cast<double>(each.waited.p50.count()) / 3.6e9, static_cast<double>(each.waited.max.count()) / 3.6e9};
    }
    ADD_FAILURE() << name;
    return {};
}

/// Published: waits of more than 30 hours where about 3 are normal (see the file). Any seed has to show it, not one that was looked for.
TEST(ShippedScenario, of_april_2022_shows_the_published_waits_without_joint_inspection_only) {
    const Scenario april = shipped("april-2022");
    const std::uint64_t seed = test_seed();
    const std::vector<Load> loads = draw_loads(april, april.days, seed);
    const Waited separate = waited(summary_of(april, loads, Policy::separate, false), "all");
    EXPECT_GT(separate.longest, 30) << seed;
    EXPECT_LT(separate.longest, 45) << seed;
    EXPECT_LT(waited(summary_of(april, loads, Policy::joint, false), "all").longest, 12) << seed;
    EXPECT_LT(waited(summary_of(april, loads, Policy::separate, true), "essential").median, separate.median / 4) << seed;
}

TEST(ShippedScenario, of_a_gridlock_relieves_essential_goods_and_starves_nobody) {
    const Scenario gridlock = shipped("gridlock");
    const std::vector<Load> loads = draw_loads(gridlock, gridlock.days, test_seed());
    const Summary with = summary_of(gridlock, loads, Policy::joint, true);
    EXPECT_LT(waited(with, "essential").median * 4, waited(with, "other").median);
    EXPECT_LT(waited(with, "other").longest, waited(summary_of(gridlock, loads, Policy::joint, false), "other").longest + 24);
}

}  // namespace
}  // namespace puente::simulation
