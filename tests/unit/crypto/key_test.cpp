#include "puente/crypto/key.hpp"

#include <gtest/gtest.h>

#include <thread>
#include <vector>

#include "puente/crypto/base64url.hpp"

namespace {

using namespace puente;
using namespace puente::crypto;

// RFC 7515 A.3: key, signing input and signature.
constexpr std::string_view example_x = "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU";
constexpr std::string_view example_y = "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0";
constexpr std::string_view example_input =
    "eyJhbGciOiJFUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ";
constexpr std::string_view example_signature = "DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q";

// n, FIPS 186-4 D.1.2.3.
const std::string group_order{
    "\xff\xff\xff\xff\x00\x00\x00\x00\xff\xff\xff\xff\xff\xff\xff\xff\xbc\xe6\xfa\xad\xa7\x17\x9e\x84\xf3\xb9\xca\xc2\xfc\x63\x25\x51", 32};

// The published private key of RFC 7515 A.3, as "openssl ecparam -genkey" would write it.
constexpr std::string_view sec_1_pem = R"(-----BEGIN EC PARAMETERS-----
BggqhkjOPQMBBw==
-----END EC PARAMETERS-----
-----BEGIN EC PRIVATE KEY-----
MHcCAQEEII6bEJ5xkJi/mASH3x9dd+nLKWBuvtImO19XwhPfhPSyoAoGCCqGSM49
AwEHoUQDQgAEf83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEXH8UTNG72b
focs3+257rn0s2ldbqkLJK2KRiMohYjlrQ==
-----END EC PRIVATE KEY-----
)";
// Made with openssl, for these tests only.
constexpr std::string_view p384_pem = R"(-----BEGIN PUBLIC KEY-----
MHYwEAYHKoZIzj0CAQYFK4EEACIDYgAEdql+fEjUFhtGAc54aKYC1ubEIk3+xwnp
jpVpPEohaDHaFaGFJT1lKeD30ZmTxx+tqx9gysAjiatI57uYWha+wQJjwV8g7gGD
Fns75cT4Qgz7TgmNfSOyjQKc5CEo4Co+
-----END PUBLIC KEY-----
)";
constexpr std::string_view ed25519_pem = R"(-----BEGIN PUBLIC KEY-----
MCowBQYDK2VwAyEArqgfloaQfMdFA1rTa8leNsKwrDCbvBnaXYjbYmkN11I=
-----END PUBLIC KEY-----
)";
constexpr std::string_view encrypted_pem = R"(-----BEGIN ENCRYPTED PRIVATE KEY-----
MIHsMFcGCSqGSIb3DQEFDTBKMCkGCSqGSIb3DQEFDDAcBAil9KlZwnHy0AICCAAw
DAYIKoZIhvcNAgkFADAdBglghkgBZQMEASoEEGDbkOp+CjEARNuyyeRE8B0EgZDa
Ot/oIhNuslWCn8/puzdDpFaqHrHGZ5P5M2gwGGpC2GN6HviOcv9+muXamfhp6ovq
yFROu1N3Y5ttaS3/CSnRr++51OWDxWrhFIFsgYiawjJQZNBg4BB5ardZjt8jmx9O
XaLLq0nnEm8pobD0QJy7FsqS1UNKJw1liS51iSXNqrjUb1744KgyGjJd0sVAkuw=
-----END ENCRYPTED PRIVATE KEY-----
)";

Key example_key() {
    return Key::from_jwk("P-256", example_x, example_y).value();
}

TEST(Key, verifies_the_example_of_rfc_7515) {
    const std::string signature = from_base64url(example_signature).value();
    EXPECT_TRUE(example_key().verify(example_input, signature));
    EXPECT_FALSE(example_key().has_private());
}

TEST(Key, has_the_thumbprint_of_rfc_7638) {
    // SHA-256 of {"crv":"P-256","kty":"EC","x":...,"y":...}, worked out apart from this program.
    EXPECT_EQ(example_key().thumbprint(), "oKIywvGUpTVTyxMQ3bwIIeQUudfr_CkLMjCE19ECD-U");
}

TEST(Key, gives_back_the_jwk_it_was_read_from) {
    const auto [x, y] = example_key().jwk_xy();
    EXPECT_EQ(x, example_x);
    EXPECT_EQ(y, example_y);
}

TEST(Key, refuses_every_changed_bit_of_a_signature) {
    const Key key = Key::generate();
    const std::string signature = key.sign("a load of avocados");
    ASSERT_TRUE(key.verify("a load of avocados", signature));
    for (std::size_t i = 0; i < signature.size(); ++i) {
        std::string changed = signature;
        changed[i] = static_cast<char>(changed[i] ^ 1);
        EXPECT_FALSE(key.verify("a load of avocados", changed)) << "octet " << i;
    }
}

TEST(Key, refuses_a_signature_of_other_octets_or_another_key) {
    const Key key = Key::generate();
    const std::string signature = key.sign("a load of avocados");
    EXPECT_FALSE(key.verify("a load of avocado", signature));
    EXPECT_FALSE(Key::generate().verify("a load of avocados", signature));
}

struct SignatureCase {
    const char* why;
    std::string signature;
};

