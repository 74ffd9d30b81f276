#include "puente/selection/select.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <fstream>
#include <iterator>

#include "puente/manifest/facts.hpp"
#include "puente/v1/facts.pb.h"

namespace puente::selection {
namespace {

/// A rulebook of four rules, one for each severity, that all fail on every manifest with a VIN.
std::shared_ptr<const rules::Rulebook> rulebook_with(const char* severity, const char* set) {
    const std::string upper = std::string{set} == "cbp" ? "CBP" : std::string{set} == "sat" ? "SAT" : "SHARED";
    const auto rule = [](const std::string& id, const std::string& assertion, const std::string& severity_text) {
        return "rules:\n  - id: " + id + "\n    title: {en: a, es: b}\n    assert: " + assertion + "\n    severity: " + severity_text +
               "\n    pointer: /trip\n    message: {en: a, es: b}\n    fix: {en: a, es: b}\n    citation: none\n    confidence: C2\n"
               "    examples: {pass: [{sample: x}], fail: [{sample: x}]}\n";
    };
    std::vector<rules::SourceFile> files;
    for (const char* name : {"shared", "cbp", "sat"}) {
        const std::string id = (std::string{name} == "cbp" ? "CBP" : std::string{name} == "sat" ? "SAT" : "SHARED") + std::string{"-001"};
        files.push_back({std::string{name} + "/test.yaml", rule(id, std::string{name} == set ? "1 == 2" : "1 == 1", std::string{name} == set ? severity : "advise")});
    }
    for (const char* list : {"perishables", "essential_goods", "food_headings"}) {
        files.push_back({std::string{"codes/"} + list + ".csv", "# source: made for a test\ncode,from,until,en,es,class\n99,,,a,b,medical\n"});
    }
    rules::Loaded loaded = rules::load(files);
    for (const rules::LoadFault& fault : loaded.faults) ADD_FAILURE() << fault.file << ":" << fault.line << " " << fault.text;
    return loaded.rulebook;
}

struct Judged {
    std::unique_ptr<manifest::Manifest> manifest;
    v1::Facts facts;
    rules::Assessment assessment;
};

Judged judged_by(const std::shared_ptr<const rules::Rulebook>& rulebook) {
    std::ifstream in{PUENTE_SOURCE_DIR "/tests/samples/hazmat-northbound.json"};
    std::unique_ptr<manifest::Manifest> manifest = manifest::decode_json({std::istreambuf_iterator<char>{in}, {}}).manifest;
    v1::Facts facts;
    manifest::derive_facts(*manifest, manifest->arrival().at - std::chrono::hours{3}, *rulebook->lists, facts);
    rules::Assessment assessment = rules::assess(*manifest, facts, rulebook);
    return {std::move(manifest), std::move(facts), std::move(assessment)};
}

struct FindingCase {
    const char* name;
    const char* set;
    const char* severity;
    Wish cbp;
    Wish sat;
};

constexpr FindingCase finding_cases[] = {
    {"advice_selects_nobody",           "cbp",    "advise",  {false, false}, {false, false}},
    {"a_review_is_its_agencys",         "cbp",    "review",  {true, false},  {false, false}},
    {"an_inspection_is_its_agencys",    "sat",    "inspect", {false, false}, {false, true} },
    {"a_shared_rule_concerns_both",     "shared", "review",  {true, false},  {true, false} },
    {"a_shared_inspection_is_a_joint_one", "shared", "inspect", {false, true},  {false, true} },
};

class Selecting : public testing::TestWithParam<FindingCase> {};

TEST_P(Selecting, heeds_findings) {
    const Judged judged = judged_by(rulebook_with(GetParam().severity, GetParam().set));
    const Selection selection = select(*judged.manifest, judged.facts, judged.assessment, Policy{}, "secret");
    EXPECT_EQ(selection.wishes[0].review, GetParam().cbp.review);
    EXPECT_EQ(selection.wishes[0].inspect, GetParam().cbp.inspect);
    EXPECT_EQ(selection.wishes[1].review, GetParam().sat.review);
    EXPECT_EQ(selection.wishes[1].inspect, GetParam().sat.inspect);
    const auto wanted = static_cast<std::size_t>(GetParam().cbp.review + GetParam().cbp.inspect + GetParam().sat.review + GetParam().sat.inspect);
    EXPECT_EQ(selection.factors.size(), wanted) << "each selection says why";
    EXPECT_EQ(selection.anyone(), wanted > 0);
}

INSTANTIATE_TEST_SUITE_P(Findings, Selecting, testing::ValuesIn(finding_cases), [](const auto& each) { return std::string{each.param.name}; });

TEST(Select, adds_weights_up_to_the_threshold) {
    const auto rulebook = rulebook_with("advise", "cbp");
    const Judged judged = judged_by(rulebook);
    const auto selected_at = [&](int threshold) {
        Result<Policy> policy = parse_policy("agencies: {CBP: {threshold: " + std::to_string(threshold) +
                                                 ", drawRate: 0}}\nweights:\n  - {agency: CBP, name: hazmat, points: 30, condition: facts.hazmat}\n"
                                                 "  - {agency: CBP, name: loaded, points: 20, condition: '!facts.empty'}\n"
                                                 "  - {agency: CBP, name: empty, points: 90, condition: facts.empty}\n",
                                             *rulebook);
        EXPECT_TRUE(policy) << policy.error().detail();
        return select(*judged.manifest, judged.facts, judged.assessment, *policy, "secret");
    };
    EXPECT_TRUE(selected_at(50).wishes[0].inspect);
    EXPECT_EQ(selected_at(50).factors.size(), 2u) << "only what counted is a reason";
    EXPECT_FALSE(selected_at(51).wishes[0].inspect);
    EXPECT_TRUE(selected_at(51).factors.empty());
    EXPECT_FALSE(selected_at(50).wishes[1].inspect) << "one agency's weights are not the other's";
}

TEST(Select, draws_by_rate) {
    const Judged judged = judged_by(rulebook_with("advise", "cbp"));
    Policy policy;
    policy.agencies[1].draw_rate = 1.0;
    const Selection selection = select(*judged.manifest, judged.facts, judged.assessment, policy, "secret");
    EXPECT_FALSE(selection.wishes[0].inspect);
    EXPECT_TRUE(selection.wishes[1].inspect);
    ASSERT_EQ(selection.factors.size(), 1u);
    EXPECT_EQ(selection.factors[0].name, "draw");
}

TEST(Policy, says_where_it_is_wrong) {
    const auto rulebook = rulebook_with("advise", "cbp");
    for (const char* bad : {"agencies: {XYZ: {threshold: 1, drawRate: 0}}", "agencies: {CBP: {threshold: 1, drawRate: 2}}", "agencies: {CBP: {threshold: many, drawRate: 0}}",
                            "weights: [{agency: CBP, name: a, points: 1}]", "weights: [{agency: CBP, name: a, points: 1, condition: 'facts.nothing'}]", "agencies: ["}) {
        const Result<Policy> policy = parse_policy(bad, *rulebook);
        ASSERT_FALSE(policy) << bad;
        EXPECT_NE(policy.error().detail().find("selection.yaml:1:"), std::string::npos) << policy.error().detail();
    }
}

}  // namespace
}  // namespace puente::selection
