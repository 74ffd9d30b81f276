#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <map>
#include <set>
#include <thread>

#include "puente/manifest/facts.hpp"
#include "puente/rules/examples.hpp"
#include "puente/rules/mutants.hpp"
#include "puente/v1/facts.pb.h"
#include "unit/rules/rule_folder.hpp"

namespace rules = puente::rules;

namespace {

constexpr std::size_t vectors_min = 40;

std::vector<rules::NamedSample> samples() {
    std::vector<rules::NamedSample> read;
    for (const char* const suffix : {"", ".broken"}) {
        for (const std::string& name : sample_names(suffix)) read.push_back({name, *sample(name)});
    }
    return read;
}

std::vector<rules::EquivalentMutant> known_equivalents() {
    const auto text = rule_file("equivalent-mutants.yaml");
    if (!text) return {};
    const auto parsed = rules::parse_equivalents(*text);
    if (!parsed) ADD_FAILURE() << parsed.error().detail();
    return parsed ? *parsed : std::vector<rules::EquivalentMutant>{};
}

const rules::VectorMaker& maker() {
    static const rules::VectorMaker made{rulebook(), samples(), known_equivalents()};
    return made;
}

std::vector<std::string> survivors_of(const std::string& conditions) {
    const auto own = rulebook_with(conditions);
    if (!own) return {"not loaded"};
    const rules::VectorMaker own_maker{own, {{"produce-northbound", *sample("produce-northbound")}}};
    std::vector<std::string> survivors;
    for (const rules::MutantFate& each : check_mutants(*own->find("SHARED-001"), own_maker).mutants) {
        if (each.fate == rules::Fate::survived) survivors.push_back(each.mutant);
    }
    return survivors;
}

bool survives(const std::vector<std::string>& survivors, const std::string& mutant) {
    return std::count(survivors.begin(), survivors.end(), mutant) != 0;
}

/// The reports of all rules, made once on every core.
const std::map<std::string, rules::MutationReport>& all_reports() {
    static const std::map<std::string, rules::MutationReport> reports = [] {
        std::vector<const rules::Rule*> every;
        for (const rules::RuleSet& set : rulebook()->sets) {
            for (const rules::Rule& rule : set.rules) every.push_back(&rule);
        }
        std::vector<rules::MutationReport> made(every.size());
        const rules::VectorMaker& shared_maker = maker();
        std::atomic<std::size_t> next{0};
        const auto work = [&] {
            for (std::size_t i = next++; i < every.size(); i = next++) made[i] = check_mutants(*every[i], shared_maker);
        };
        {
            const std::jthread helper{work};
            work();
        }
        std::map<std::string, rules::MutationReport> by_id;
        for (std::size_t i = 0; i < every.size(); ++i) by_id.emplace(every[i]->id, std::move(made[i]));
        return by_id;
    }();
    return reports;
}

}  // namespace

TEST(Vectors, are_the_same_every_time) {
    const rules::VectorMaker other{rulebook(), samples(), known_equivalents()};
    for (const char* const id : {"CBP-075", "SHARED-153", "SAT-203"}) {
        const rules::Rule* const rule = rulebook()->find(id);
        ASSERT_NE(rule, nullptr);
        const std::vector<rules::Vector> first = maker().vectors(*rule);
        const std::vector<rules::Vector> second = other.vectors(*rule);
        ASSERT_EQ(first.size(), second.size()) << id;
        std::set<std::string> seen;
        for (std::size_t i = 0; i < first.size(); ++i) {
            EXPECT_EQ(first[i].sample, second[i].sample);
            EXPECT_EQ(first[i].patch, second[i].patch);
            EXPECT_EQ(first[i].received, second[i].received);
            EXPECT_EQ(first[i].passes, second[i].passes);
            EXPECT_TRUE(seen.insert(first[i].sample + first[i].patch + first[i].received).second) << id << " " << first[i].patch;
        }
    }
}

TEST(Vectors, say_what_the_rule_says_of_the_patched_sample) {
    for (const char* const id : {"CBP-011", "CBP-063", "CBP-075", "SAT-526", "SHARED-153"}) {
        const rules::Rule* const rule = rulebook()->find(id);
        ASSERT_NE(rule, nullptr);
        for (const rules::Vector& vector : maker().vectors(*rule)) {
            const auto question = rules::posed(*sample(vector.sample), vector.patch);
            ASSERT_TRUE(question) << vector.patch;
            const puente::manifest::Decoded decoded = puente::manifest::decode_json(question->document);
            ASSERT_NE(decoded.manifest, nullptr) << vector.patch;
            puente::v1::Facts facts;
            puente::manifest::derive_facts(*decoded.manifest, puente::parse_date_time(vector.received)->at, *rulebook()->lists, facts);
            ASSERT_TRUE(rules::add_memory(question->memory, facts));
            const bool in_force = rule->effective.holds(decoded.manifest->arrival_day());
            EXPECT_EQ(vector.passes, !in_force || rules::apply(*rule, rulebook(), *decoded.manifest, facts).empty()) << id << " " << vector.patch;
        }
    }
}

