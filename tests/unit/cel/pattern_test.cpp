// Plain patterns are decided without RE2, and must be decided as RE2 does.
#include <gtest/gtest.h>
#include <re2/re2.h>

#include <random>
#include <string>

#include "cel/simple_pattern.hpp"

namespace puente::cel {
namespace {

constexpr const char* simple_patterns[] = {
    "^$",
    "^abc$",
    "^[0-9]{4}$",
    "^[A-HJ-NPR-Z0-9]{17}$",
    "^[A-Z]{3,4}[0-9]{2}$",
    "^a?b+c*$",
    "^[0-9]+(?:)$",
    "^\\d{2,}$",
    "^\\w+\\.\\w{2}$",
    "^[-a]+$",
    "^[a-]{1,3}$",
    "^[a\\-b]*$",
    "^[\\d.]{1,5}$",
    "^a{0}b$",
    "^[a-c]{0,2}[0-9]{2}$",
    "^[A-Z]{2}[0-9]{0,3}-?[a-z]$",
    "^[ -~]{1,6}$",
};

/// Patterns that one pass cannot decide, or that mean nothing.
constexpr const char* other_patterns[] = {
    "abc",   "^abc",  "abc$",  "^a|b$",         "^(a)$",   "^a.b$",    "^[^a]$",    "^a+?$", "^a**$", "^[A-Z]{2,4}[A-Z0-9]{4}$",
    "^a?a$", "^ñ$",   "^[ñ]$", "^[[:digit:]]$", "^[b-a]$", "^a{3,2}$", "^a{1001}$", "^\\s$", "^\\Q$", "^[]a]$",
    "^[a$",  "^a\\$",
};

TEST(SimplePattern, knows_its_kind) {
    for (const char* text : other_patterns) EXPECT_FALSE(SimplePattern{}.read(text)) << text;
    for (const char* text : {"^$", "^[A-HJ-NPR-Z0-9]{17}$", "^[A-Z]{2}[0-9]{0,3}-?[a-z]$"}) EXPECT_TRUE(SimplePattern{}.read(text)) << text;
}

TEST(SimplePattern, decides_as_re2_does) {
    const unsigned seed = std::random_device{}();
    std::mt19937 random{seed};
    constexpr std::string_view letters = "aabbccAZ0129.-_ ñ~";
    std::size_t matched = 0;
    for (const char* pattern : simple_patterns) {
        SimplePattern simple;
        if (!simple.read(pattern)) continue;
        const RE2 reference{pattern, RE2::Quiet};
        ASSERT_TRUE(reference.ok()) << pattern;
        for (int i = 0; i < 5'000; ++i) {
            std::string text;
            for (std::size_t length = random() % 7; length > 0; --length) text.push_back(letters[random() % letters.size()]);
            EXPECT_EQ(simple.matches(text), RE2::PartialMatch(text, reference)) << pattern << " on '" << text << "', seed " << seed;
            matched += simple.matches(text) ? 1 : 0;
        }
    }
    EXPECT_GT(matched, 1'000U);
}

}  // namespace
}  // namespace puente::cel
