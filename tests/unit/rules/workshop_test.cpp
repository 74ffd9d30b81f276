#include <gtest/gtest.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>

#include "puente/manifest/manifest.hpp"
#include "puente/rules/examples.hpp"
#include "rules/document_edit.hpp"
#include "rules/expression.hpp"
#include "rules/mutant.hpp"
#include "rules/neighbours.hpp"
#include "rules/pattern_samples.hpp"
#include "rules/reads.hpp"
#include "unit/rules/rule_folder.hpp"

namespace rules = puente::rules;
using nlohmann::json;

namespace {

std::string joined(const rules::FieldPath& path) {
    std::string text;
    for (const std::string& each : path) text += (text.empty() ? "" : ".") + each;
    return text;
}

bool contains(const std::vector<json>& values, const json& value) { return std::find(values.begin(), values.end(), value) != values.end(); }

std::vector<json> near(const json& value, const rules::FieldRead& read, const std::vector<json>& known = {}) {
    const puente::LocalInstant arrival = *puente::parse_date_time("2026-12-08T11:30:00-07:00");
    return rules::neighbours({&value, read, {}, known, *rulebook()->lists, arrival});
}

}  // namespace

TEST(Expression, is_cut_as_cel_reads_it) {
    const struct {
        const char* source;
        rules::Form form;
        const char* word;
        std::size_t parts;
    } cases[] = {
        {"a && b || c", rules::Form::operation, "||", 2},     {"a && (b || c)", rules::Form::operation, "&&", 2},
        {"!a.b", rules::Form::prefix, "!", 1},                 {"a ? b : c", rules::Form::choice, "?", 3},
        {"x in ['a', 'b']", rules::Form::operation, "in", 2},  {"a.all(x, x == 1)", rules::Form::call, "all", 3},
        {"f(a, b)", rules::Form::call, "f", 2},                {"a[0].b", rules::Form::field, "b", 1},
        {"'it\\'s'", rules::Form::text, "'it\\'s'", 0},        {R"(r"\b(x|y)\b")", rules::Form::text, R"(r"\b(x|y)\b")", 0},
        {"1 + 2 * 3 <= 4", rules::Form::operation, "<=", 2},   {"inside == 1", rules::Form::operation, "==", 2},
    };
    for (const auto& each : cases) {
        const auto cut = rules::parse_expression(each.source);
        ASSERT_TRUE(cut) << each.source;
        EXPECT_EQ(cut->form, each.form) << each.source;
        EXPECT_EQ(cut->word, each.word) << each.source;
        EXPECT_EQ(cut->parts.size(), each.parts) << each.source;
        EXPECT_EQ(cut->in(each.source), each.source);
    }
    for (const char* const source : {"a &&", "(a", "'a", "a b", ""}) EXPECT_FALSE(rules::parse_expression(source)) << source;
}

TEST(Expression, is_cut_in_every_rule) {
    ASSERT_NE(rulebook(), nullptr);
    for (const rules::RuleSet& set : rulebook()->sets) {
        for (const rules::Rule& rule : set.rules) {
            EXPECT_TRUE(rules::parse_expression(rule.assertion.text())) << rule.id << ": " << rule.assertion.text();
            EXPECT_TRUE(!rule.when || rules::parse_expression(rule.when->text())) << rule.id << ": " << rule.when->text();
            EXPECT_FALSE(rules::fields_read(rule).empty()) << rule.id;
        }
    }
}

TEST(FieldsRead, are_found_through_loops_macros_and_facts) {
    const struct {
        const char* rule;
        const char* path;
        const char* text;  ///< compared with; empty: none asked for
    } cases[] = {
        {"CBP-072", "trip.direction", "northbound"},
        {"CBP-072", "shipments.*.us.entryNumber", ""},
        {"CBP-080", "shipments.*.parties.*.role", "importer"},
        {"CBP-116", "shipments.*.goods.*.hs", "070200"},
        {"CBP-011", "(received)", ""},
        {"CBP-048", "trip.crew.*.travelDocuments.*.expires", ""},
        {"SHARED-153", "shipments.*.goods.*.packages.count", ""},
    };
    for (const auto& each : cases) {
        const rules::Rule* const rule = rulebook()->find(each.rule);
        ASSERT_NE(rule, nullptr) << each.rule;
        const std::vector<rules::FieldRead> reads = rules::fields_read(*rule);
        const auto read = std::find_if(reads.begin(), reads.end(), [&](const rules::FieldRead& one) { return joined(one.path) == each.path; });
        ASSERT_NE(read, reads.end()) << each.rule << " " << each.path;
        const bool held_against = *each.text == '\0' || std::find(read->texts.begin(), read->texts.end(), each.text) != read->texts.end();
        EXPECT_TRUE(held_against) << each.rule << " " << each.path;
    }
}

