#include <gtest/gtest.h>

#include "puente/manifest/facts.hpp"
#include "puente/v1/facts.pb.h"
#include "puente/v1/manifest.pb.h"
#include "rules/conditions.hpp"
#include "unit/rules/rule_folder.hpp"

namespace rules = puente::rules;

namespace {

/// Has the trip number and every control number be used before.
void add_earlier_uses(const puente::v1::Manifest& manifest, puente::v1::Facts& facts) {
    const auto add = [&](const char* kind, const std::string& value) {
        puente::v1::EarlierUse& use = *facts.add_earlier_uses();
        use.set_kind(kind);
        use.set_value(value);
    };
    add("trip", manifest.trip().trip_number());
    for (const puente::v1::Shipment& shipment : manifest.shipments()) add("controlNumber", shipment.control_number());
}

/// The conditions of a rule over `s in manifest.shipments`, as "depth text".
std::vector<std::string> conditions_with(const std::string& lines) {
    std::vector<std::string> texts;
    const std::shared_ptr<const rules::Rulebook> book = rulebook_with(lines);
    if (!book) return {"the rule does not load"};
    for (const rules::Condition& each : rules::conditions_of(book->sets[0].rules.at(0))) texts.push_back(std::to_string(each.depth) + " " + each.text);
    return texts;
}

}  // namespace

TEST(Conditions, are_the_parts_of_when_and_the_opposites_of_the_parts_of_assert) {
    using Texts = std::vector<std::string>;
    EXPECT_EQ(conditions_with("    when: manifest.trip.mode == 'road' && s.controlNumber != ''\n    assert: s.controlNumber == '' || !facts.fast || facts.empty\n"),
              (Texts{"0 manifest.trip.mode == 'road'", "1 s.controlNumber != ''", "1 s.controlNumber != ''", "0 facts.fast", "0 !(facts.empty)"}));
}

TEST(Conditions, include_that_a_list_is_filled_only_where_an_empty_one_satisfies_the_assert) {
    using Texts = std::vector<std::string>;
    EXPECT_EQ(conditions_with("    assert: \"!facts.earlierUses.exists(u, u.value == s.controlNumber)\"\n"),
              (Texts{"1 facts.earlierUses.exists(u, u.value == s.controlNumber)", "0 size(facts.earlierUses) > 0"}));
    EXPECT_EQ(conditions_with("    assert: s.goods.all(g, g.hs != '')\n"), (Texts{"1 !(s.goods.all(g, g.hs != ''))", "1 size(s.goods) > 0"}));
    EXPECT_EQ(conditions_with("    assert: s.goods.exists(g, g.hs != '')\n"), (Texts{"1 !(s.goods.exists(g, g.hs != ''))"}));
    EXPECT_EQ(conditions_with("    assert: \"!s.goods.all(g, g.hs != '')\"\n"), (Texts{"1 s.goods.all(g, g.hs != '')"}));
}

/// The plan only saves work: all rules together say what each says alone, in the order of the sets. Each sample is looked at twice, as if it were
/// the first trip and as if its identifiers had been used before.
TEST(Plan, says_what_each_rule_says_alone) {
    ASSERT_NE(rulebook(), nullptr);
    std::size_t findings = 0;
    for (const char* suffix : {"", ".broken"}) {
        for (const std::string& name : sample_names(suffix)) {
            const puente::manifest::Decoded decoded = puente::manifest::decode_json(*sample(name));
            ASSERT_NE(decoded.manifest, nullptr) << name;
            puente::v1::Facts facts;
            puente::manifest::derive_facts(*decoded.manifest, decoded.manifest->arrival().at - std::chrono::hours{3}, *rulebook()->lists, facts);
            for (const bool used_before : {false, true}) {
                if (used_before) add_earlier_uses(decoded.manifest->message(), facts);
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
    }
    EXPECT_GT(findings, 50u);
}
