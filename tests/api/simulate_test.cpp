// `puente simulate` as a person calls it: no database, no gateway.
#include <gtest/gtest.h>

#include <chrono>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>

#include "api/process.hpp"

namespace puente::test {

namespace {

nlohmann::json json_of(std::vector<std::string> options) {
    options.insert(options.begin(), {"simulate", "--json"});
    const Finished finished = puente(options);
    EXPECT_EQ(finished.exit_code, 0) << finished.err;
    return nlohmann::json::parse(finished.out, nullptr, false);
}

nlohmann::json run_of(const nlohmann::json& report, const std::string& policy, bool contingency) {
    for (const nlohmann::json& run : report["runs"]) {
        if (run["policy"] == policy && run["contingency"] == contingency) return run;
    }
    ADD_FAILURE() << report.dump().substr(0, 300);
    return {};
}

nlohmann::json group_of(const nlohmann::json& run, const std::string& name) {
    for (const nlohmann::json& group : run["groups"]) {
        if (group["name"] == name) return group;
    }
    ADD_FAILURE() << name;
    return {};
}

}  // namespace

TEST(SimulateCommand, says_the_same_for_the_same_seed) {
    const std::vector<std::string> line{"simulate", "--scenario", "ordinary-day", "--seed", "42"};
    const Finished first = puente(line);
    EXPECT_EQ(first.exit_code, 0) << first.err;
    EXPECT_NE(first.out.find("Seed: 42"), std::string::npos) << first.out;
    EXPECT_EQ(first.out, puente(line).out);
    EXPECT_NE(first.out, puente({"simulate", "--scenario", "ordinary-day", "--seed", "43"}).out);
}

TEST(SimulateCommand, puts_contingency_beside_its_absence_for_each_policy) {
    const nlohmann::json report = json_of({"--scenario", "gridlock"});
    EXPECT_EQ(report["seed"], 1);
    ASSERT_EQ(report["runs"].size(), 4u);
    for (const char* policy : {"separate", "joint"}) {
        const nlohmann::json with = run_of(report, policy, true);
        const nlohmann::json without = run_of(report, policy, false);
        EXPECT_EQ(group_of(with, "all")["loads"], report["loads"]);
        EXPECT_LT(group_of(with, "essential")["waitMinutes"]["p50"], group_of(with, "other")["waitMinutes"]["p50"]);
        EXPECT_LT(group_of(with, "essential")["waitMinutes"]["p50"], group_of(without, "essential")["waitMinutes"]["p50"]);
        for (const char* member : {"releasedADay", "mostWaiting", "oldestMinutes", "stations", "hours"}) EXPECT_TRUE(with.contains(member)) << member;
    }
}

TEST(SimulateCommand, heeds_days_loads_policy_head_starts_and_contingency) {
    const nlohmann::json report = json_of({"--days", "2", "--loads", "500", "--policy", "joint", "--head-starts", "30,0,600", "--contingency-from",
                                           "6", "--contingency-until", "30", "--contingency-classes", "medical"});
    EXPECT_EQ(report["days"], 2);
    EXPECT_NEAR(report["loads"].get<double>(), 1'000, 200);
    EXPECT_EQ(report["headStartsMinutes"], nlohmann::json({
                                               {"trusted",     30 },
                                               {"perishable",  0  },
                                               {"contingency", 600}
    }));
    EXPECT_EQ(report["contingency"]["classes"], nlohmann::json::array({"medical"}));
    EXPECT_EQ(report["runs"].size(), 2u);
    EXPECT_EQ(json_of({"--scenario", "april-2022", "--days", "1", "--no-contingency"})["runs"].size(), 2u);
}

TEST(SimulateCommand, speaks_both_languages) {
    const std::string spanish = puente({"simulate", "--language", "es"}).out;
    for (const char* word : {"Un día normal", "Inspección conjunta", "Semilla: 1", "perecederos"})
        EXPECT_NE(spanish.find(word), std::string::npos) << word;
    EXPECT_EQ(puente({"simulate"}).out.find("Semilla"), std::string::npos);
}

TEST(SimulateCommand, lists_the_scenarios) {
    const Finished finished = puente({"simulate", "--list"});
    EXPECT_EQ(finished.exit_code, 0) << finished.err;
    for (const char* name : {"april-2022", "gridlock", "ordinary-day"}) EXPECT_NE(finished.out.find(name), std::string::npos) << finished.out;
}

/// Eight days of the whole border's loads at one port: 200,000, seven times what its places can do.
TEST(SimulateCommand, runs_a_large_port_in_seconds) {
    const auto begin = std::chrono::steady_clock::now();
    const nlohmann::json report = json_of({"--scenario", "april-2022", "--loads", "25000", "--policy", "joint"});
    EXPECT_NEAR(report["loads"].get<double>(), 200'000, 3'000);
    EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds{60});
}

TEST(SimulateCommand, names_every_fault_of_a_scenario_file) {
    const TemporaryFolder folder;
    const std::string file = folder.file("mine.yaml");
    std::ifstream shipped{PUENTE_SOURCE_DIR "/rules/scenarios/ordinary-day.yaml"};
    std::string text{std::istreambuf_iterator<char>{shipped}, {}};
    write_file(file, text);
    EXPECT_EQ(puente({"simulate", "--scenario", file}).exit_code, 0);
    write_file(file, text + "colour: blue\n");
    const Finished finished = puente({"simulate", "--scenario", file});
    EXPECT_EQ(finished.exit_code, 2);
    EXPECT_NE(finished.err.find("mine.yaml:"), std::string::npos) << finished.err;
    EXPECT_NE(finished.err.find("'colour'"), std::string::npos) << finished.err;
}

struct WrongUse {
    const char* name;
    std::vector<std::string> options;
    const char* said;
};

class SimulateWrongly : public testing::TestWithParam<WrongUse> {};

TEST_P(SimulateWrongly, is_refused_with_words) {
    std::vector<std::string> line{"simulate"};
    line.insert(line.end(), GetParam().options.begin(), GetParam().options.end());
    const Finished finished = puente(line);
    EXPECT_EQ(finished.exit_code, 2) << finished.out;
    EXPECT_NE(finished.err.find(GetParam().said), std::string::npos) << finished.err;
    EXPECT_EQ(finished.out, "");
}

INSTANTIATE_TEST_SUITE_P(Options, SimulateWrongly,
                         testing::Values(
                             WrongUse{
                                 "no_such_scenario", {"--scenario", "atlantis"},
                                  "--list"
},
                             WrongUse{"folder", {"--scenario", "/tmp"}, "no such file"}, WrongUse{"no_days", {"--days", "0"}, "--days"},
                             WrongUse{"too_many_loads", {"--loads", "1e9"}, "--loads"}, WrongUse{"negative_seed", {"--seed", "-1"}, "--seed"},
                             WrongUse{"policy", {"--policy", "none"}, "--policy"}, WrongUse{"language", {"--language", "fr"}, "--language"},
                             WrongUse{"two_head_starts", {"--head-starts", "1,2"}, "--head-starts"},
                             WrongUse{"contingency_for_nobody", {"--contingency-from", "3"}, "--contingency-classes"},
                             WrongUse{"unknown_class", {"--contingency-classes", "toys"}, "'toys'"},
                             WrongUse{"ends_before_it_begins",
                                      {"--contingency-from", "9", "--contingency-until", "3", "--contingency-classes", "medical"},
                                      "ends after it begins"},
                             WrongUse{"both_ways", {"--no-contingency", "--contingency-from", "3"}, "exclude"},
                             WrongUse{"no_scenarios", {"--list", "--scenarios", "/nowhere"}, "no scenarios"}),
                         [](const auto& each) { return std::string{each.param.name}; });

}  // namespace puente::test
