#include "puente/crypto/base64url.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace {

using namespace puente::crypto;

struct TextCase {
    std::string octets;
    std::string text;
};

const std::string three_zeros(3, '\0');

/// RFC 4648 section 10, without the padding, and the two characters that differ from plain base64.
const std::vector<TextCase> text_cases = {
    {"",          ""        },
    {"f",         "Zg"      },
    {"fo",        "Zm8"     },
    {"foo",       "Zm9v"    },
    {"foob",      "Zm9vYg"  },
    {"fooba",     "Zm9vYmE" },
    {"foobar",    "Zm9vYmFy"},
    {"\xfb\xff",  "-_8"     },
    {three_zeros, "AAAA"    },
};

TEST(Base64url, writes_without_padding) {
    for (const TextCase& one : text_cases) EXPECT_EQ(base64url(one.octets), one.text);
}

TEST(Base64url, reads_what_it_writes) {
    for (const TextCase& one : text_cases) EXPECT_EQ(from_base64url(one.text), one.octets);
    std::string octets;
    for (int value = 0; value < 256; ++value) {
        octets.push_back(static_cast<char>(value));
        EXPECT_EQ(from_base64url(base64url(octets)), octets);
    }
}

struct BadCase {
    const char* why;
    std::string text;
};

TEST(Base64url, refuses_what_is_not_exactly_it) {
    const std::vector<BadCase> cases = {
        {"one character holds no octet", "Z"                    },
        {"five characters",              "Zm9vY"                },
        {"padding",                      "Zg=="                 },
        {"padding",                      "Zm8="                 },
        {"plain base64",                 "+/8A"                 },
        {"loose bits, two characters",   "Zh"                   },
        {"loose bits, three characters", "Zm9"                  },
        {"white space",                  "Zm 9"                 },
        {"a line end",                   "Zm9v\n"               },
        {"a NUL",                        std::string{"Zm9\0", 4}},
        {"an octet above 127",           "Zm9\xc3"              },
        {"a dot",                        "Zm9."                 },
    };
    for (const BadCase& one : cases) EXPECT_EQ(from_base64url(one.text), std::nullopt) << one.why;
}

}  // namespace
