// Faults that the checker finds in expressions over the manifest, and what it suggests instead.
#include <gtest/gtest.h>

#include <string>

#include "puente/cel/program.hpp"
#include "puente/v1/manifest.pb.h"

namespace puente::cel {
namespace {

Value always(std::span<const Value>, Arena&) {
    return Value::boolean(true);
}

Environment manifest_environment() {
    Environment environment;
    environment.add_variable("manifest", message_type(*v1::Manifest::descriptor()));
    environment.add_variable("list.usPorts", map_type(string_type(), map_type(string_type(), dyn_type())));
    environment.add_function("vin.isValid", {string_type()}, boolean_type(), always);
    environment.add_function("rfc.isValid", {string_type()}, boolean_type(), always);
    environment.add_function("rfc.isValid", {string_type(), boolean_type()}, boolean_type(), always);
    return environment;
}

struct CheckCase {
    const char* name;
    const char* text;
    std::uint32_t column;
    const char* says;
};
constexpr CheckCase check_cases[] = {
    {"unknown_variable",           "manifes.trip",                                 1,  "unknown variable 'manifes'; did you mean 'manifest'?"               },
    {"nothing_near",               "quartz > 1",                                   1,  "unknown variable 'quartz'"                                          },
    {"unknown_field",              "manifest.trip.tripNumbr == ''",                15, "puente.v1.Trip has no field 'tripNumbr'; did you mean 'tripNumber'?"},
    {"wrong_case",                 "manifest.trip.tripnumber == ''",               15, "did you mean 'tripNumber'?"                                         },
    {"unknown_field_in_has",       "has(manifest.trop)",                           14, "did you mean 'trip'?"                                               },
    {"unknown_field_of_an_item",   "manifest.shipments.all(s, s.gods.size() > 0)", 29, "puente.v1.Shipment has no field 'gods'; did you mean 'goods'?"      },
    {"unknown_function",           "vin.isvalid('x')",                             5,  "unknown function 'vin.isvalid'; did you mean 'vin.isValid'?"        },
    {"unknown_member",             "'x'.startWith('y')",                           5,  "unknown function 'startWith'; did you mean 'startsWith'?"           },
    {"unknown_list",               "'1' in list.usPort",                           13, "unknown variable 'list.usPort'; did you mean 'list.usPorts'?"       },
    {"mixed_sum",                  "1 + 'a'",                                      3,  "'+' does not take (int, string); it takes (int, int)"               },
    {"mixed_equality",             "manifest.trip.tripNumber == 7",                26, "'==' does not take (string, int)"                                   },
    {"wrong_argument",             "vin.isValid(7)",                               5,  "'vin.isValid' does not take (int); it takes (string)"               },
    {"too_many_arguments",         "rfc.isValid('a', true, 1)",                    5,  "it takes (string), (string, bool)"                                  },
    {"condition",                  "1 ? 2 : 3",                                    1,  "expected a bool, not int"                                           },
    {"outcomes",                   "true ? 2 : 'a'",                               6,  "the two outcomes of '?' are int and string"                         },
    {"logic",                      "true && 'a'",                                  9,  "expected a bool, not string"                                        },
    {"macro_over_text",            "'abc'.all(c, true)",                           1,  "a macro walks a list or a map, not string"                          },
    {"macro_that_does_not_decide", "[1].exists(x, x + 1)",                         17, "expected a bool, not int"                                           },
    {"field_of_text",              "manifest.documentId.size",                     21, "a value of type string has no fields, so no 'size'"                 },
    {"field_of_a_list",            "manifest.shipments.goods",                     20, "a value of type list(puente.v1.Shipment) has no fields"             },
    {"index_of_a_list",            "manifest.shipments['a']",                      19, "'[]' does not take (list(puente.v1.Shipment), string)"              },
    {"sum_of_text",                "sum(['a'])",                                   1,  "'sum' does not take (list(string)); it takes (list(int))"           },
    {"pattern",                    "'a'.matches('(')",                             13, "not a regular expression"                                           },
};

class Check : public testing::TestWithParam<CheckCase> {};

TEST_P(Check, tells_what_is_wrong_and_what_was_meant) {
    const Environment environment = manifest_environment();
    const Compiled compiled = compile(GetParam().text, environment);
    ASSERT_EQ(compiled.faults.size(), 1U) << (compiled.ok() ? "no fault" : compiled.faults.back().text);
    EXPECT_EQ(compiled.faults[0].line, 1U);
    EXPECT_EQ(compiled.faults[0].column, GetParam().column) << compiled.faults[0].text;
    EXPECT_NE(compiled.faults[0].text.find(GetParam().says), std::string::npos) << compiled.faults[0].text;
}
INSTANTIATE_TEST_SUITE_P(Faults, Check, testing::ValuesIn(check_cases), [](const auto& each) { return std::string{each.param.name}; });

TEST(Check, finds_every_fault_and_not_only_the_first) {
    const Environment environment = manifest_environment();
    const Compiled compiled = compile("manifest.trp.x == 1 ||\n  manifest.shipmnts.size() > 'a'", environment);
    ASSERT_EQ(compiled.faults.size(), 3U);
    EXPECT_EQ(compiled.faults[0].line, 1U);
    EXPECT_EQ(compiled.faults[1].line, 2U);
    EXPECT_EQ(compiled.faults[2].line, 2U) << "size() is an int all the same";
}

struct TypeCase {
    const char* text;
    const char* type;
};
constexpr TypeCase type_cases[] = {
    {"manifest",                                             "puente.v1.Manifest"      },
    {"manifest.trip.crossing.usPort",                        "string"                  },
    {"manifest.trip.crossing.us_port",                       "string"                  },
    {"manifest.shipments",                                   "list(puente.v1.Shipment)"},
    {"manifest.shipments.map(s, s.goods.size())",            "list(int)"               },
    {"manifest.shipments.filter(s, has(s.us))",              "list(puente.v1.Shipment)"},
    {"manifest.shipments[0].goods[0].item",                  "int"                     },
    {"manifest.trip.conveyance.modelYear + 1",               "int"                     },
    {"manifest.credentials[0].credential",                   "map(string, dyn)"        },
    {"list.usPorts['2304']",                                 "map(string, dyn)"        },
    {"list.usPorts['2304'].name",                            "dyn"                     },
    {"type(1) == list",                                      "bool"                    },
    {"sum(manifest.shipments.map(s, s.packages.count)) > 3", "bool"                    },
};

TEST(Check, deduces_types_over_the_manifest) {
    const Environment environment = manifest_environment();
    for (const TypeCase& each : type_cases) {
        const Compiled compiled = compile(each.text, environment);
        ASSERT_TRUE(compiled.ok()) << each.text << ": " << compiled.faults[0].text;
        EXPECT_EQ(to_text(*compiled.program.result_type()), each.type) << each.text;
    }
}

TEST(Check, can_be_left_out) {
    CompileOptions options;
    options.check = false;
    Arena arena;
    for (const char* text : {"nobody.knows(this) || true", "x || true", "!(1 + 'a' == 2 && false)", "'a'.matches('(') || true"}) {
        const Compiled compiled = compile(text, Environment{}, options);
        ASSERT_TRUE(compiled.ok()) << text;
        EXPECT_TRUE(compiled.program.run({}, arena).is_true()) << text;
    }
    const Compiled unknown = compile("nobody.knows(this)", Environment{}, options);
    EXPECT_TRUE(unknown.program.run({}, arena).is_error());
}

}  // namespace
}  // namespace puente::cel
