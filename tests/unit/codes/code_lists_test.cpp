#include "puente/codes/code_lists.hpp"

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

namespace puente::codes {
namespace {

const std::string head = "# Source: nobody\ncode,from,until,en,es\n";

std::string digest_input_of(std::vector<std::pair<std::string, std::string>> texts) {
    return std::move(CodeLists::parse(std::move(texts))).value().digest_input();
}

struct NameCase {
    const char* file;
    const char* list;
};

TEST(ListName, turns_a_file_name_into_lower_camel) {
    for (const NameCase& it : {
             NameCase{"us_ports.csv",          "usPorts"        },
             {"us_ports",              "usPorts"        },
             {"units.csv",             "units"          },
             {"mx_document_types.csv", "mxDocumentTypes"},
             {"un3_numbers.csv",       "un3Numbers"     },
             {"carta_porte_31.csv",    "cartaPorte31"   }
    }) {
        EXPECT_EQ(list_name(it.file), it.list) << it.file;
    }
    for (const char* file :
         {"", ".csv", "Us_ports.csv", "us-ports.csv", "_ports.csv", "us__ports.csv", "ports_.csv", "3ports.csv", "ports.csv.bak", "a/b.csv"}) {
        EXPECT_EQ(list_name(file), std::nullopt) << file;
    }
}

TEST(CodeLists, are_found_by_name_and_listed_in_order) {
    const CodeLists lists = std::move(CodeLists::parse({
                                          {"units", head + "KGM,,,kilogram,kilogramo\n"},
                                          {"ports", head                               }
    }))
                                .value();
    ASSERT_EQ(lists.size(), 2U);
    EXPECT_EQ(lists.begin()->name(), "ports");
    ASSERT_NE(lists.find("units"), nullptr);
    EXPECT_EQ(lists.find("units")->size(), 1U);
    for (const char* name : {"", "unit", "unitss", "a", "z"}) EXPECT_EQ(lists.find(name), nullptr) << name;
}

TEST(CodeLists, report_the_faults_of_all_lists) {
    const Result<CodeLists> lists = CodeLists::parse({
        {"b", head + "A,,,a\n"},
        {"a", ""              },
        {"c", head            },
        {"c", head            }
    });
    ASSERT_TRUE(lists.has_error());
    for (const char* fault : {"a, line 1: ", "b, line 3: ", "c: given twice"}) {
        EXPECT_NE(lists.error().detail().find(fault), std::string::npos) << lists.error().detail();
    }
}

TEST(CodeLists, have_a_digest_input_that_follows_what_they_say) {
    const std::string input = digest_input_of({
        {"a", head + "A,,,a,b\n"},
        {"b", head              }
    });
    EXPECT_EQ(digest_input_of({
                  {"b", head                                                           },
                  {"a", "# Another comment\r\ncode,from,until,en,es\r\n\"A\",,,a,b\r\n"}
    }),
              input);
    EXPECT_NE(digest_input_of({
                  {"a", head + "A,,,ab,\n"},
                  {"b", head              }
    }),
              input);
    EXPECT_NE(digest_input_of({
                  {"a", head + "A,2026-01-01,,a,b\n"},
                  {"b", head                        }
    }),
              input);
    EXPECT_NE(digest_input_of({
                  {"a", head + "A,,,a,b\n"},
                  {"c", head              }
    }),
              input);
    EXPECT_NE(digest_input_of({
                  {"a", head + "A,,,a,b\n"}
    }),
              input);
}

}  // namespace
}  // namespace puente::codes
