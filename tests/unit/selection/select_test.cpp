#include "puente/selection/select.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "unit/selection/judged.hpp"

namespace puente::selection {
namespace {

struct FindingCase {
    const char* name;
    const char* set;
    const char* severity;
    Wish cbp;
    Wish sat;
};

constexpr FindingCase finding_cases[] = {
    {"advice_selects_nobody",              "cbp",    "advise",  {false, false}, {false, false}},
    {"a_review_is_its_agencys",            "cbp",    "review",  {true, false},  {false, false}},
    {"an_inspection_is_its_agencys",       "sat",    "inspect", {false, false}, {false, true} },
    {"a_shared_rule_concerns_both",        "shared", "review",  {true, false},  {true, false} },
    {"a_shared_inspection_is_a_joint_one", "shared", "inspect", {false, true},  {false, true} },
};

class Selecting : public testing::TestWithParam<FindingCase> {};

TEST_P(Selecting, heeds_findings) {
    const Judged judged = judged_by(rulebook_with(GetParam().severity, GetParam().set));
    const Selection selection = select(*judged.manifest, judged.facts, judged.assessment, Policy{}, Standings{true}, "secret");
    EXPECT_EQ(selection.wishes[0].review, GetParam().cbp.review);
    EXPECT_EQ(selection.wishes[0].inspect, GetParam().cbp.inspect);
    EXPECT_EQ(selection.wishes[1].review, GetParam().sat.review);
    EXPECT_EQ(selection.wishes[1].inspect, GetParam().sat.inspect);
    const auto wanted = static_cast<std::size_t>(GetParam().cbp.review + GetParam().cbp.inspect + GetParam().sat.review + GetParam().sat.inspect);
    EXPECT_EQ(selection.factors.size(), wanted) << "each selection says why";
    EXPECT_EQ(selection.anyone(), wanted > 0);
}

INSTANTIATE_TEST_SUITE_P(Findings, Selecting, testing::ValuesIn(finding_cases), [](const auto& each) { return std::string{each.param.name}; });

std::vector<std::string> names_of(const std::vector<Factor>& factors) {
    std::vector<std::string> names;
    for (const Factor& each : factors)
        names.push_back(std::string{identifiers::code(each.agency)} + " " + each.name + " " + std::to_string(each.points));
    return names;
}

const std::string three_weights =
    "weights:\n  - {agency: CBP, name: hazmat, points: 30, condition: facts.hazmat, visibility: public}\n"
    "  - {agency: CBP, name: loaded, points: 20, condition: '!facts.empty'}\n"
    "  - {agency: CBP, name: empty, points: 90, condition: facts.empty}\n"
    "  - {agency: SAT, name: loaded, points: 10, condition: '!facts.empty'}\n";

TEST(Select, adds_weights_up_to_the_threshold) {
    const auto rulebook = rulebook_with("advise", "cbp");
    const Judged judged = judged_by(rulebook);
    const auto selected_at = [&](int threshold) {
        const Policy policy = policy_of("agencies: {CBP: {threshold: " + std::to_string(threshold) + ", drawRate: 0}}\n" + three_weights, *rulebook);
        return select(*judged.manifest, judged.facts, judged.assessment, policy, Standings{true}, "secret");
    };
    EXPECT_TRUE(selected_at(50).wishes[0].inspect);
    EXPECT_FALSE(selected_at(50).wishes[1].inspect) << "one agency's weights are not the other's";
    const std::vector<std::string> all{"CBP risk:hazmat 30", "CBP risk:loaded 20", "SAT risk:loaded 10", "CBP score 50", "SAT score 10"};
    EXPECT_EQ(names_of(selected_at(50).factors), all) << "every contribution of both, and what did not count is none";
    EXPECT_FALSE(selected_at(51).wishes[0].inspect);
    EXPECT_TRUE(selected_at(51).factors.empty()) << "of a load that nobody looks at nothing is recorded";
    EXPECT_EQ(selected_at(51).scores[0], 50);
}

TEST(Select, records_the_score_of_a_load_that_is_looked_at_for_another_reason) {
    const auto rulebook = rulebook_with("review", "sat");
    const Judged judged = judged_by(rulebook);
    const Policy policy = policy_of("agencies: {CBP: {threshold: 51, drawRate: 0}}\n" + three_weights, *rulebook);
    const Selection selection = select(*judged.manifest, judged.facts, judged.assessment, policy, Standings{true}, "secret");
    EXPECT_FALSE(selection.wishes[0].review || selection.wishes[0].inspect);
    const std::vector<std::string> all{"SAT finding:SAT-001 0", "CBP risk:hazmat 30", "CBP risk:loaded 20",
                                       "SAT risk:loaded 10",    "CBP score 50",       "SAT score 10"};
    EXPECT_EQ(names_of(selection.factors), all);
    const std::vector<std::string> for_both{"SAT finding:SAT-001 0", "CBP risk:hazmat 30"};
    EXPECT_EQ(names_of(selection.public_part()), for_both) << "private unless it is declared public";
}

TEST(Select, heeds_the_threshold_of_the_port) {
    const auto rulebook = rulebook_with("advise", "cbp");
    const Judged judged = judged_by(rulebook);
    const std::string agencies = "agencies: {CBP: {threshold: 51, drawRate: 0}}\n";
    const auto at = [&](const std::string& port) {
        const Policy policy = policy_of(agencies + "ports: [{agency: CBP, port: '" + port + "', threshold: 50}]\n" + three_weights, *rulebook);
        return select(*judged.manifest, judged.facts, judged.assessment, policy, Standings{true}, "secret").wishes[0].inspect;
    };
    EXPECT_TRUE(at(judged.manifest->us_port()));
    EXPECT_FALSE(at("9999"));
}

TEST(Select, draws_by_rate) {
    const Judged judged = judged_by(rulebook_with("advise", "cbp"));
    Policy policy;
    policy.agencies[1].draw_rate = 1.0;
    const Selection selection = select(*judged.manifest, judged.facts, judged.assessment, policy, Standings{true}, "secret");
    EXPECT_FALSE(selection.wishes[0].inspect);
    EXPECT_TRUE(selection.wishes[1].inspect);
    ASSERT_EQ(selection.factors.size(), 1u);
    EXPECT_EQ(selection.factors[0].name, "draw");
    EXPECT_TRUE(selection.public_part().empty()) << "the rate is the agency's own";
}

const std::string with_standing =
    "agencies: {CBP: {threshold: 50, drawRate: 0}}\nstanding:\n"
    "  - {agency: CBP, name: ctpat3, points: -40, needs: [{programme: CTPAT, tier: 3, of: importer}], visibility: public}\n"
    "  - {agency: CBP, name: fast, points: -1, needs: [{programme: FAST, of: carrier}, {programme: FAST, of: driver}]}\n" +
    three_weights;

TEST(Select, takes_points_off_for_standing) {
    const auto rulebook = rulebook_with("advise", "cbp");
    const Judged judged = judged_by(rulebook);
    const Policy policy = policy_of(with_standing, *rulebook);
    const auto score = [&](const Standings& standings) {
        return select(*judged.manifest, judged.facts, judged.assessment, policy, standings, "secret").scores[0];
    };
    Standings standings{true};
    EXPECT_EQ(score(standings), 50);
    standings.put(Programme::ctpat, Who::importer, 2);
    EXPECT_EQ(score(standings), 50) << "another tier";
    standings.put(Programme::ctpat, Who::carrier, 3);
    EXPECT_EQ(score(standings), 50) << "another party";
    standings.put(Programme::ctpat, Who::importer, 3);
    EXPECT_EQ(score(standings), 10);
    standings.put(Programme::fast, Who::carrier, 0);
    EXPECT_EQ(score(standings), 10) << "all needs";
    standings.put(Programme::fast, Who::driver, 0);
    EXPECT_EQ(score(standings), 9);
}

TEST(Select, withholds_the_benefit_when_the_registers_are_not_known_and_says_so) {
    const auto rulebook = rulebook_with("advise", "cbp");
    const Judged judged = judged_by(rulebook);
    const Policy policy = policy_of(with_standing, *rulebook);
    const Selection selection = select(*judged.manifest, judged.facts, judged.assessment, policy, Standings{}, "secret");
    EXPECT_TRUE(selection.wishes[0].inspect);
    EXPECT_FALSE(selection.trusted);
    const std::vector<std::string> names = names_of(selection.factors);
    EXPECT_EQ(std::count(names.begin(), names.end(), "CBP standing:unknown 0"), 1);
}

TEST(Select, does_not_let_standing_outweigh_a_finding) {
    const auto rulebook = rulebook_with("inspect", "cbp");
    const Judged judged = judged_by(rulebook);
    Standings standings{true};
    standings.put(Programme::ctpat, Who::importer, 3);
    const Selection selection = select(*judged.manifest, judged.facts, judged.assessment, policy_of(with_standing, *rulebook), standings, "secret");
    EXPECT_TRUE(selection.wishes[0].inspect);
    EXPECT_TRUE(selection.trusted);
    const std::vector<std::string> for_both{"CBP risk:hazmat 30", "CBP standing:ctpat3 -40"};
    EXPECT_EQ(names_of(selection.public_part()), for_both) << "a finding of targeting is the agency's own";
}

}  // namespace
}  // namespace puente::selection
