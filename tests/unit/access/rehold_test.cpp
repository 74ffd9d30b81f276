#include "puente/access/rehold.hpp"

#include <gtest/gtest.h>

#include <functional>

namespace puente::access {
namespace {

const Instant now = parse_date_time("2026-03-02T15:10:00Z")->at;

Rehold usual() {
    return {"01a2000a-58d9-7f1d-bc8b-a38fe04208c4", "CBP", 7, "the seal photo \"2\" shows ñ", "2026-03-02T15:09:00Z"};
}

TEST(Rehold, signs_one_text_only) {
    EXPECT_EQ(
        text_to_sign(usual()),
        R"({"agency":"CBP","fence":7,"inspectionId":"01a2000a-58d9-7f1d-bc8b-a38fe04208c4","reason":"the seal photo \"2\" shows ñ","time":"2026-03-02T15:09:00Z"})");
}

TEST(Rehold, is_believed_under_the_key_that_signed_it) {
    const crypto::Key key = crypto::Key::generate();
    const Result<Instant> verified = verify_rehold(usual(), sign_rehold(usual(), key), key, now);
    ASSERT_TRUE(verified) << verified.error().detail();
    EXPECT_EQ(*verified, now - std::chrono::minutes{1});
    EXPECT_EQ(verify_rehold(usual(), sign_rehold(usual(), key), crypto::Key::generate(), now).error().kind(), ErrorKind::forbidden);
}

TEST(Rehold, stands_for_nothing_else) {
    const crypto::Key key = crypto::Key::generate();
    const std::string signature = sign_rehold(usual(), key);
    const std::function<void(Rehold&)> changes[] = {
        [](Rehold& r) { r.agency = "SAT"; },
        [](Rehold& r) { r.fence = 8; },
        [](Rehold& r) { r.reason += " "; },
        [](Rehold& r) { r.inspection_id[0] = '1'; },
        [](Rehold& r) { r.time = "2026-03-02T15:09:01Z"; },
    };
    for (const auto& change : changes) {
        Rehold other = usual();
        change(other);
        EXPECT_EQ(verify_rehold(other, signature, key, now).error().kind(), ErrorKind::forbidden) << text_to_sign(other);
    }
}

TEST(Rehold, is_refused_in_another_form) {
    const crypto::Key key = crypto::Key::generate();
    const std::string good = sign_rehold(usual(), key);
    const std::string attached = good.substr(0, good.find("..") + 1) + "e30" + good.substr(good.find("..") + 1);
    for (const std::string& signature :
         {std::string{}, std::string{".."}, std::string{"a..b"}, attached, good + ".x", good.substr(0, good.size() - 1), good + "AA"}) {
        EXPECT_FALSE(verify_rehold(usual(), signature, key, now)) << signature;
    }
    // {"alg":"none","typ":"puente-rehold"} and {"alg":"ES256"}: another algorithm, and a signature made for something else.
    for (const char* header : {"eyJhbGciOiJub25lIiwidHlwIjoicHVlbnRlLXJlaG9sZCJ9", "eyJhbGciOiJFUzI1NiJ9"}) {
        EXPECT_FALSE(verify_rehold(usual(), header + good.substr(good.find("..")), key, now)) << header;
    }
}

TEST(Rehold, is_refused_when_old_or_from_the_future) {
    const crypto::Key key = crypto::Key::generate();
    for (const char* time : {"2026-03-02T15:04:59Z", "2026-03-02T15:10:11Z", "2026-03-02", "now", ""}) {
        Rehold other = usual();
        other.time = time;
        EXPECT_EQ(verify_rehold(other, sign_rehold(other, key), key, now).error().kind(), ErrorKind::malformed) << time;
    }
}

}  // namespace
}  // namespace puente::access
