#include "puente/clearance/board.hpp"

#include <gtest/gtest.h>

#include <cmath>

namespace puente::clearance {

namespace {

std::size_t bucket_of(double minutes) {
    return minutes < 1 ? 0 : 1 + static_cast<std::size_t>(std::floor(4 * std::log2(minutes)));
}

std::vector<std::int64_t> histogram_of(const std::vector<double>& minutes) {
    std::vector<std::int64_t> histogram(66);
    for (const double each : minutes) ++histogram[bucket_of(each)];
    return histogram;
}

}  // namespace

TEST(WaitOfBucket, is_at_most_nine_in_a_hundred_off) {
    for (double minutes = 1; minutes < 60 * 24 * 45; minutes *= 1.003) {
        EXPECT_NEAR(wait_of_bucket(bucket_of(minutes)) / minutes, 1, 0.0906) << minutes;
    }
    EXPECT_EQ(wait_of_bucket(0), 0.5);
}

TEST(WaitsOf, takes_the_nearest_rank) {
    std::vector<double> minutes;
    for (int i = 1; i <= 100; ++i) minutes.push_back(i);
    const Waits waits = waits_of(histogram_of(minutes));
    EXPECT_EQ(waits.count, 100);
    EXPECT_EQ(waits.p50, wait_of_bucket(bucket_of(50)));
    EXPECT_EQ(waits.p90, wait_of_bucket(bucket_of(90)));
    EXPECT_EQ(waits.p95, wait_of_bucket(bucket_of(95)));
}

TEST(WaitsOf, of_one_is_that_one_and_of_none_is_nothing) {
    const Waits one = waits_of(histogram_of({200}));
    EXPECT_EQ(one.p50, one.p95);
    EXPECT_EQ(one.p50, wait_of_bucket(bucket_of(200)));
    EXPECT_EQ(waits_of({}).count, 0);
    EXPECT_EQ(waits_of(std::vector<std::int64_t>(66)).count, 0);
}

TEST(WaitsOf, of_two_the_median_is_the_lower) {
    const Waits two = waits_of(histogram_of({5, 500}));
    EXPECT_EQ(two.p50, wait_of_bucket(bucket_of(5)));
    EXPECT_EQ(two.p90, wait_of_bucket(bucket_of(500)));
}

}  // namespace puente::clearance
