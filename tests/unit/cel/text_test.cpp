// Faults of the text itself: where they are, and what is said of them.
#include <gtest/gtest.h>

#include <fstream>
#include <string>

#include "puente/cel/program.hpp"

namespace puente::cel {
namespace {

struct TextCase {
    const char* name;
    const char* text;
    std::uint32_t line;
    std::uint32_t column;
    const char* says;
};
constexpr TextCase text_cases[] = {
    {"nothing",                 "",                      1, 1,  "not the end"                                },
    {"half_a_sum",              "1 +",                   1, 4,  "not the end"                                },
    {"two_values",              "1 2",                   1, 3,  "expected the end of the expression, not '2'"},
    {"open_parenthesis",        "(1",                    1, 3,  "expected ')'"                               },
    {"open_list",               "[1, 2",                 1, 6,  "expected ']'"                               },
    {"map_without_value",       "{1}",                   1, 3,  "expected ':'"                               },
    {"choice_without_else",     "true ? 1",              1, 9,  "expected ':'"                               },
    {"second_line",             "1 +\n  * 2",            2, 3,  "not '*'"                                    },
    {"columns_are_code_points", "'ñandú' == #",        1, 12, "means nothing"                              },
    {"open_string",             "'abc",                  1, 1,  "does not end"                               },
    {"string_over_lines",       "'a\nb'",                1, 1,  "must end on that line"                      },
    {"unknown_escape",          R"('\q')",               1, 1,  "unknown escape"                             },
    {"half_an_escape",          R"('\x4')",              1, 1,  "unknown escape"                             },
    {"surrogate",               R"('\uD800')",           1, 1,  "no Unicode character"                       },
    {"beyond_unicode",          R"('\U00110000')",       1, 1,  "no Unicode character"                       },
    {"unicode_escape_in_bytes", R"(b'\u0041')",          1, 1,  "no meaning in bytes"                        },
    {"int_too_large",           "9223372036854775808",   1, 1,  "does not fit an int"                        },
    {"uint_too_large",          "18446744073709551616u", 1, 1,  "does not fit a uint"                        },
    {"double_too_large",        "1e999",                 1, 1,  "does not fit a double"                      },
    {"number_into_name",        "12abc",                 1, 1,  "must not run into a name"                   },
    {"reserved_word",           "while",                 1, 1,  "'while' is reserved"                        },
    {"keyword_as_field",        "a.in",                  1, 3,  "expected the name of a field"               },
    {"message",                 "puente.v1.Trip{}",      1, 15, "messages cannot be made"                    },
    {"has_of_a_name",           "has(a)",                1, 5,  "has() takes a field"                        },
    {"variable_with_a_dot",     "[1].all(a.b, true)",    1, 9,  "must be a plain name"                       },
    {"one_name_twice",          "[1].all(a, a, true)",   1, 12, "need two names"                             },
    {"optional",                "a.?b",                  1, 3,  "not part of this CEL"                       },
    {"not_utf8",                "'\xFF'",                1, 1,  "not valid UTF-8"                            },
    {"open_backquote",          "a.`b",                  1, 3,  "backquote"                                  },
};

class Text : public testing::TestWithParam<TextCase> {};

TEST_P(Text, tells_the_place_and_the_reason) {
    const Compiled compiled = compile(GetParam().text, Environment{});
    ASSERT_EQ(compiled.faults.size(), 1U);
    EXPECT_EQ(compiled.faults[0].line, GetParam().line);
    EXPECT_EQ(compiled.faults[0].column, GetParam().column);
    EXPECT_NE(compiled.faults[0].text.find(GetParam().says), std::string::npos) << compiled.faults[0].text;
}
INSTANTIATE_TEST_SUITE_P(Faults, Text, testing::ValuesIn(text_cases), [](const auto& each) { return std::string{each.param.name}; });

struct Repeated {
    const char* name;
    const char* before;
    const char* after;
};
constexpr Repeated nestings[] = {
    {"parentheses", "(",           ")"},
    {"lists",       "[",           "]"},
    {"maps",        "{1: ",        "}"},
    {"calls",       "dyn(",        ")"},
    {"indexes",     "[0][",        "]"},
    {"macros",      "[0].map(x, ", ")"},
};
std::string nested(const Repeated& what, int times) {
    std::string text = "0";
    for (int i = 0; i < times; ++i) text = what.before + text + what.after;
    return text;
}

TEST(Text, may_be_nested_up_to_the_limit) {
    for (const Repeated& each : nestings) {
        EXPECT_TRUE(compile(nested(each, 63), Environment{}).ok()) << each.name;
        const Compiled deeper = compile(nested(each, 64), Environment{});
        ASSERT_FALSE(deeper.ok()) << each.name;
        EXPECT_NE(deeper.faults[0].text.find("nested more than 64 deep"), std::string::npos) << deeper.faults[0].text;
    }
}

TEST(Text, may_not_nest_or_chain_without_end) {
    CompileOptions options;
    options.text_max = 1'000'000;
    for (const Repeated& each : nestings) EXPECT_FALSE(compile(nested(each, 5'000), Environment{}, options).ok()) << each.name;
    std::string sum = "1";
    std::string either = "true";
    std::string fields = "{}";
    std::string nots = "true";
    for (int i = 0; i < 20'000; ++i) {
        sum += "+1";
        either += "||true";
        fields += ".a";
        nots = "!" + nots;
    }
    EXPECT_FALSE(compile(sum, Environment{}, options).ok());
    EXPECT_FALSE(compile(fields, Environment{}, options).ok());
    EXPECT_TRUE(compile(either, Environment{}, options).ok()) << "a chain of || is flat";
    EXPECT_TRUE(compile(nots, Environment{}, options).ok()) << "pairs of ! go away";
}

TEST(Text, may_be_as_long_as_allowed) {
    CompileOptions options;
    options.text_max = 5;
    EXPECT_TRUE(compile("1+2+3", Environment{}, options).ok());
    const Compiled longer = compile("1+2+34", Environment{}, options);
    ASSERT_FALSE(longer.ok());
    EXPECT_NE(longer.faults[0].text.find("5 are allowed"), std::string::npos);
}

}  // namespace
}  // namespace puente::cel
