#include <gtest/gtest.h>

#include <algorithm>
#include <string>

#include "puente/rules/examples.hpp"
#include "puente/rules/rule_set.hpp"
#include "unit/rules/rule_folder.hpp"

namespace rules = puente::rules;

namespace {

// The line numbers below count from the first line of this text.
constexpr const char* good_rule = R"(rules:
  - id: SHARED-001
    title: {en: Good, es: Bueno}
    each: s in manifest.shipments
    when: has(s.us)
    assert: s.us.entryNumber != ''
    severity: reject
    pointer: /shipments/{s}/us/entryNumber
    message: {en: "Bad {value}.", es: "Malo {value}."}
    fix: {en: Do, es: Haga}
    citation: 19 CFR 1
    confidence: C2
    effective: {from: 2020-01-01}
    examples:
      pass:
        - {sample: produce-northbound}
      fail:
        - {sample: produce-northbound, patch: {shipments: {0: {us: {entryNumber: null}}}}}
)";

constexpr const char* good_list = "# Source: none\ncode,from,until,en,es\nMX,,,Mexico,México\n";

std::string replaced(std::string text, const std::string& from, const std::string& to) {
    const std::size_t at = text.find(from);
    EXPECT_NE(at, std::string::npos) << from;
    return at == std::string::npos ? text : text.replace(at, from.size(), to);
}

std::string with_prefix(const std::string& prefix) {
    return replaced(good_rule, "SHARED-", prefix);
}

rules::Loaded load_shared(const std::string& text, const std::string& list = good_list) {
    return rules::load({
        {"cbp/a.yaml",          with_prefix("CBP-")},
        {"codes/countries.csv", list               },
        {"sat/a.yaml",          with_prefix("SAT-")},
        {"shared/a.yaml",       text               }
    });
}

struct BrokenCase {
    const char* name;
    const char* from;
    const char* to;
    std::size_t line;
    std::size_t column;
    const char* expected;
};

class BrokenRule : public testing::TestWithParam<BrokenCase> {};

const BrokenCase broken_cases[] = {
    {"not_yaml",                              "title: {en: Good",                                                                                          "title: {en: [Good",                                   3,  0,  ""                        },
    {"no_list_of_rules",                      "rules:",                                                                                                    "ruels:",                                              1,  1,  "did you mean 'rules'?"   },
    {"unknown_key",                           "severity:",                                                                                                 "severty:",                                            7,  5,  "did you mean 'severity'?"},
    {"key_like_no_other",                     "fix:",                                                                                                      "zzzzzzzzzz:",                                         10, 5,  "known are id, title"     },
    {"key_twice",                             "citation: 19 CFR 1",                                                                                        "citation: 19 CFR 1\n    citation: 19 CFR 2",          12, 5,  "stands here twice"       },
    {"language_missing",                      ", es: \"Malo {value}.\"}",                                                                                  "}",                                                   9,  14, "'es' is missing"         },
    {"unknown_language",                      "es: Haga",                                                                                                  "fr: Faites",                                          10, 19, "known are en, es"        },
    {"bad_day",                               "2020-01-01",                                                                                                "2020-02-30",                                          13, 23, "YYYY-MM-DD"              },
    {"days_in_disorder",                      "{from: 2020-01-01}",                                                                                        "{from: 2020-01-02, until: 2020-01-01}",               13, 16, "before"                  },
    {"assert_is_no_condition",                "s.us.entryNumber != ''",                                                                                    "s.us.entryNumber",                                    6,  13, "expected a bool"         },
    {"unknown_function",                      "assert: s.us.entryNumber != ''",                                                                            "assert: entry.isVald(s.us.entryNumber)",              6,  0,  "entry.isVald"            },
    {"unknown_field",                         "assert: s.us.entryNumber != ''",                                                                            "assert: s.us.entryNumbr != ''",                       6,  0,  "entryNumber"             },
    {"unknown_list",                          "assert: s.us.entryNumber != ''",                                                                            "assert: s.us.entryNumber in list.contries",           6,  0,  "list.contries"           },
    {"syntax",                                "assert: s.us.entryNumber != ''",                                                                            "assert: s.us.entryNumber != ",                        6,  0,  ""                        },
    {"pointer_to_no_field",                   "us/entryNumber\n",                                                                                          "us/entryNumbr\n",                                     8,  0,  "entryNumber"             },
    {"pointer_to_no_loop",                    "/shipments/{s}",                                                                                            "/shipments/{q}",                                      8,  14, "{q} is no loop variable" },
    {"pointer_missing",                       "    pointer: /shipments/{s}/us/entryNumber\n",                                                              "",                                                    2,  5,  "'pointer'"               },
    {"loop_without_list",                     "each: s in manifest.shipments",                                                                             "each: s of manifest.shipments",                       4,  11, "name in list"            },
    {"loop_over_text",                        "each: s in manifest.shipments",                                                                             "each: s in manifest.formatVersion",                   4,  11, "expected a list"         },
    {"loop_variable_twice",                   "each: s in manifest.shipments",                                                                             "each: s in manifest.shipments, s in s.goods",         4,  11, "not taken"               },
    {"loop_variable_named_like_the_document", "each: s in",                                                                                                "each: facts in",                                      4,  11, "not taken"               },
    {"hearsay_that_rejects",                  "confidence: C2",                                                                                            "confidence: GK",                                      7,  15, "never rejects"           },
    {"confidence_unknown",                    "confidence: C2",                                                                                            "confidence: sure",                                    12, 17, "confidence is one of"    },
    {"severity_unknown",                      "severity: reject",                                                                                          "severity: refuse",                                    7,  15, "severity is one of"      },
    {"flag_that_is_none",                     "severity: reject",                                                                                          "severity: reject\n    agencyOnly: perhaps",           8,  17, "true or false"           },
    {"id_of_another_set",                     "SHARED-001",                                                                                                "CBP-999",                                             2,  9,  "begin with SHARED-"      },
    {"no_failing_example",                    "      fail:\n        - {sample: produce-northbound, patch: {shipments: {0: {us: {entryNumber: null}}}}}\n", "",                                                    2,  5,
     "examples.fail"                                                                                                                                                                                                                                },
    {"example_with_a_slip",                   "- {sample: produce-northbound}",                                                                            "- {smaple: produce-northbound}",                      16, 12, "did you mean 'sample'?"  },
    {"example_received_never",                "- {sample: produce-northbound}",                                                                            "- {sample: produce-northbound, received: yesterday}", 16, 50, "RFC 3339"                },
    {"placeholder_names_nothing",             "Bad {value}.",                                                                                              "Bad {s.us.entryNumbr}.",                              9,  0,  "entryNumber"             },
};

}  // namespace

