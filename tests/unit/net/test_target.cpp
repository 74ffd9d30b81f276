#include <gtest/gtest.h>

#include "puente/net/head.hpp"

using namespace puente::net;

namespace {

struct TargetCase {
    const char* name;
    std::string target;
    int status;
    std::string path;
};

const TargetCase target_cases[] = {
    {"root",                  "/",                                0,   "/"                               },
    {"verb",                  "/v1/ports/2304/inspections:claim", 0,   "/v1/ports/2304/inspections:claim"},
    {"did_in_segment",        "/v1/x/did:web:a.example",          0,   "/v1/x/did:web:a.example"         },
    {"escape",                "/a%20b",                           0,   "/a b"                            },
    {"escape_in_lower_case",  "/%c3%b1",                          0,   "/\xc3\xb1"                       },
    {"escaped_once_only",     "/%252e%252e",                      0,   "/%2e%2e"                         },
    {"three_dots",            "/...",                             0,   "/..."                            },
    {"hidden_file",           "/.well-known/x",                   0,   "/.well-known/x"                  },
    {"four_byte_character",   "/%F0%9F%9A%9A",                    0,   "/\xf0\x9f\x9a\x9a"               },
    {"empty",                 "",                                 400, ""                                },
    {"no_slash",              "v1",                               400, ""                                },
    {"query_only",            "?a=b",                             400, ""                                },
    {"dot",                   "/a/./b",                           400, ""                                },
    {"dot_at_end",            "/a/.",                             400, ""                                },
    {"dots",                  "/a/../b",                          400, ""                                },
    {"dots_at_end",           "/a/..",                            400, ""                                },
    {"escaped_dots",          "/a/%2e%2E/b",                      400, ""                                },
    {"backslash",             "/a\\b",                            400, ""                                },
    {"escaped_backslash",     "/a%5cb",                           400, ""                                },
    {"escaped_slash",         "/a%2Fb",                           400, ""                                },
    {"semicolon",             "/a;b=c",                           400, ""                                },
    {"escaped_semicolon",     "/a%3bb",                           400, ""                                },
    {"escaped_nul",           "/a%00",                            400, ""                                },
    {"escaped_line_feed",     "/a%0a",                            400, ""                                },
    {"escaped_delete",        "/a%7f",                            400, ""                                },
    {"escape_cut_short",      "/a%2",                             400, ""                                },
    {"escape_without_digits", "/a%",                              400, ""                                },
    {"escape_not_hex",        "/a%zz",                            400, ""                                },
    {"fragment",              "/a#b",                             400, ""                                },
    {"raw_8_bit",             "/\xc3\xb1",                        400, ""                                },
    {"angle_bracket",         "/<b>",                             400, ""                                },
    {"not_utf8",              "/%ff",                             400, ""                                },
    {"overlong_utf8",         "/%c0%af",                          400, ""                                },
    {"overlong_three_bytes",  "/%e0%80%af",                       400, ""                                },
    {"surrogate",             "/%ed%a0%80",                       400, ""                                },
    {"beyond_unicode",        "/%f4%90%80%80",                    400, ""                                },
    {"utf8_cut_short",        "/%c3",                             400, ""                                },
    {"query_with_nul",        "/?a=%00",                          400, "/"                               },
    {"query_not_utf8",        "/?a=%ff",                          400, "/"                               },
    {"query_with_bracket",    "/?a=<",                            400, "/"                               },
};

}  // namespace

class Target : public testing::TestWithParam<TargetCase> {};

TEST_P(Target, is_decoded_once_or_refused) {
    Request request;
    const HeadVerdict verdict = read_target(GetParam().target, Limits{}, request);
    EXPECT_EQ(verdict.status, GetParam().status) << verdict.detail;
    if (verdict.status != 0) return;
    EXPECT_EQ(request.path, GetParam().path);
}

INSTANTIATE_TEST_SUITE_P(Targets, Target, testing::ValuesIn(target_cases), [](const auto& i) { return std::string{i.param.name}; });

TEST(Target, gives_the_query_in_order) {
    Request request;
    ASSERT_EQ(read_target("/a?b=1&&c&d=x%3Dy=z&from=2026-03-02T11:30:00+01:00&b=2", Limits{}, request).status, 0);
    const std::vector<std::pair<std::string, std::string>> expected = {
        {"b",    "1"                        },
        {"c",    ""                         },
        {"d",    "x=y=z"                    },
        {"from", "2026-03-02T11:30:00+01:00"},
        {"b",    "2"                        },
    };
    EXPECT_EQ(request.query, expected);
    EXPECT_EQ(request.query_value("b"), "1");
    EXPECT_EQ(request.query_value("e"), std::nullopt);
    EXPECT_EQ(request.target, "/a?b=1&&c&d=x%3Dy=z&from=2026-03-02T11:30:00+01:00&b=2");
}

TEST(Target, is_at_most_as_long_as_allowed) {
    Request request;
    EXPECT_EQ(read_target("/" + std::string(2047, 'a'), Limits{}, request).status, 0);
    EXPECT_EQ(read_target("/" + std::string(2048, 'a'), Limits{}, request).status, 414);
}
