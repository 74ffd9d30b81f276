// The line protocol beyond what the conformance cases use.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <string>

#include "puente/cel/lines.hpp"

namespace puente::cel {
namespace {

using nlohmann::json;

struct LineCase {
    const char* name;
    const char* line;
    const char* answer;
};
constexpr LineCase line_cases[] = {
    {"sum",              R"j({"expr": "1 + 2"})j",                                                                                                   R"j({"value": {"int64Value": "3"}})j"        },
    {"natural",          R"j({"expr": "7u"})j",                                                                                                      R"j({"value": {"uint64Value": "7"}})j"       },
    {"infinite",         R"j({"expr": "1.0 / 0.0"})j",                                                                                               R"j({"value": {"doubleValue": "Infinity"}})j"},
    {"not_a_number",     R"j({"expr": "0.0 / 0.0"})j",                                                                                               R"j({"value": {"doubleValue": "NaN"}})j"     },
    {"octets",           R"j({"expr": "b'\\xfb\\xff'"})j",                                                                                           R"j({"value": {"bytesValue": "+/8="}})j"     },
    {"nothing",          R"j({"expr": "null"})j",                                                                                                    R"j({"value": {"nullValue": null}})j"        },
    {"empty_list",       R"j({"expr": "[]"})j",                                                                                                      R"j({"value": {"listValue": {}}})j"          },
    {"type",             R"j({"expr": "type(1)"})j",                                                                                                 R"j({"value": {"typeValue": "int"}})j"       },
    {"moment",           R"j({"expr": "timestamp('2024-02-29T00:00:00-06:00')"})j",
     R"j({"value": {"objectValue": {"@type": "type.googleapis.com/google.protobuf.Timestamp", "value": "2024-02-29T06:00:00Z"}}})j"                                                               },
    {"while",            R"j({"expr": "duration('1h') + duration('-500ms')"})j",
     R"j({"value": {"objectValue": {"@type": "type.googleapis.com/google.protobuf.Duration", "value": "3599.5s"}}})j"                                                                             },
    {"bound_octets",     R"j({"expr": "size(x)", "bindings": {"x": {"bytesValue": "AAEC"}}})j",                                                      R"j({"value": {"int64Value": "3"}})j"        },
    {"bound_duration",   R"j({"expr": "x.getSeconds()", "bindings": {"x": {"objectValue": {"@type": "type.googleapis.com/google.protobuf.Duration",
     "value": "12.5s"}}}})j",
     R"j({"value": {"int64Value": "12"}})j"                                                                                                                                                       },
    {"bound_mixed_list", R"j({"expr": "x[0] + 1", "bindings": {"x": {"listValue": {"values": [{"int64Value": "1"}, {"stringValue": "a"}]}}}})j",
     R"j({"value": {"int64Value": "2"}})j"                                                                                                                                                        },
    {"bound_with_dots",
     R"j({"expr": "a.b.c", "bindings": {"a.b": {"mapValue": {"entries": [{"key": {"stringValue": "c"}, "value": {"boolValue": true}}]}}}})j",        R"j({"value": {"boolValue": true}})j"        },
};

TEST(Lines, give_the_value) {
    for (const LineCase& each : line_cases) EXPECT_EQ(json::parse(evaluate_line(each.line)), json::parse(each.answer)) << each.name;
}