TEST(Neighbours, stand_around_what_a_rule_compares_with) {
    const rules::FieldPath mass{"shipments", "*", "grossMassKg"};
    const std::vector<json> masses = near("5408", {mass, {}, {36'287'000}, {}, {}});
    for (const char* const each : {"36287", "36286.999", "36287.001", "5407.999", "5408.001", "0", "54080"}) EXPECT_TRUE(contains(masses, each)) << each;
    EXPECT_TRUE(contains(masses, nullptr));

    const std::vector<json> days = near("2029-06-30", {{"trip", "crew", "*", "birthDate"}, {"184080h"}, {}, {}, {}});
    for (const char* const each : {"2026-12-08", "2026-12-07", "2026-12-09", "2029-06-29", "2029-07-01", "2005-12-08", "2005-12-07", "2005-12-09"}) {
        EXPECT_TRUE(contains(days, each)) << each;
    }

    const std::vector<json> codes = near("070200", {{"shipments", "*", "goods", "*", "hs"}, {"2203"}, {6}, {}, {}});
    for (const char* const each : {"220300", "220299", "07020", "0702000", "070201"}) EXPECT_TRUE(contains(codes, each)) << each;

    const std::vector<json> counts = near(480, {{"shipments", "*", "packages", "count"}, {}, {100}, {}, {}});
    for (const int each : {99, 100, 101, 479, 481}) EXPECT_TRUE(contains(counts, each)) << each;

    const std::vector<json> ports = near("2604", {{"trip", "crossing", "usPort"}, {}, {}, {"usPorts"}, {}});
    const auto listed = std::count_if(ports.begin(), ports.end(), [](const json& port) {
        return port.is_string() && rulebook()->lists->find("usPorts")->find_ever(port.get<std::string>()) != nullptr;
    });
    EXPECT_GE(listed, 4);
    EXPECT_LT(static_cast<std::size_t>(listed), ports.size());
}

TEST(Neighbours, are_distinct_and_never_the_value_itself) {
    for (const json& value : {json{"ABC-1234567-6"}, json{7}, json::array({"a", "b"}), json{{"a", 1}}}) {
        const std::vector<json> values = near(value, {{"x"}, {"A"}, {3}, {"countries"}, {}}, {json{{"b", 2}}});
        std::set<std::string> seen;
        for (const json& each : values) {
            EXPECT_NE(each, value);
            EXPECT_TRUE(seen.insert(each.dump()).second) << each;
        }
        EXPECT_FALSE(values.empty()) << value;
    }
}

struct PatternCase {
    const char* pattern;
    const char* sample;
};

TEST(PatternSamples, go_through_every_alternative) {
    constexpr PatternCase cases[] = {
        {"^(5[0-9]|640[1-5]|93)", "50"},     {"^(5[0-9]|640[1-5]|93)", "6401"}, {"^(5[0-9]|640[1-5]|93)", "93"}, {"^[0-9]{4}$", "0000"},
        {"^[0-9]{4}$", "9999"},              {"(?i)used|usad[oa]s?", "used"},   {"(?i)used|usad[oa]s?", "usado"}, {R"(\bp\.? ?o)", "po"},
        {"^COVE[0-9A-Z]{2}$", "COVE00"},
    };
    for (const PatternCase& each : cases) {
        const std::vector<std::string> samples = rules::pattern_samples(each.pattern);
        EXPECT_NE(std::find(samples.begin(), samples.end(), each.sample), samples.end()) << each.pattern << " " << each.sample;
    }
    EXPECT_TRUE(rules::pattern_samples("(a").empty());
    EXPECT_TRUE(rules::pattern_samples(R"(\pL)").empty());
}

TEST(Difference, is_undone_by_patching) {
    const json source = json::parse(R"({"a": 1, "b": [1, 2, 3], "c": {"d": "x", "e": [{"f": 1}, {"f": 2}]}, "g": ["p"]})");
    const struct {
        const char* target;
        const char* patch;
    } cases[] = {
        {R"({"a": 2, "b": [1, 2, 3], "c": {"d": "x", "e": [{"f": 1}, {"f": 2}]}, "g": ["p"]})", R"({"a":2})"},
        {R"({"a": 1, "b": [1, 3], "c": {"d": "x", "e": [{"f": 1}, {"f": 2}]}, "g": ["p"]})", R"({"b":{"1":null}})"},
        {R"({"a": 1, "b": [1, 2, 3, 3], "c": {"d": "x", "e": [{"f": 1}, {"f": 9}]}, "g": ["p"]})", R"({"b":{"+":3},"c":{"e":{"1":{"f":9}}}})"},
        {R"({"b": [1, 2, 3], "c": {"e": [{"f": 1}, {"f": 2}]}, "g": ["q", "r", "s"]})", nullptr},
        {R"({"a": 1, "b": [], "c": {"d": "x", "e": [{"f": 2}, {"f": 1}]}, "g": []})", nullptr},
    };
    for (const auto& each : cases) {
        const json target = json::parse(each.target);
        const json patch = rules::difference(source, target);
        EXPECT_TRUE(each.patch == nullptr || patch == json::parse(each.patch)) << patch;
        const auto made = rules::patched(source.dump(), patch.dump());
        ASSERT_TRUE(made) << patch;
        EXPECT_EQ(json::parse(*made), target) << patch;
    }
}

TEST(Mutants, change_each_place_of_a_condition) {
    const auto own = rulebook_with("    when: s.controlNumber != ''\n    assert: s.packages.count > 5 && s.goods.all(g, g.origin in ['MX', 'US'])\n");
    ASSERT_NE(own, nullptr);
    std::set<std::string> names;
    for (const rules::Mutant& mutant : rules::mutants_of(*own->find("CBP-001"), *own)) EXPECT_TRUE(names.insert(mutant.name).second) << mutant.name;
    for (const char* const each :
         {"negate assert", "assert always holds", "assert never holds", "when always holds", "when never holds", "assert 18: > to >=", "assert 18: > to <=", "assert 20: 5 to 4",
          "assert 20: 5 to 6", "assert 22: && to ||", "assert 1: drop `s.packages.count > 5`", "assert 33: all to exists", "assert 49: in to not in", "assert 53: 'MX' changed",
          "when 17: != to ==", "when 20: '' changed"}) {
        EXPECT_TRUE(names.contains(each)) << each;
    }
    EXPECT_EQ(names.size(), 18u);
}