TEST(Key, refuses_signatures_of_another_length_and_numbers_out_of_range) {
    const std::string good = from_base64url(example_signature).value();
    const std::string r = good.substr(0, 32);
    const std::string s = good.substr(32);
    const std::string zero(32, '\0');
    const std::string all_ones(32, '\xff');
    const std::string too_short = good.substr(0, 63);
    const std::string der = "\x30\x44\x02\x20" + r + "\x02\x20" + s;
    const std::vector<SignatureCase> cases = {
        {"empty",             ""             },
        {"63 octets",         too_short      },
        {"65 octets",         good + '\0'    },
        {"a leading zero",    '\0' + good    },
        {"DER",               der            },
        {"r = 0",             zero + s       },
        {"s = 0",             r + zero       },
        {"r = s = 0",         zero + zero    },
        {"r = n",             group_order + s},
        {"s = n",             r + group_order},
        {"r past n",          all_ones + s   },
        {"s past n",          r + all_ones   },
        {"r and s exchanged", s + r          },
    };
    for (const SignatureCase& one : cases) EXPECT_FALSE(example_key().verify(example_input, one.signature)) << one.why;
}

TEST(Key, signs_with_64_octets_whatever_the_numbers_are) {
    // One r or s in 128 is shorter than 32 octets and has to be padded.
    const Key key = Key::generate();
    for (int i = 0; i < 300; ++i) {
        const std::string octets = std::to_string(i);
        const std::string signature = key.sign(octets);
        ASSERT_EQ(signature.size(), 64u);
        ASSERT_TRUE(key.verify(octets, signature));
    }
}

TEST(Key, survives_being_written_and_read) {
    const Key key = Key::generate();
    const Key same = Key::from_pem(key.private_pem()).value();
    const Key public_half = Key::from_pem(key.public_pem()).value();
    EXPECT_TRUE(same.has_private());
    EXPECT_FALSE(public_half.has_private());
    EXPECT_EQ(same.thumbprint(), key.thumbprint());
    EXPECT_EQ(public_half.thumbprint(), key.thumbprint());
    EXPECT_TRUE(public_half.verify("octets", same.sign("octets")));
    EXPECT_NE(Key::generate().thumbprint(), key.thumbprint());
}

TEST(Key, cannot_sign_with_a_public_key) {
    EXPECT_THROW(example_key().sign("octets"), std::logic_error);
    EXPECT_THROW(example_key().private_pem(), std::logic_error);
}

TEST(Key, reads_an_sec_1_file_with_its_parameters_block) {
    const Result<Key> key = Key::from_pem(sec_1_pem);
    ASSERT_TRUE(key.has_value());
    EXPECT_TRUE(key->has_private());
    EXPECT_EQ(key->thumbprint(), example_key().thumbprint());
    EXPECT_TRUE(example_key().verify("octets", key->sign("octets")));
}

struct PemCase {
    const char* why;
    std::string_view pem;
};

TEST(Key, refuses_pem_that_is_not_a_p256_key) {
    const std::string pem = Key::generate().public_pem();
    const std::string half = pem.substr(0, pem.size() / 2);
    const std::string too_long(16'385, 'A');
    const std::vector<PemCase> cases = {
        {"empty",             ""             },
        {"not PEM",           "what is this?"},
        {"cut short",         half           },
        {"another curve",     p384_pem       },
        {"another algorithm", ed25519_pem    },
        {"encrypted",         encrypted_pem  },
        {"too long",          too_long       },
    };
    for (const PemCase& one : cases) {
        const Result<Key> key = Key::from_pem(one.pem);
        ASSERT_FALSE(key.has_value()) << one.why;
        EXPECT_EQ(key.error().kind(), ErrorKind::malformed) << one.why;
    }
}

struct JwkCase {
    const char* why;
    std::string crv;
    std::string x;
    std::string y;
};

TEST(Key, refuses_a_jwk_that_is_not_a_point_of_p256) {
    const std::string x{example_x};
    const std::string y{example_y};
    const std::string zero = base64url(std::string(32, '\0'));
    const std::string all_ones = base64url(std::string(32, '\xff'));
    const std::vector<JwkCase> cases = {
        {"another curve",          "P-384", x,                                       y   },
        {"curve in small letters", "p-256", x,                                       y   },
        {"coordinates exchanged",  "P-256", y,                                       x   },
        {"the origin",             "P-256", zero,                                    zero},
        {"x too short",            "P-256", base64url(from_base64url(x)->substr(1)), y   },
        {"padding",                "P-256", x + "=",                                 y   },
        {"x empty",                "P-256", "",                                      y   },
        {"y missing",              "P-256", x,                                       ""  },
        {"x past the field",       "P-256", all_ones,                                y   },
    };
    for (const JwkCase& one : cases) {
        const Result<Key> key = Key::from_jwk(one.crv, one.x, one.y);
        ASSERT_FALSE(key.has_value()) << one.why;
        EXPECT_EQ(key.error().kind(), ErrorKind::malformed) << one.why;
    }
}

TEST(Key, may_be_used_by_many_threads) {
    const Key key = Key::generate();
    std::vector<int> wrong(4, 0);
    std::vector<std::thread> threads;
    for (int& count : wrong) {
        threads.emplace_back([key, &count] {
            for (int i = 0; i < 50; ++i) count += key.verify("octets", key.sign("octets")) ? 0 : 1;
        });
    }
    for (std::thread& thread : threads) thread.join();
    EXPECT_EQ(wrong, std::vector<int>(4, 0));
}

}  // namespace
