#include <gtest/gtest.h>

#include "puente/manifest/facts.hpp"
#include "puente/v1/facts.pb.h"
#include "unit/rules/rule_folder.hpp"

namespace rules = puente::rules;

/// The plan only saves work: all rules together say what each says alone, in the order of the sets.
TEST(Plan, says_what_each_rule_says_alone) {
    ASSERT_NE(rulebook(), nullptr);
    std::size_t findings = 0;
    for (const char* suffix : {"", ".broken"}) {
        for (const std::string& name : sample_names(suffix)) {
            const puente::manifest::Decoded decoded = puente::manifest::decode_json(*sample(name));
            ASSERT_NE(decoded.manifest, nullptr) << name;
            puente::v1::Facts facts;
            puente::manifest::derive_facts(*decoded.manifest, decoded.manifest->arrival().at - std::chrono::hours{3}, *rulebook()->lists, facts);
            std::vector<rules::Finding> alone;
            for (const rules::RuleSet& set : rulebook()->sets) {
                for (const rules::Rule& rule : set.rules) {
                    if (!rule.effective.holds(decoded.manifest->arrival_day())) continue;
                    for (rules::Finding& finding : rules::apply(rule, rulebook(), *decoded.manifest, facts)) alone.push_back(std::move(finding));
                }
            }
            const rules::Assessment together = rules::assess(*decoded.manifest, facts, rulebook());
            ASSERT_EQ(together.findings().size(), alone.size()) << name;
            for (std::size_t i = 0; i < alone.size(); ++i) {
                EXPECT_EQ(together.findings()[i].rule->id, alone[i].rule->id) << name;
                EXPECT_EQ(together.findings()[i].pointer, alone[i].pointer) << name;
                EXPECT_EQ(together.findings()[i].value, alone[i].value) << name;
            }
            findings += alone.size();
        }
    }
    EXPECT_GT(findings, 50u);
}
