#include "puente/access/token_cache.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "puente/crypto/base64url.hpp"
#include "puente/crypto/digest.hpp"

namespace {

using namespace puente;
using namespace puente::access;
using std::chrono::seconds;

const Instant noon = parse_date_time("2026-03-02T12:00:00Z")->at;

VerifiedToken token_of(const std::string& client_id, Instant expires_at = noon + seconds{60}) {
    VerifiedToken verified;
    verified.caller.client_id = client_id;
    verified.expires_at = expires_at;
    return verified;
}

std::string random_token() {
    return "header.claims." + crypto::base64url(crypto::random_octets(64));
}

TEST(TokenCache, finds_what_was_put_and_nothing_else) {
    TokenCache cache{100};
    EXPECT_EQ(cache.find("a.b.c", noon), nullptr);
    cache.put("a.b.c", token_of("client-7"), noon, cache.epoch());
    ASSERT_NE(cache.find("a.b.c", noon), nullptr);
    EXPECT_EQ(cache.find("a.b.c", noon)->caller.client_id, "client-7");
    for (const char* other : {"", "a.b.", "a.b.d", "a.b.cc", "x.b.c"}) EXPECT_EQ(cache.find(other, noon), nullptr) << other;
}

TEST(TokenCache, compares_the_whole_text_and_not_the_signature_alone) {
    TokenCache cache{100};
    const std::string tail(86, 's');
    cache.put("header.claims." + tail, token_of("client-7"), noon, cache.epoch());
    EXPECT_EQ(cache.find("header.clains." + tail, noon), nullptr);
    EXPECT_EQ(cache.find("." + tail, noon), nullptr);
}

TEST(TokenCache, gives_nothing_that_has_expired) {
    TokenCache cache{100};
    cache.put("a.b.c", token_of("client-7", noon + seconds{5}), noon, cache.epoch());
    EXPECT_NE(cache.find("a.b.c", noon + seconds{5} - std::chrono::microseconds{1}), nullptr);
    EXPECT_EQ(cache.find("a.b.c", noon + seconds{5}), nullptr);
    cache.put("d.e.f", token_of("client-7", noon), noon, cache.epoch());
    EXPECT_EQ(cache.find("d.e.f", noon - seconds{1}), nullptr);
}

TEST(TokenCache, drops_the_expired_when_others_come) {
    TokenCache cache{10'000};
    for (int i = 0; i < 1'000; ++i) cache.put(random_token(), token_of("old", noon + seconds{1}), noon, cache.epoch());
    EXPECT_EQ(cache.size(), 1'000u);
    const Instant later = noon + seconds{2};
    for (int i = 0; i < 1'000; ++i) cache.put(random_token(), token_of("new"), later, cache.epoch());
    EXPECT_EQ(cache.size(), 1'000u);
}

TEST(TokenCache, stays_within_its_room_and_gives_up_what_expires_first) {
    TokenCache cache{160};
    cache.put("first.to.expire", token_of("early", noon + seconds{10}), noon, cache.epoch());
    cache.put("last.to.expire", token_of("late", noon + seconds{99}), noon, cache.epoch());
    for (int i = 0; i < 2'000; ++i) cache.put(random_token(), token_of("many"), noon, cache.epoch());
    EXPECT_LE(cache.size(), 160u);
    EXPECT_EQ(cache.find("first.to.expire", noon), nullptr);
    EXPECT_NE(cache.find("last.to.expire", noon), nullptr);
}

TEST(TokenCache, holds_at_least_one_token_however_small) {
    TokenCache cache{0};
    cache.put("a.b.c", token_of("client-7"), noon, cache.epoch());
    EXPECT_NE(cache.find("a.b.c", noon), nullptr);
}

TEST(TokenCache, put_twice_is_there_once) {
    TokenCache cache{100};
    cache.put("a.b.c", token_of("client-7"), noon, cache.epoch());
    cache.put("a.b.c", token_of("client-7"), noon, cache.epoch());
    EXPECT_EQ(cache.size(), 1u);
    cache.forget_client("client-7");
    EXPECT_EQ(cache.size(), 0u);
}

TEST(TokenCache, forgets_one_client_and_keeps_the_others) {
    TokenCache cache{1'000};
    for (int i = 0; i < 100; ++i) cache.put(random_token(), token_of(i % 2 == 0 ? "revoked" : "good"), noon, cache.epoch());
    cache.forget_client("revoked");
    EXPECT_EQ(cache.size(), 50u);
    cache.clear();
    EXPECT_EQ(cache.size(), 0u);
}

TEST(TokenCache, does_not_remember_a_token_that_was_checked_before_its_client_was_revoked) {
    TokenCache cache{100};
    const std::uint64_t before = cache.epoch();
    cache.forget_client("client-7");
    cache.put("a.b.c", token_of("client-7"), noon, before);
    EXPECT_EQ(cache.find("a.b.c", noon), nullptr);
    cache.put("a.b.c", token_of("client-7"), noon, cache.epoch());
    EXPECT_NE(cache.find("a.b.c", noon), nullptr);
}

TEST(TokenCache, serves_many_threads) {
    TokenCache cache{64};
    std::vector<std::string> tokens;
    for (int i = 0; i < 128; ++i) tokens.push_back(random_token());
    std::atomic<int> wrong{0};
    std::vector<std::thread> threads;
    for (int worker = 0; worker < 4; ++worker) {
        threads.emplace_back([&cache, &tokens, &wrong, worker] {
            for (int round = 0; round < 2'000; ++round) {
                const std::string& token = tokens[static_cast<std::size_t>(round * 7 + worker) % tokens.size()];
                const auto found = cache.find(token, noon);
                if (found != nullptr && found->caller.client_id != token) ++wrong;
                if (found == nullptr) cache.put(token, token_of(token), noon, cache.epoch());
                if (round % 500 == 0) cache.forget_client(token);
            }
        });
    }
    for (std::thread& thread : threads) thread.join();
    EXPECT_EQ(wrong.load(), 0);
    EXPECT_LE(cache.size(), 64u);
}

}  // namespace
