#include "api/rate.hpp"

#include <gtest/gtest.h>

namespace puente::api {
namespace {

using namespace std::chrono_literals;

TEST(ClientRate, lets_everything_through_when_it_is_off) {
    ClientRate rate{0};
    const auto now = std::chrono::steady_clock::now();
    for (int i = 0; i < 10'000; ++i) ASSERT_TRUE(rate.admits("a", now));
}

TEST(ClientRate, empties_and_fills_evenly) {
    ClientRate rate{10};
    const auto start = std::chrono::steady_clock::now();
    for (int i = 0; i < 20; ++i) EXPECT_TRUE(rate.admits("a", start)) << i;
    EXPECT_FALSE(rate.admits("a", start));
    EXPECT_FALSE(rate.admits("a", start + 90ms));
    EXPECT_TRUE(rate.admits("a", start + 110ms));
    EXPECT_FALSE(rate.admits("a", start + 110ms));
}

TEST(ClientRate, counts_each_client_by_itself) {
    ClientRate rate{1};
    const auto start = std::chrono::steady_clock::now();
    EXPECT_TRUE(rate.admits("a", start));
    EXPECT_TRUE(rate.admits("a", start));
    EXPECT_FALSE(rate.admits("a", start));
    EXPECT_TRUE(rate.admits("b", start));
}

}  // namespace
}  // namespace puente::api