constexpr LineCase wrong_lines[] = {
    {"no_json",          "{",                                                                                                                       "not JSON"          },
    {"no_object",        "[]",                                                                                                                      "expected an object"},
    {"no_expression",    "{}",                                                                                                                      "expected an object"},
    {"bad_bindings",     R"j({"expr": "1", "bindings": []})j",                                                                                      "must be an object" },
    {"bad_flag",         R"j({"expr": "1", "disable_check": 1})j",                                                                                  "true or false"     },
    {"two_kinds",        R"j({"expr": "1", "bindings": {"x": {"boolValue": true, "int64Value": "1"}}})j",                                           "exactly one kind"  },
    {"int_out_of_range", R"j({"expr": "1", "bindings": {"x": {"int64Value": "9223372036854775808"}}})j",                                            "binding 'x'"       },
    {"bad_base64",       R"j({"expr": "1", "bindings": {"x": {"bytesValue": "*"}}})j",                                                              "base64"            },
    {"key_twice",        R"j({"expr": "1", "bindings": {"x": {"mapValue": {"entries": [{"key": {"int64Value": "1"}, "value": {"nullValue": null}},
     {"key": {"uint64Value": "1"}, "value": {"nullValue": null}}]}}}})j",
     "same key twice"                                                                                                                                                   },
    {"parse_fault",      R"j({"expr": "1 +"})j",                                                                                                    "1:4: "             },
    {"check_fault",      R"j({"expr": "1 + 'a'"})j",                                                                                                "1:3: "             },
    {"run_fault",        R"j({"expr": "1 / 0"})j",                                                                                                  "division by zero"  },
};

TEST(Lines, give_the_error) {
    for (const LineCase& each : wrong_lines) {
        const json answer = json::parse(evaluate_line(each.line));
        ASSERT_TRUE(answer.contains("error")) << each.name;
        EXPECT_NE(answer["error"].get<std::string>().find(each.answer), std::string::npos) << each.name << ": " << answer;
    }
}

TEST(Lines, refuse_values_that_would_be_written_very_large) {
    std::string text = "[1]";
    for (int i = 0; i < 30; ++i) text = "[" + text + "].map(x, [x, x])[0]";
    const json answer = json::parse(evaluate_line(json{
        {"expr", text}
    }.dump()));
    ASSERT_TRUE(answer.contains("error"));
    EXPECT_NE(answer["error"].get<std::string>().find("too large"), std::string::npos);
}

struct ZoneCase {
    const char* moment;
    const char* zone;
    int hour;
};
/// From the rules of the zones: the daylight saving of the United States since 2007, none in most of Mexico since 2022.
constexpr ZoneCase zone_cases[] = {
    {"2024-01-15T12:00:00Z", "America/Chicago",     6 },
    {"2024-07-15T12:00:00Z", "America/Chicago",     7 },
    {"2024-03-10T07:59:59Z", "America/Chicago",     1 },
    {"2024-03-10T08:00:00Z", "America/Chicago",     3 },
    {"2024-11-03T06:59:59Z", "America/Chicago",     1 },
    {"2024-11-03T07:00:00Z", "America/Chicago",     1 },
    {"2060-07-15T12:00:00Z", "America/Chicago",     7 },
    {"2060-01-15T12:00:00Z", "America/Chicago",     6 },
    {"2024-07-15T12:00:00Z", "America/Mexico_City", 6 },
    {"2060-07-15T12:00:00Z", "America/Tijuana",     5 },
    {"2060-01-15T12:00:00Z", "Australia/Sydney",    23},
    {"2024-01-15T12:00:00Z", "+05:30",              17},
    {"2024-01-15T12:00:00Z", "-08:00",              4 },
};

TEST(Lines, know_the_time_in_every_zone) {
    for (const ZoneCase& each : zone_cases) {
        const std::string text = std::string{"timestamp('"} + each.moment + "').getHours('" + each.zone + "') == " + std::to_string(each.hour);
        EXPECT_EQ(json::parse(evaluate_line(json{
                      {"expr", text}
        }.dump())),
                  json::parse(R"j({"value": {"boolValue": true}})j"))
            << text;
    }
    for (const char* zone : {"Nowhere/Land", "../../../etc/passwd", "/etc/passwd", "+24:00", "1:2"}) {
        const std::string text = std::string{"timestamp(0).getHours('"} + zone + "')";
        EXPECT_TRUE(json::parse(evaluate_line(json{
                                    {"expr",
                                     text}
        }.dump()))
                        .contains("error"))
            << zone;
    }
}

}  // namespace
}  // namespace puente::cel
