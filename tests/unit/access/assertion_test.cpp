#include <gtest/gtest.h>

#include "unit/access/token_case.hpp"

namespace {

using namespace puente;
using namespace puente::access;
using nlohmann::json;

const std::vector<std::string> audiences = {"https://gateway.example", "https://gateway.example/oauth2/token"};

json good_header() {
    return {
        {"alg", "ES256"},
        {"typ", "JWT"  }
    };
}

json good_claims() {
    return {
        {"iss", "client-7"              },
        {"sub", "client-7"              },
        {"aud", audiences[1]            },
        {"exp", unix_seconds(noon) + 300},
        {"jti", "a-1"                   }
    };
}

TEST(VerifyAssertion, gives_the_client_and_how_long_to_remember_the_id) {
    const crypto::Key key = crypto::Key::generate();
    const Result<ClientAssertion> verified = verify_assertion(signed_json(key, good_header(), good_claims()), key, audiences, noon);
    ASSERT_TRUE(verified.has_value()) << verified.error().detail();
    EXPECT_EQ(verified->client_id, "client-7");
    EXPECT_EQ(verified->token_id, "a-1");
    // It would be taken until ten seconds past its end.
    EXPECT_EQ(verified->expires_at, noon + std::chrono::seconds{310});
}

struct GoodCase {
    const char* why;
    const char* header;
    const char* claims;
};

TEST(VerifyAssertion, takes_what_clients_may_choose) {
    const crypto::Key key = crypto::Key::generate();
    const GoodCase cases[] = {
        {"no typ",                      R"({"typ": null})",                        "{}"                                       },
        {"the type of the newer draft", R"({"typ": "client-authentication+jwt"})", "{}"                                       },
        {"the client's own kid",        R"({"kid": "2026-03"})",                   "{}"                                       },
        {"the issuer as audience",      "{}",                                      R"({"aud": "https://gateway.example"})"    },
        {"one audience in a list",      "{}",                                      R"({"aud": ["https://gateway.example"]})"  },
        {"iat and nbf",                 "{}",                                      R"({"iat": 1772452800, "nbf": 1772452800})"},
    };
    for (const GoodCase& one : cases) {
        json header = good_header();
        json claims = good_claims();
        header.merge_patch(json::parse(one.header));
        claims.merge_patch(json::parse(one.claims));
        const Result<ClientAssertion> verified = verify_assertion(signed_json(key, header, claims), key, audiences, noon);
        EXPECT_TRUE(verified.has_value()) << one.why << ": " << verified.error().detail();
    }
}

struct BadCase {
    const char* why;
    const char* header;
    const char* claims;
    const char* reason;
};

TEST(VerifyAssertion, refuses_what_another_could_have_made_or_used) {
    const crypto::Key key = crypto::Key::generate();
    const BadCase cases[] = {
        {"an access token",                    R"({"typ": "at+jwt"})", "{}",                                                           "typ"        },
        {"no algorithm",                       R"({"alg": "none"})",   "{}",                                                           "alg"        },
        {"shared key",                         R"({"alg": "HS256"})",  "{}",                                                           "alg"        },
        {"a critical extension",               R"({"crit": ["exp"]})", "{}",                                                           "crit"       },
        {"another issuer",                     "{}",                   R"({"iss": "client-8"})",                                       "iss and sub"},
        {"no issuer",                          "{}",                   R"({"iss": null})",                                             "iss and sub"},
        {"no subject",                         "{}",                   R"({"sub": null})",                                             "iss and sub"},
        {"subject is a number",                "{}",                   R"({"sub": 7, "iss": 7})",                                      "iss and sub"},
        {"another server",                     "{}",                   R"({"aud": "https://other.example/token"})",                    "aud"        },
        {"two servers",                        "{}",                   R"({"aud": ["https://gateway.example", "https://b.example"]})", "aud"        },
        {"no server",                          "{}",                   R"({"aud": null})",                                             "aud"        },
        {"server is a number",                 "{}",                   R"({"aud": [1]})",                                              "aud"        },
        {"no end",                             "{}",                   R"({"exp": null})",                                             "exp"        },
        {"end is a fraction",                  "{}",                   R"({"exp": 1772453000.5})",                                     "exp"        },
        {"ended ten seconds ago",              "{}",                   R"({"exp": 1772452790})",                                       "expired"    },
        {"ends in over five minutes",          "{}",                   R"({"exp": 1772453111})",                                       "exp"        },
        {"made in the future",                 "{}",                   R"({"iat": 1772452811})",                                       "nbf or iat" },
        {"not valid yet",                      "{}",                   R"({"nbf": 1772452811})",                                       "nbf or iat" },
        {"iat is a text",                      "{}",                   R"({"iat": "now"})",                                            "nbf or iat" },
        {"no id",                              "{}",                   R"({"jti": null})",                                             "jti"        },
        {"empty id",                           "{}",                   R"({"jti": ""})",                                               "jti"        },
        {"an id that a text column would cut", "{}",                   R"({"jti": "a\u0000b"})",                                       "jti"        },
    };
    ASSERT_EQ(unix_seconds(noon), 1'772'452'800);
    for (const BadCase& one : cases) {
        json header = good_header();
        json claims = good_claims();
        header.merge_patch(json::parse(one.header));
        claims.merge_patch(json::parse(one.claims));
        const Result<ClientAssertion> verified = verify_assertion(signed_json(key, header, claims), key, audiences, noon);
        ASSERT_FALSE(verified.has_value()) << one.why;
        EXPECT_EQ(verified.error().kind(), ErrorKind::unauthorized) << one.why;
        EXPECT_EQ(verified.error().detail().rfind(one.reason, 0), 0u) << one.why << ": " << verified.error().detail();
    }
}

TEST(VerifyAssertion, refuses_an_id_of_over_256_characters) {
    const crypto::Key key = crypto::Key::generate();
    json claims = good_claims();
    claims["jti"] = std::string(256, 'j');
    EXPECT_TRUE(verify_assertion(signed_json(key, good_header(), claims), key, audiences, noon).has_value());
    claims["jti"] = std::string(257, 'j');
    EXPECT_FALSE(verify_assertion(signed_json(key, good_header(), claims), key, audiences, noon).has_value());
}

TEST(VerifyAssertion, refuses_the_signature_of_another_key) {
    const std::string assertion = signed_json(crypto::Key::generate(), good_header(), good_claims());
    EXPECT_FALSE(verify_assertion(assertion, crypto::Key::generate(), audiences, noon).has_value());
}

TEST(VerifyAssertion, never_passes_as_an_access_token_nor_the_other_way_round) {
    const TokenIssuer issuer{"https://gateway.example", "https://gateway.example/api", crypto::Key::generate(), std::chrono::seconds{300}};
    Caller caller;
    caller.client_id = "client-7";
    caller.scopes.add(Scope::status_read);
    EXPECT_FALSE(verify_assertion(issue_token(issuer, caller, noon, "t-1"), issuer.key, {issuer.audience, issuer.issuer}, noon).has_value());
    EXPECT_FALSE(verify_token(issuer, signed_json(issuer.key, good_header(), good_claims()), noon).has_value());
}

TEST(ClaimedClient, is_the_subject_whoever_signed) {
    const Result<std::string> client = claimed_client(signed_json(crypto::Key::generate(), good_header(), good_claims()));
    ASSERT_TRUE(client.has_value());
    EXPECT_EQ(*client, "client-7");
}

TEST(ClaimedClient, refuses_what_cannot_be_a_client) {
    const crypto::Key key = crypto::Key::generate();
    const auto with_claims = [&key](const char* claims) { return signed_text(key, "{}", claims); };
    const std::string tokens[] = {
        "",
        "a.b",
        "%%%.%%%.%%%",
        std::string(9000, 'a'),
        with_claims("not JSON"),
        with_claims("{}"),
        with_claims(R"({"sub": 1})"),
        with_claims(R"({"sub": ""})"),
        with_claims(R"({"sub": "with space"})"),
        with_claims(R"({"sub": "a", "sub": "b"})"),
        with_claims(R"({"sub": "\u0000"})"),
    };
    for (const std::string& token : tokens) {
        const Result<std::string> client = claimed_client(token);
        ASSERT_FALSE(client.has_value()) << token;
        EXPECT_EQ(client.error().kind(), ErrorKind::unauthorized) << token;
    }
}

}  // namespace