TEST(BrokenRule, is_compared_with_one_that_loads) {
    for (const rules::LoadFault& fault : load_shared(good_rule).faults) ADD_FAILURE() << fault.file << ":" << fault.line << ": " << fault.text;
}

TEST_P(BrokenRule, is_refused_where_it_is_broken) {
    const BrokenCase& broken = GetParam();
    const rules::Loaded loaded = load_shared(replaced(good_rule, broken.from, broken.to));
    EXPECT_EQ(loaded.rulebook, nullptr);
    const bool told = std::any_of(loaded.faults.begin(), loaded.faults.end(), [&](const rules::LoadFault& fault) {
        return fault.file == "shared/a.yaml" && fault.line == broken.line &&
               (broken.column == 0 ? fault.column > 0 : fault.column == broken.column) && fault.text.find(broken.expected) != std::string::npos &&
               !fault.text.empty();
    });
    std::string all;
    for (const rules::LoadFault& fault : loaded.faults)
        all += fault.file + ":" + std::to_string(fault.line) + ":" + std::to_string(fault.column) + ": " + fault.text + "\n";
    EXPECT_TRUE(told) << "expected line " << broken.line << ", column " << broken.column << ": " << broken.expected << "\ngot\n" << all;
}

INSTANTIATE_TEST_SUITE_P(Faults, BrokenRule, testing::ValuesIn(broken_cases), [](const auto& tested) { return std::string{tested.param.name}; });

TEST(BrokenRule, names_the_rule_that_has_its_id) {
    std::string second = good_rule;
    second = second.substr(second.find("  - id"));
    const rules::Loaded loaded = load_shared(good_rule + second);
    ASSERT_EQ(loaded.faults.size(), 1u);
    EXPECT_EQ(loaded.faults[0].line, 19u);
    EXPECT_NE(loaded.faults[0].text.find("SHARED-001 stands already in shared/a.yaml:2"), std::string::npos) << loaded.faults[0].text;
}

TEST(BrokenRule, is_told_of_all_faults_at_once) {
    const std::string text = replaced(replaced(good_rule, "severity:", "severty:"), "2020-01-01", "2020-13-01");
    EXPECT_GE(load_shared(text).faults.size(), 3u);
}

TEST(BrokenRule, may_not_be_longer_than_an_expression_may) {
    std::string long_condition = "assert: s.us.entryNumber != ''";
    while (long_condition.size() < 20'000) long_condition += " && s.us.entryNumber != ''";
    const rules::Loaded loaded = load_shared(replaced(good_rule, "assert: s.us.entryNumber != ''", long_condition));
    EXPECT_EQ(loaded.rulebook, nullptr);
    ASSERT_FALSE(loaded.faults.empty());
    EXPECT_EQ(loaded.faults[0].line, 6u);
}

TEST(BrokenList, is_refused_with_its_name_and_line) {
    const struct {
        const char* text;
        const char* expected;
    } cases[] = {
        {"# Source: none\ncode,from,until,en,es\nMX,2020-13-01,,Mexico,México\n",            "line 3"   },
        {"# Source: none\ncode,from,until,en,es\nMX,,,Mexico\n",                              "line 3"   },
        {"# Source: none\ncode,from,until,en,es\nMX,,,Mexico,México\nMX,,,Mexico,México\n", "countries"},
        {"# Source: none\nkey,from,until,en,es\nMX,,,Mexico,México\n",                       "countries"},
    };
    for (const auto& each : cases) {
        const rules::Loaded loaded = load_shared(good_rule, each.text);
        EXPECT_EQ(loaded.rulebook, nullptr) << each.text;
        ASSERT_FALSE(loaded.faults.empty()) << each.text;
        EXPECT_NE(loaded.faults[0].text.find(each.expected), std::string::npos) << loaded.faults[0].text;
    }
}

TEST(BrokenExample, names_a_sample_that_is_not_there) {
    const rules::Loaded loaded = load_shared(replaced(good_rule, "- {sample: produce-northbound}", "- {sample: no-such-sample}"));
    ASSERT_NE(loaded.rulebook, nullptr);
    const std::vector<rules::ExampleFault> faults = rules::run_examples(loaded.rulebook, sample);
    ASSERT_EQ(faults.size(), 1u);
    EXPECT_EQ(faults[0].example->line, 16u);
    EXPECT_EQ(faults[0].text, "there is no sample 'no-such-sample'");
}
