#include "puente/crypto/digest.hpp"

#include <gtest/gtest.h>

#include <set>
#include <thread>
#include <vector>

namespace {

using namespace puente::crypto;

struct DigestCase {
    std::string octets;
    std::string digest;
};

/// FIPS 180-4, NIST's example values ("abc", two blocks, a million a) and the empty text.
TEST(Sha256, gives_the_values_of_nist) {
    const std::string two_blocks = "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq";
    const std::string a_million_a(1'000'000, 'a');
    const std::vector<DigestCase> cases = {
        {"",          "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
        {"abc",       "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
        {two_blocks,  "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"},
        {a_million_a, "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"},
    };
    for (const DigestCase& one : cases) EXPECT_EQ(hex(sha256(one.octets)), one.digest) << one.octets.substr(0, 60);
}

TEST(Sha256, of_octets_that_are_not_text_counts_each_of_them) {
    const std::string with_nul{"a\0b", 3};
    EXPECT_NE(sha256(with_nul), sha256("a"));
    EXPECT_EQ(sha256(std::string_view{}), sha256(""));
}

TEST(Sha256, is_the_same_on_every_thread) {
    const std::string octets(5'000, 'm');
    const std::string expected = sha256(octets);
    std::vector<int> wrong(4, 0);
    std::vector<std::thread> threads;
    for (int& count : wrong) {
        threads.emplace_back([&octets, &expected, &count] {
            for (int i = 0; i < 200; ++i) count += sha256(octets) == expected ? 0 : 1;
        });
    }
    for (std::thread& thread : threads) thread.join();
    EXPECT_EQ(wrong, std::vector<int>(4, 0));
}

struct MacCase {
    std::string key;
    std::string octets;
    std::string code;
};

/// RFC 4231, test cases 1-4, 6 and 7 (5 is a truncated one).
TEST(HmacSha256, gives_the_values_of_rfc_4231) {
    std::string counting;
    for (char octet = 1; octet <= 25; ++octet) counting.push_back(octet);
    const std::string repeated_0b(20, '\x0b');
    const std::string repeated_aa(20, '\xaa');
    const std::string fifty_cd(50, '\xcd');
    const std::string fifty_dd(50, '\xdd');
    const std::string long_key(131, '\xaa');
    const std::string key_text = "Test Using Larger Than Block-Size Key - Hash Key First";
    const std::string long_text =
        "This is a test using a larger than block-size key and a larger than block-size data. The key needs to be hashed before being used by the "
        "HMAC "
        "algorithm.";
    const std::vector<MacCase> cases = {
        {repeated_0b, "Hi There",                     "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"},
        {"Jefe",      "what do ya want for nothing?", "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"},
        {repeated_aa, fifty_dd,                       "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe"},
        {counting,    fifty_cd,                       "82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b"},
        {long_key,    key_text,                       "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"},
        {long_key,    long_text,                      "9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2"},
    };
    for (const MacCase& one : cases) EXPECT_EQ(hex(hmac_sha256(one.key, one.octets)), one.code) << one.octets;
}

TEST(HmacSha256, with_an_empty_key_does_not_remember_the_key_before) {
    const std::string empty_key = "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad";  // of the empty text
    EXPECT_EQ(hex(hmac_sha256("", "")), empty_key);
    hmac_sha256("another key", "text");
    EXPECT_EQ(hex(hmac_sha256(std::string_view{}, std::string_view{})), empty_key);
}

TEST(EqualConstantTime, compares_every_octet_and_the_length) {
    EXPECT_TRUE(equal_constant_time("", ""));
    EXPECT_TRUE(equal_constant_time("abc", "abc"));
    EXPECT_FALSE(equal_constant_time("abc", "abd"));
    EXPECT_FALSE(equal_constant_time("abc", "ab"));
    EXPECT_FALSE(equal_constant_time("", "a"));
}

TEST(Hex, writes_two_lower_case_digits_for_each_octet) {
    EXPECT_EQ(hex(std::string_view{"\x00\x7f\x80\xff", 4}), "007f80ff");
}

TEST(RandomOctets, has_the_length_asked_for_and_never_repeats) {
    for (const std::size_t count : {0u, 1u, 10u, 64u, 65u, 512u, 1'000u}) EXPECT_EQ(random_octets(count).size(), count);
    std::set<std::string> seen;
    for (int i = 0; i < 10'000; ++i) EXPECT_TRUE(seen.insert(random_octets(10)).second);
}

TEST(RandomOctets, differs_between_threads) {
    std::string first;
    std::string second;
    std::thread one{[&first] { first = random_octets(16); }};
    std::thread other{[&second] { second = random_octets(16); }};
    one.join();
    other.join();
    EXPECT_NE(first, second);
}

}  // namespace
