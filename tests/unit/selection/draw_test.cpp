#include <gtest/gtest.h>

#include <string>

#include "puente/crypto/digest.hpp"
#include "puente/selection/select.hpp"

namespace puente::selection {
namespace {

using identifiers::Agency;

TEST(Draw, is_the_same_for_the_same_trip_on_the_same_day) {
    const std::string secret = day_secret("master secret of this installation", "2026-03-02");
    EXPECT_EQ(draw(secret, Agency::cbp, "TSTA0001"), draw(secret, Agency::cbp, "TSTA0001"));
    EXPECT_NE(draw(secret, Agency::cbp, "TSTA0001"), draw(secret, Agency::cbp, "TSTA0002"));
    EXPECT_NE(draw(secret, Agency::cbp, "TSTA0001"), draw(secret, Agency::sat, "TSTA0001"));
    EXPECT_NE(draw(secret, Agency::cbp, "TSTA0001"), draw(day_secret("master secret of this installation", "2026-03-03"), Agency::cbp, "TSTA0001"));
}

/// An auditor with the secret recomputes it: HMAC-SHA-256 over "AGENCY:trip", its first 53 bits as a fraction.
TEST(Draw, can_be_recomputed_from_the_secret) {
    const std::string secret = crypto::hmac_sha256("master", "2026-03-02");
    const std::string mac = crypto::hmac_sha256(secret, "SAT:TSTA0001");
    double fraction = 0;
    double weight = 0.5;
    for (std::size_t bit = 0; bit < 53; ++bit, weight /= 2) fraction += (static_cast<unsigned char>(mac[bit / 8]) >> (7 - bit % 8) & 1) * weight;
    EXPECT_DOUBLE_EQ(draw(day_secret("master", "2026-03-02"), Agency::sat, "TSTA0001"), fraction);
}

TEST(Draw, takes_the_share_it_is_told_to) {
    const std::string secret = day_secret("master", "2026-03-02");
    int taken = 0;
    for (int trip = 0; trip < 20'000; ++trip) taken += draw(secret, Agency::cbp, "TSTA" + std::to_string(trip)) < 0.05 ? 1 : 0;
    EXPECT_NEAR(taken, 1'000, 150);
}

}  // namespace
}  // namespace puente::selection
