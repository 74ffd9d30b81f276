#include "puente/access/secret.hpp"

#include <gtest/gtest.h>

#include "puente/crypto/base64url.hpp"
#include "puente/crypto/digest.hpp"

namespace {

using namespace puente;
using namespace puente::access;

TEST(Secret, is_256_random_bits_that_say_what_they_are) {
    const NewSecret secret = make_secret();
    EXPECT_EQ(secret.text.substr(0, 4), "pnt_");
    const std::optional<std::string> octets = crypto::from_base64url(secret.text.substr(4));
    ASSERT_TRUE(octets);
    EXPECT_EQ(octets->size(), 32u);
    EXPECT_EQ(secret.sha256, crypto::sha256(secret.text));
    EXPECT_NE(make_secret().text, secret.text);
}

TEST(Secret, matches_its_own_digest_only) {
    const NewSecret secret = make_secret();
    EXPECT_TRUE(secret_matches(secret.text, secret.sha256));
    EXPECT_FALSE(secret_matches(secret.text, make_secret().sha256));
    EXPECT_FALSE(secret_matches(secret.text.substr(4), secret.sha256));
    EXPECT_FALSE(secret_matches("", secret.sha256));
    EXPECT_FALSE(secret_matches(secret.sha256, secret.sha256));
}

TEST(Secret, of_a_client_without_one_matches_nothing) {
    EXPECT_FALSE(secret_matches("", ""));
    EXPECT_FALSE(secret_matches("pnt_x", ""));
    EXPECT_FALSE(secret_matches("pnt_x", crypto::sha256("pnt_x").substr(0, 31)));
}

}  // namespace