TEST(Vectors, stand_on_both_sides_of_the_days_a_rule_is_in_force) {
    const rules::Rule* const rule = rulebook()->find("SAT-526");
    ASSERT_NE(rule, nullptr);
    std::set<std::string> days;
    for (const rules::Vector& vector : maker().vectors(*rule)) {
        const std::size_t at = vector.patch.find("\"estimatedArrival\":\"");
        if (at != std::string::npos) days.insert(vector.patch.substr(at + 20, 10));
    }
    for (const char* const day : {"2023-12-31", "2024-01-01", "2024-07-16", "2024-07-17"}) EXPECT_TRUE(days.contains(day)) << day;
}

TEST(Mutation, finds_the_weak_part_of_a_rule) {
    EXPECT_TRUE(survivors_of("    assert: s.packages.count > 0\n").empty());
    // Goods are never missing in the format: nothing can tell whether the second condition is there.
    const std::vector<std::string> idle = survivors_of("    assert: s.packages.count > 0 && size(s.goods) > 0\n");
    EXPECT_TRUE(survives(idle, "assert 25: drop `size(s.goods) > 0`"));
    EXPECT_FALSE(survives(idle, "assert 1: drop `s.packages.count > 0`"));
    // A rule that always holds: not even the coarse mutants can be told from it.
    const std::vector<std::string> always = survivors_of("    assert: size(s.goods) > 0\n");
    EXPECT_TRUE(survives(always, "assert always holds"));
    EXPECT_TRUE(survives(always, "when never holds"));
    EXPECT_FALSE(survives(always, "negate assert"));
    // A `when` that never excuses anything.
    EXPECT_TRUE(survives(survivors_of("    when: size(s.goods) > 0\n    assert: s.packages.count > 0\n"), "when always holds"));
}

TEST(Mutation, is_excused_only_by_a_reason_for_that_very_mutant) {
    const auto own = rulebook_with("    assert: s.packages.count > 0 && size(s.goods) > 0\n");
    ASSERT_NE(own, nullptr);
    const std::string idle = "assert 25: drop `size(s.goods) > 0`";
    const rules::VectorMaker own_maker{
        own,
        {{"produce-northbound", *sample("produce-northbound")}  },
        { {"SHARED-001", idle, "goods are required by the format"}, {"SHARED-001", "negate assert", "wrong: it is killed"}}
    };
    const rules::MutationReport report = check_mutants(*own->find("SHARED-001"), own_maker);
    EXPECT_EQ(report.stale, std::vector<std::string>{"negate assert"});
    EXPECT_EQ(report.count(rules::Fate::equivalent), 1u);
    for (const rules::MutantFate& each : report.mutants) {
        EXPECT_EQ(each.reason, each.mutant == idle ? "goods are required by the format" : "") << each.mutant;
    }
}

TEST(EquivalentMutants, are_read_or_refused) {
    const auto read = rules::parse_equivalents("equivalents:\n  - {rule: CBP-001, mutant: negate assert, reason: none}\n");
    ASSERT_TRUE(read);
    ASSERT_EQ(read->size(), 1u);
    EXPECT_EQ((*read)[0].mutant, "negate assert");
    EXPECT_FALSE(rules::parse_equivalents("equivalents:\n  - {rule: CBP-001, mutant: negate assert}\n"));
    EXPECT_FALSE(rules::parse_equivalents("equivalents: ["));
}

TEST(EveryRule, has_vectors_of_both_kinds) {
    for (const auto& [id, report] : all_reports()) {
        EXPECT_GE(report.vectors.size(), vectors_min) << id;
        EXPECT_GT(report.passing(), 0u) << id;
        EXPECT_LT(report.passing(), report.vectors.size()) << id;
    }
}

TEST(EveryRule, differs_from_all_its_mutants) {
    for (const auto& [id, report] : all_reports()) {
        for (const rules::MutantFate& each : report.mutants) {
            if (each.fate == rules::Fate::survived) ADD_FAILURE() << id << ": " << each.mutant;
        }
        for (const std::string& each : report.stale) ADD_FAILURE() << "equivalent-mutants.yaml: " << id << " '" << each << "' is killed or no longer made";
    }
}
