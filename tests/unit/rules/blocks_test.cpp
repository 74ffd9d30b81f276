#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <set>

#include "puente/manifest/facts.hpp"
#include "puente/rules/assess.hpp"
#include "puente/rules/examples.hpp"
#include "puente/v1/facts.pb.h"
#include "unit/rules/rule_folder.hpp"

namespace rules = puente::rules;

namespace {

/// What a rule says of one of its own examples; the whole assessment must show the same of it.
std::vector<rules::Finding> found(const rules::Rule& rule, const rules::Example& example) {
    const auto question = rules::posed(*sample(example.sample), example.patch);
    const puente::manifest::Decoded decoded = puente::manifest::decode_json(question ? question->document : std::string{});
    if (!decoded.manifest) {
        ADD_FAILURE() << rule.id;
        return {};
    }
    puente::v1::Facts facts;
    puente::manifest::derive_facts(*decoded.manifest, decoded.manifest->arrival().at - std::chrono::hours{3}, *rulebook()->lists, facts);
    EXPECT_TRUE(rules::add_memory(question->memory, facts));
    std::vector<rules::Finding> alone = rules::apply(rule, rulebook(), *decoded.manifest, facts);
    const rules::Assessment assessment = rules::assess(*decoded.manifest, facts, rulebook());
    std::vector<std::string> values;
    for (const rules::Finding& finding : assessment.findings()) {
        if (finding.rule == &rule) values.push_back(finding.value);
    }
    EXPECT_TRUE(std::equal(values.begin(), values.end(), alone.begin(), alone.begin() + static_cast<std::ptrdiff_t>(values.size()),
                           [](const std::string& value, const rules::Finding& finding) { return value == finding.value; }))
        << rule.id;
    return alone;
}

}  // namespace

TEST(Findings, show_nothing_of_a_list_of_blocks_and_texts_of_a_list_of_texts) {
    ASSERT_NE(rulebook(), nullptr);
    std::map<std::string, std::set<std::string>> values;
    for (const rules::RuleSet& set : rulebook()->sets) {
        for (const rules::Rule& rule : set.rules) {
            for (const rules::Example& example : rule.examples) {
                if (example.passes) continue;
                for (const rules::Finding& finding : found(rule, example)) {
                    values[rule.id].insert(finding.value);
                    EXPECT_EQ(finding.value.find("puente.v1."), std::string::npos) << rule.id << " " << finding.value;
                    for (const std::string& argument : finding.arguments) EXPECT_EQ(argument.find("puente.v1."), std::string::npos) << rule.id;
                }
            }
        }
    }
    for (const char* id : {"SHARED-051", "SHARED-052", "SHARED-087", "CBP-017", "CBP-080"}) EXPECT_EQ(values[id], std::set<std::string>{""}) << id;
    EXPECT_EQ(values["SHARED-139"], std::set<std::string>{R"(["1M8GDM9AXKP042788", "1M8GDM9AXKP042788"])"});
}
