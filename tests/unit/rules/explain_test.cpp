#include "puente/rules/explain.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "puente/manifest/facts.hpp"
#include "puente/rules/examples.hpp"
#include "puente/v1/facts.pb.h"
#include "unit/rules/rule_folder.hpp"

namespace rules = puente::rules;

namespace {

std::vector<rules::Explanation> explained(const char* id, const std::string& document) {
    const puente::manifest::Decoded decoded = puente::manifest::decode_json(document);
    const rules::Rule* const rule = rulebook()->find(id);
    if (!decoded.manifest || rule == nullptr) {
        ADD_FAILURE() << id;
        return {};
    }
    puente::v1::Facts facts;
    puente::manifest::derive_facts(*decoded.manifest, decoded.manifest->arrival().at - std::chrono::hours{3}, *rulebook()->lists, facts);
    const std::vector<rules::Explanation> told = rules::explain(*rule, rulebook(), *decoded.manifest, facts);
    // An explanation must never say anything else than the assessment does.
    const std::vector<rules::Finding> findings = rules::apply(*rule, rulebook(), *decoded.manifest, facts);
    const auto against = std::count_if(told.begin(), told.end(), [](const rules::Explanation& place) { return !place.holds; });
    EXPECT_EQ(static_cast<std::size_t>(against), findings.size()) << id;
    return told;
}

}  // namespace

TEST(Explain, shows_the_values_on_the_way_to_a_finding) {
    const auto document = rules::patched(*sample("produce-northbound"), R"({"shipments": {"0": {"us": {"entryNumber": "ABC-1234567-0"}}}})");
    const std::vector<rules::Explanation> told = explained("CBP-075", *document);
    ASSERT_EQ(told.size(), 1u);
    const rules::Explanation& place = told[0];
    EXPECT_TRUE(place.applies);
    EXPECT_FALSE(place.holds);
    ASSERT_EQ(place.positions.size(), 1u);
    EXPECT_EQ(place.positions[0].variable, "s");
    EXPECT_EQ(place.positions[0].position, 0u);
    EXPECT_EQ(place.pointer, "/shipments/0/us/entryNumber");
    EXPECT_EQ(place.value, "ABC-1234567-0");
    EXPECT_EQ(place.message.en, "The check digit of entry number ABC-1234567-0 is wrong.");
    EXPECT_EQ(place.message.es, "El dígito verificador del número de entry ABC-1234567-0 es incorrecto.");
    const auto has_step = [](const std::vector<puente::cel::Step>& steps, const std::string& value) {
        return std::any_of(steps.begin(), steps.end(),
                           [&](const puente::cel::Step& step) { return step.value.find(value) != std::string::npos && !step.expression.empty(); });
    };
    EXPECT_TRUE(has_step(place.when, "true"));
    EXPECT_TRUE(has_step(place.when, "ABC-1234567-0"));
    EXPECT_TRUE(has_step(place.assertion, "false"));
}

TEST(Explain, tells_where_a_rule_does_not_apply) {
    const auto document = rules::patched(*sample("produce-northbound"), R"({"shipments": {"0": {"us": {"entryNumber": null}}}})");
    const std::vector<rules::Explanation> told = explained("CBP-075", *document);
    ASSERT_EQ(told.size(), 1u);
    EXPECT_FALSE(told[0].applies);
    EXPECT_TRUE(told[0].holds);
    EXPECT_TRUE(told[0].assertion.empty());
    EXPECT_FALSE(told[0].when.empty());
}

TEST(Explain, goes_through_every_place_of_nested_loops) {
    const std::vector<rules::Explanation> told = explained("SHARED-126", *sample("produce-northbound"));
    ASSERT_EQ(told.size(), 8u);
    EXPECT_EQ(told[7].positions[1].variable, "g");
    EXPECT_EQ(told[7].positions[1].position, 7u);
    EXPECT_EQ(told[7].pointer, "/shipments/0/goods/7/origin");
    for (const rules::Explanation& place : told) EXPECT_TRUE(place.holds);
}

TEST(Explain, goes_by_the_lists_of_the_day_that_was_judged_by) {
    using namespace std::chrono_literals;
    const auto book =
        rulebook_with("    when: s.controlNumber != ''\n    assert: \"s.packages.count > 0 && 'MX' in list.countries\"\n", "2020-01-01");
    ASSERT_NE(book, nullptr);
    const rules::Rule& rule = *book->find("CBP-001");
    const puente::manifest::Decoded decoded = puente::manifest::decode_json(*sample("produce-northbound"));
    puente::v1::Facts facts;
    puente::manifest::derive_facts(*decoded.manifest, decoded.manifest->arrival().at, *book->lists, facts);
    EXPECT_TRUE(rules::explain(rule, book, *decoded.manifest, facts).at(0).holds);
    EXPECT_TRUE(rules::explain_as_of(rule, book, *decoded.manifest, facts, 2020y / 1 / 1).at(0).holds);
    EXPECT_FALSE(rules::explain_as_of(rule, book, *decoded.manifest, facts, 2019y / 12 / 31).at(0).holds);
}

TEST(Explain, agrees_with_the_assessment_for_every_rule) {
    for (const rules::RuleSet& set : rulebook()->sets) {
        for (const rules::Rule& rule : set.rules) explained(rule.id.c_str(), *sample("produce-northbound.broken"));
    }
}
