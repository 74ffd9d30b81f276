#include "puente/codes/code_list.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <utility>

namespace puente::codes {
namespace {

using std::chrono::sys_days;
using namespace std::chrono_literals;

constexpr sys_days day{2026y / std::chrono::March / 2};

CodeList list_of(const std::string& rows, const std::string& more_columns = "") {
    return std::move(CodeList::parse("things", "# Source: nobody\ncode,from,until,en,es" + more_columns + "\n" + rows)).value();
}

TEST(CodeList, finds_codes_and_nothing_else) {
    const CodeList list = list_of("A,,,one,uno\nB,,,two,dos\n10,,,ten,diez\n");
    EXPECT_EQ(list.name(), "things");
    EXPECT_EQ(list.source(), "Source: nobody");
    EXPECT_EQ(list.size(), 3U);
    EXPECT_TRUE(list.contains("A", day));
    EXPECT_TRUE(list.contains("10", day));
    for (const char* code : {"", "a", "AA", "1", "100", "C"}) EXPECT_FALSE(list.contains(code, day)) << code;
    EXPECT_EQ(list.find("B", day)->es(), "dos");
    EXPECT_EQ(list.at(2).en(), "ten");
}

TEST(CodeList, counts_both_ends_of_a_window) {
    const CodeList list = list_of("A,2025-01-01,2025-08-28,one,uno\n");
    EXPECT_FALSE(list.contains("A", sys_days{2024y / std::chrono::December / 31}));
    EXPECT_TRUE(list.contains("A", sys_days{2025y / std::chrono::January / 1}));
    EXPECT_TRUE(list.contains("A", sys_days{2025y / std::chrono::August / 28}));
    EXPECT_FALSE(list.contains("A", sys_days{2025y / std::chrono::August / 29}));
    ASSERT_NE(list.find_ever("A"), nullptr);
    EXPECT_EQ(list.find_ever("A")->until(), sys_days{2025y / std::chrono::August / 28});
    EXPECT_EQ(list.find_ever("B"), nullptr);
}

TEST(CodeList, gives_the_entry_of_the_day) {
    const CodeList list = list_of("A,2026-03-02,,new,nuevo\nA,,2026-03-01,old,viejo\nB,,,b,be\n");
    EXPECT_EQ(list.find("A", day)->en(), "new");
    EXPECT_EQ(list.find("A", day - std::chrono::days{1})->en(), "old");
    EXPECT_EQ(list.find_ever("A")->en(), "new");
}

TEST(CodeList, reads_quotes_commas_and_line_ends) {
    const std::string text =
        "# Source: nobody\r\n#  second line \r\ncode,from,until,en,es,note\r\nA,,,\"one, two\",\"a \"\"b\"\"\",\"x\ny\"\r\nB,,,b,be,\r\n";
    const CodeList list = std::move(CodeList::parse("things", text)).value();
    EXPECT_EQ(list.source(), "Source: nobody\nsecond line");
    ASSERT_EQ(list.size(), 2U);
    const std::size_t note = list.column_index("note").value();
    EXPECT_EQ(list.at(0).en(), "one, two");
    EXPECT_EQ(list.at(0).es(), "a \"b\"");
    EXPECT_EQ(list.at(0).column(note), "x\ny");
    EXPECT_EQ(list.at(1).column(note), "");
    EXPECT_EQ(list.at(1).column(99), "");
    EXPECT_FALSE(list.column_index("nothing"));
}

TEST(CodeList, survives_a_move) {
    CodeList first = list_of("A,,,one,uno\nB,,,two,dos\n");
    const CodeList second = std::move(first);
    EXPECT_EQ(second.find("B", day)->en(), "two");
    EXPECT_EQ(second.columns()[4], "es");
}

TEST(CodeList, may_be_empty) {
    const CodeList list = list_of("");
    EXPECT_EQ(list.size(), 0U);
    EXPECT_FALSE(list.contains("A", day));
}

TEST(CodeList, finds_each_of_many) {
    std::string rows;
    for (int i = 0; i < 5000; ++i) rows += std::to_string(i) + ",,,n" + std::to_string(i) + ",n\n";
    const CodeList list = list_of(rows);
    for (int i = 0; i < 5000; ++i) ASSERT_EQ(list.find(std::to_string(i), day)->en(), "n" + std::to_string(i));
    EXPECT_FALSE(list.contains("5000", day));
}

struct FaultCase {
    const char* name;
    const char* text;
    const char* fault;
};

constexpr FaultCase fault_cases[] = {
    {"nothing",              "",                                                                                                "things, line 1: the first line must begin with # and cite the source"},
    {"no_source",            "code,from,until,en,es\nA,,,a,a\n",                                                                "line 1: the first line must begin with #"                            },
    {"empty_source",         "#\ncode,from,until,en,es\n",                                                                      "line 1: the first line must begin with #"                            },
    {"no_header",            "# s\n",                                                                                           "line 2: the header must begin with code,from,until,en,es"            },
    {"other_header",         "# s\ncode,until,from,en,es\n",                                                                    "line 2: the header must begin"                                       },
    {"short_header",         "# s\ncode,from,until,en\n",                                                                       "line 2: the header must begin"                                       },
    {"column_twice",         "# s\ncode,from,until,en,es,x,x\n",                                                                "line 2: a column name is empty or used twice"                        },
    {"column_without_name",  "# s\ncode,from,until,en,es,\n",                                                                   "line 2: a column name is empty or used twice"                        },
    {"too_few_columns",      "# s\ncode,from,until,en,es\nA,,,a\n",                                                             "line 3: 4 columns instead of 5"                                      },
    {"too_many_columns",     "# s\ncode,from,until,en,es\nA,,,a,a,a\n",                                                         "line 3: 6 columns instead of 5"                                      },
    {"blank_line",           "# s\ncode,from,until,en,es\n\nA,,,a,a\n",                                                         "line 3: 1 columns instead of 5"                                      },
    {"no_code",              "# s\ncode,from,until,en,es\n,,,a,a\n",                                                            "line 3: no code"                                                     },
    {"bad_from",             "# s\ncode,from,until,en,es\nA,2025-02-29,,a,a\n",                                                 "line 3: from is not a day YYYY-MM-DD"                                },
    {"bad_until",            "# s\ncode,from,until,en,es\nA,,tomorrow,a,a\n",                                                   "line 3: until is not a day YYYY-MM-DD"                               },
    {"backwards",            "# s\ncode,from,until,en,es\nA,2025-01-02,2025-01-01,a,a\n",                                       "line 3: until lies before from"                                      },
    {"twice",                "# s\ncode,from,until,en,es\nA,,,a,a\nB,,,b,b\nA,,,a,a\n",                                         "line 5: the window overlaps that of the same code in line 3"         },
    {"touching",             "# s\ncode,from,until,en,es\nA,,2025-01-01,a,a\nA,2025-01-01,,a,a\n",                              "line 4: the window overlaps that of the same code in line 3"         },
    {"third_overlaps_first", "# s\ncode,from,until,en,es\nA,,2025-01-01,a,a\nA,2025-01-02,,a,a\nA,2020-01-01,2020-01-02,a,a\n",
     "line 5: the window overlaps"                                                                                                                                                                    },
    {"not_utf8",             "# s\ncode,from,until,en,es\nA,,,a,\xC3\n",                                                        "line 3: not UTF-8"                                                   },
    {"overlong",             "# s\ncode,from,until,en,es\nA,,,a,\xC0\xAF\n",                                                    "line 3: not UTF-8"                                                   },
    {"surrogate",            "# s\ncode,from,until,en,es\nA,,,a,\xED\xA0\x80\n",                                                "line 3: not UTF-8"                                                   },
    {"source_not_utf8",      "# \xFF\ncode,from,until,en,es\n",                                                                 "line 1: not UTF-8"                                                   },
    {"open_quote",           "# s\ncode,from,until,en,es\nA,,,a,\"a\n",                                                         "line 3: a quote that is never closed"                                },
    {"text_after_quote",     "# s\ncode,from,until,en,es\nA,,,\"a\"b,a\n",                                                      "line 3: text after a closing quote"                                  },
    {"quote_inside",         "# s\ncode,from,until,en,es\nA,,,a\"b,a\n",                                                        "line 3: a quote or carriage return in a field that is not quoted"    },
};

class CodeListFault : public testing::TestWithParam<FaultCase> {};

TEST_P(CodeListFault, is_reported_with_its_line) {
    const Result<CodeList> list = CodeList::parse("things", GetParam().text);
    ASSERT_TRUE(list.has_error());
    EXPECT_EQ(list.error().kind(), ErrorKind::malformed);
    EXPECT_NE(list.error().detail().find(GetParam().fault), std::string::npos) << list.error().detail();
}

INSTANTIATE_TEST_SUITE_P(Texts, CodeListFault, testing::ValuesIn(fault_cases), [](const auto& i) { return std::string{i.param.name}; });

TEST(CodeList, reports_all_faults_and_not_only_the_first) {
    const Result<CodeList> list = CodeList::parse("things", "# s\ncode,from,until,en,es\n,,,a,a\nB,x,y,b,b\nC,,,\"c\nd\",c\nD,,\n");
    ASSERT_TRUE(list.has_error());
    EXPECT_EQ(list.error().detail(),
              "things, line 3: no code; things, line 4: from is not a day YYYY-MM-DD; things, line 4: until is not a day YYYY-MM-DD; "
              "things, line 7: 3 columns instead of 5");
}

}  // namespace
}  // namespace puente::codes
