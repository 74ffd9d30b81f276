#include "puente/access/token.hpp"

#include <gtest/gtest.h>

#include <utility>
#include <vector>

#include "puente/crypto/digest.hpp"
#include "unit/access/token_case.hpp"

namespace {

using namespace puente;
using namespace puente::access;
using nlohmann::json;

TokenIssuer some_issuer() {
    return {"https://gateway.example", "https://gateway.example/api", crypto::Key::generate(), std::chrono::seconds{3600}};
}

Caller a_broker() {
    Caller caller;
    caller.client_id = "client-7";
    caller.company = "Agencia Aduanal de Prueba";
    caller.scopes = Scopes::parse("manifest:write status:read").value();
    return caller;
}

Caller an_officer() {
    Caller caller;
    caller.client_id = "officer-3";
    caller.role = Role::officer;
    caller.agency = identifiers::Agency::sat;
    caller.scopes = Scopes::parse("inspection:read inspection:work").value();
    return caller;
}

json good_header(const TokenIssuer& issuer) {
    return {
        {"alg", "ES256"                },
        {"typ", "at+jwt"               },
        {"kid", issuer.key.thumbprint()}
    };
}

json good_claims() {
    return {
        {"iss",       "https://gateway.example"    },
        {"aud",       "https://gateway.example/api"},
        {"sub",       "client-7"                   },
        {"client_id", "client-7"                   },
        {"iat",       unix_seconds(noon)           },
        {"exp",       unix_seconds(noon) + 3600    },
        {"jti",       "t-1"                        },
        {"scope",     "manifest:write status:read" },
        {"role",      "broker"                     }
    };
}

TEST(IssuedToken, says_again_who_the_caller_is) {
    Caller carrier;
    carrier.client_id = "truck-co";
    carrier.role = Role::carrier;
    carrier.company = "truck-co";
    carrier.scac = "ABCD";
    carrier.scopes = Scopes::parse("status:read").value();
    carrier.certificate_sha256 = crypto::base64url(crypto::sha256("certificate"));

    const TokenIssuer issuer = some_issuer();
    for (const Caller& caller : {a_broker(), an_officer(), carrier}) {
        const Result<VerifiedToken> verified = verify_token(issuer, issue_token(issuer, caller, noon, "t-1"), noon);
        ASSERT_TRUE(verified.has_value()) << verified.error().detail();
        EXPECT_EQ(verified->caller.client_id, caller.client_id);
        EXPECT_EQ(verified->caller.role, caller.role);
        EXPECT_EQ(verified->caller.company, caller.company);
        EXPECT_EQ(verified->caller.scac, caller.scac);
        EXPECT_EQ(verified->caller.agency, caller.agency);
        EXPECT_EQ(verified->caller.scopes.text(), caller.scopes.text());
        EXPECT_EQ(verified->caller.certificate_sha256, caller.certificate_sha256);
        EXPECT_EQ(verified->expires_at, noon + std::chrono::seconds{3600});
    }
}

/// RFC 9068 2.1 and 2.2: what has to be there.
TEST(IssuedToken, has_the_header_and_claims_of_rfc_9068) {
    const TokenIssuer issuer = some_issuer();
    const TokenParts parts = parts_of(issue_token(issuer, a_broker(), noon, "t-1"));
    EXPECT_EQ(json::parse(*crypto::from_base64url(parts.header)), good_header(issuer));
    json expected = good_claims();
    expected["company"] = "Agencia Aduanal de Prueba";
    EXPECT_EQ(json::parse(*crypto::from_base64url(parts.claims)), expected);
}

struct TimeCase {
    const char* why;
    std::int64_t issued;  // seconds after noon
    std::int64_t expires;
    bool good;
};

TEST(VerifyToken, believes_the_times_within_ten_seconds) {
    const TokenIssuer issuer = some_issuer();
    const TimeCase cases[] = {
        {"just issued",                            0,     3600,   true },
        {"expired nine seconds ago",               -3600, -9,     true },
        {"expired ten seconds ago",                -3600, -10,    false},
        {"issued by a clock ten seconds ahead",    10,    3600,   true },
        {"issued by a clock eleven seconds ahead", 11,    3600,   false},
        {"good for a day",                         0,     86'400, true },
        {"good for over a day",                    0,     86'401, false},
        {"expires when it is issued",              5,     5,      false},
        {"expires before it is issued",            5,     4,      false},
    };
    for (const TimeCase& one : cases) {
        json claims = good_claims();
        claims["iat"] = unix_seconds(noon) + one.issued;
        claims["exp"] = unix_seconds(noon) + one.expires;
        EXPECT_EQ(verify_token(issuer, signed_json(issuer.key, good_header(issuer), claims), noon).has_value(), one.good) << one.why;
    }
}

struct HeaderCase {
    const char* why;
    const char* change;  // JSON merge patch (RFC 7396): null takes a member away
    const char* reason;
};

TEST(VerifyToken, refuses_headers_that_are_not_its_own) {
    const TokenIssuer issuer = some_issuer();
    const HeaderCase cases[] = {
        {"no algorithm",                   R"({"alg": "none"})",                                        "alg" },
        {"shared key",                     R"({"alg": "HS256"})",                                       "alg" },
        {"another curve",                  R"({"alg": "ES384"})",                                       "alg" },
        {"small letters",                  R"({"alg": "es256"})",                                       "alg" },
        {"alg is not a text",              R"({"alg": 256})",                                           "alg" },
        {"alg is a list",                  R"({"alg": ["ES256"]})",                                     "alg" },
        {"alg is missing",                 R"({"alg": null})",                                          "alg" },
        {"a client assertion or ID token", R"({"typ": "JWT"})",                                         "typ" },
        {"typ is missing",                 R"({"typ": null})",                                          "typ" },
        {"typ is not a text",              R"({"typ": true})",                                          "typ" },
        {"a critical extension",           R"({"crit": ["b64"], "b64": true})",                         "crit"},
        {"an empty crit",                  R"({"crit": []})",                                           "crit"},
        {"another key",                    R"({"kid": "oKIywvGUpTVTyxMQ3bwIIeQUudfr_CkLMjCE19ECD-U"})", "kid" },
        {"kid is missing",                 R"({"kid": null})",                                          "kid" },
        {"kid is empty",                   R"({"kid": ""})",                                            "kid" },
        {"kid is a number",                R"({"kid": 1})",                                             "kid" },
    };
    for (const HeaderCase& one : cases) {
        json header = good_header(issuer);
        header.merge_patch(json::parse(one.change));
        const Result<VerifiedToken> verified = verify_token(issuer, signed_json(issuer.key, header, good_claims()), noon);
        ASSERT_FALSE(verified.has_value()) << one.why;
        EXPECT_EQ(verified.error().kind(), ErrorKind::unauthorized) << one.why;
        EXPECT_EQ(verified.error().detail().rfind(one.reason, 0), 0u) << one.why << ": " << verified.error().detail();
    }
}

TEST(VerifyToken, takes_no_key_from_the_header) {
    const TokenIssuer issuer = some_issuer();
    const crypto::Key strangers_key = crypto::Key::generate();
    const auto [x, y] = strangers_key.jwk_xy();
    json header = good_header(issuer);
    header["jwk"] = {
        {"kty", "EC"   },
        {"crv", "P-256"},
        {"x",   x      },
        {"y",   y      }
    };
    header["jku"] = "https://stranger.example/jwks.json";
    const Result<VerifiedToken> verified = verify_token(issuer, signed_json(strangers_key, header, good_claims()), noon);
    ASSERT_FALSE(verified.has_value());
    EXPECT_EQ(verified.error().detail(), "the signature is not that of the key");
}

struct ClaimCase {
    const char* why;
    const char* change;
    const char* reason;
};

TEST(VerifyToken, refuses_claims_that_are_not_its_own) {
    const TokenIssuer issuer = some_issuer();
    const ClaimCase cases[] = {
        {"another issuer",               R"({"iss": "https://other.example"})",                                 "iss"                         },
        {"issuer with a slash",          R"({"iss": "https://gateway.example/"})",                              "iss"                         },
        {"no issuer",                    R"({"iss": null})",                                                    "iss"                         },
        {"another audience",             R"({"aud": "https://other.example/api"})",                             "aud"                         },
        {"other audiences",              R"({"aud": ["https://a.example", "https://b.example"]})",              "aud"                         },
        {"audience of two kinds",        R"({"aud": ["https://gateway.example/api", 1]})",                      "aud"                         },
        {"no audience",                  R"({"aud": null})",                                                    "aud"                         },
        {"empty audience",               R"({"aud": []})",                                                      "aud"                         },
        {"no exp",                       R"({"exp": null})",                                                    "exp"                         },
        {"exp is a fraction",            R"({"exp": 1772456400.5})",                                            "exp"                         },
        {"exp is a text",                R"({"exp": "1772456400"})",                                            "exp"                         },
        {"exp is a bool",                R"({"exp": true})",                                                    "exp"                         },
        {"exp past 64 bits",             R"({"exp": 18446744073709551616})",                                    "exp"                         },
        {"exp past 63 bits",             R"({"exp": 18446744073709551615})",                                    "exp"                         },
        {"exp past the year 9999",       R"({"exp": 253402300800})",                                            "exp"                         },
        {"exp before 1970",              R"({"exp": -1})",                                                      "exp"                         },
        {"no iat",                       R"({"iat": null})",                                                    "exp, nbf or iat"             },
        {"iat is a text",                R"({"iat": "now"})",                                                   "exp, nbf or iat"             },
        {"nbf in the future",            R"({"nbf": 1772456000})",                                              "nbf"                         },
        {"nbf is a text",                R"({"nbf": "soon"})",                                                  "exp, nbf or iat"             },
        {"no sub",                       R"({"sub": null})",                                                    "sub"                         },
        {"sub is another",               R"({"sub": "client-8"})",                                              "sub"                         },
        {"no client_id",                 R"({"client_id": null})",                                              "sub"                         },
        {"client_id is a number",        R"({"client_id": 7})",                                                 "sub"                         },
        {"empty client",                 R"({"client_id": "", "sub": ""})",                                     "sub"                         },
        {"a NUL in the client",          R"({"client_id": "client-7\u0000", "sub": "client-7\u0000"})",         "sub"                         },
        {"no jti",                       R"({"jti": null})",                                                    "jti"                         },
        {"no role",                      R"({"role": null})",                                                   "role"                        },
        {"unknown role",                 R"({"role": "admin"})",                                                "role"                        },
        {"no scope",                     R"({"scope": null})",                                                  "scope"                       },
        {"empty scope",                  R"({"scope": ""})",                                                    "scope"                       },
        {"unknown scope",                R"({"scope": "manifest:write admin"})",                                "scope"                       },
        {"scope is a list",              R"({"scope": ["manifest:write"]})",                                    "scope"                       },
        {"scope of another role",        R"({"scope": "inspection:work"})",                                     "scope"                       },
        {"company is a number",          R"({"company": 5})",                                                   "company"                     },
        {"company is empty",             R"({"company": ""})",                                                  "company"                     },
        {"a broker with an agency",      R"({"agency": "CBP"})",                                                "agency"                      },
        {"an officer without an agency", R"({"role": "officer", "scope": "inspection:work"})",                  "agency"                      },
        {"an officer of no agency",      R"({"role": "officer", "scope": "inspection:work", "agency": "F-I"})", "agency"                      },
        {"a broker of no agency",        R"({"agency": "F-I"})",                                                "agency"                      },
        {"bound to a DPoP key",          R"({"cnf": {"jkt": "oKIywvGUpTVTyxMQ3bwIIeQUudfr_CkLMjCE19ECD-U"}})",  "company, scac, agency or cnf"},
        {"bound to nothing",             R"({"cnf": {}})",                                                      "company, scac, agency or cnf"},
        {"bound by a text",              R"({"cnf": "x"})",                                                     "company, scac, agency or cnf"},
        {"bound to a short digest",      R"({"cnf": {"x5t#S256": "Zm9v"}})",                                    "company, scac, agency or cnf"},
        {"bound to no base64url",        R"({"cnf": {"x5t#S256": "="}})",                                       "company, scac, agency or cnf"},
    };
    for (const ClaimCase& one : cases) {
        json claims = good_claims();
        claims.merge_patch(json::parse(one.change));
        const Result<VerifiedToken> verified = verify_token(issuer, signed_json(issuer.key, good_header(issuer), claims), noon);
        ASSERT_FALSE(verified.has_value()) << one.why;
        EXPECT_EQ(verified.error().kind(), ErrorKind::unauthorized) << one.why;
        EXPECT_EQ(verified.error().detail().rfind(one.reason, 0), 0u) << one.why << ": " << verified.error().detail();
    }
}

TEST(VerifyToken, refuses_a_second_binding_that_nobody_would_check) {
    const TokenIssuer issuer = some_issuer();
    json claims = good_claims();
    claims["cnf"]["x5t#S256"] = crypto::base64url(crypto::sha256("certificate"));
    EXPECT_TRUE(verify_token(issuer, signed_json(issuer.key, good_header(issuer), claims), noon).has_value());
    claims["cnf"]["jkt"] = crypto::base64url(crypto::sha256("key"));
    EXPECT_FALSE(verify_token(issuer, signed_json(issuer.key, good_header(issuer), claims), noon).has_value());
}

TEST(VerifyToken, takes_a_list_of_audiences_with_us_in_it) {
    const TokenIssuer issuer = some_issuer();
    json claims = good_claims();
    claims["aud"] = {"https://other.example", "https://gateway.example/api"};
    EXPECT_TRUE(verify_token(issuer, signed_json(issuer.key, good_header(issuer), claims), noon).has_value());
}

TEST(VerifyToken, refuses_texts_that_are_not_a_token) {
    const TokenIssuer issuer = some_issuer();
    const TokenParts good = parts_of(issue_token(issuer, a_broker(), noon, "t-1"));
    const std::string whole = good.header + '.' + good.claims + '.' + good.signature;
    ASSERT_TRUE(verify_token(issuer, whole, noon).has_value());

    const std::string zeros = crypto::base64url(std::string(64, '\0'));
    const std::string too_long(9000, 'A');
    const std::vector<std::pair<const char*, std::string>> cases = {
        {"empty",                       ""                                                                                           },
        {"dots only",                   ".."                                                                                         },
        {"one part",                    good.header                                                                                  },
        {"two parts",                   good.header + '.' + good.claims                                                              },
        {"four parts",                  whole + ".x"                                                                                 },
        {"five parts, as if encrypted", whole + ".x.y"                                                                               },
        {"a dot at the end",            whole + '.'                                                                                  },
        {"no signature",                good.header + '.' + good.claims + '.'                                                        },
        {"no claims",                   good.header + ".." + good.signature                                                          },
        {"padding",                     good.header + '.' + good.claims + '.' + good.signature + "=="                                },
        {"a line end",                  whole + '\n'                                                                                 },
        {"plain base64",                good.header + '.' + good.claims + '.' + '+' + good.signature.substr(1)                       },
        {"a part missing a character",  good.header + '.' + good.claims + '.' + good.signature.substr(1)                             },
        {"parts exchanged",             good.claims + '.' + good.header + '.' + good.signature                                       },
        {"signature in DER",            good.header + '.' + good.claims + '.' + crypto::base64url("\x30\x06\x02\x01\x01\x02\x01\x01")},
        {"signature of zeros",          good.header + '.' + good.claims + '.' + zeros                                                },
        {"9000 characters",             too_long                                                                                     },
    };
    for (const auto& [why, token] : cases) {
        const Result<VerifiedToken> verified = verify_token(issuer, token, noon);
        ASSERT_FALSE(verified.has_value()) << why;
        EXPECT_EQ(verified.error().kind(), ErrorKind::unauthorized) << why;
    }
}

TEST(VerifyToken, refuses_json_that_two_readers_could_read_differently) {
    const TokenIssuer issuer = some_issuer();
    const std::string header = good_header(issuer).dump();
    const std::string claims = good_claims().dump();
    ASSERT_TRUE(verify_token(issuer, signed_text(issuer.key, header, claims), noon).has_value());
    const std::string open_claims = claims.substr(0, claims.size() - 1);
    const std::string open_header = header.substr(0, header.size() - 1);
    const std::string deep = std::string(500, '[') + std::string(500, ']');
    const std::string nul_and_more{"\0{}", 3};

    const std::vector<std::pair<const char*, std::string>> bad_claims = {
        {"a name twice",               open_claims + R"(,"role":"broker"})"     },
        {"a name twice, once escaped", open_claims + R"(,"\u0072ole":"broker"})"},
        {"a name twice inside",        open_claims + R"(,"x":{"y":1,"y":2}})"   },
        {"a name twice in a list",     open_claims + R"(,"x":[{"y":1,"y":2}]})" },
        {"nested too deep",            open_claims + R"(,"x":[[[[1]]]]})"       },
        {"nested five hundred deep",   open_claims + R"(,"x":)" + deep + '}'    },
        {"a NUL and more",             claims + nul_and_more                    },
        {"a byte order mark",          "\xef\xbb\xbf" + claims                  },
        {"two objects",                claims + claims                          },
        {"a list",                     '[' + claims + ']'                       },
        {"cut short",                  open_claims                              },
        {"not UTF-8",                  open_claims + ",\"x\":\"\xff\"}"         },
        {"not a number",               open_claims + R"(,"x":NaN})"             },
        {"a number past all measure",  open_claims + R"(,"x":1e400})"           },
        {"empty",                      ""                                       },
        {"null",                       "null"                                   },
    };
    for (const auto& [why, text] : bad_claims) {
        const Result<VerifiedToken> verified = verify_token(issuer, signed_text(issuer.key, header, text), noon);
        ASSERT_FALSE(verified.has_value()) << why;
        EXPECT_EQ(verified.error().detail().rfind("claims: ", 0), 0u) << why << ": " << verified.error().detail();
    }
    const Result<VerifiedToken> twice = verify_token(issuer, signed_text(issuer.key, open_header + R"(,"alg":"ES256"})", claims), noon);
    ASSERT_FALSE(twice.has_value());
    EXPECT_EQ(twice.error().detail().rfind("header: ", 0), 0u);
}

TEST(VerifyToken, refuses_more_than_64_names) {
    const TokenIssuer issuer = some_issuer();
    json claims = good_claims();
    while (claims.size() < 64) claims["x" + std::to_string(claims.size())] = 1;
    EXPECT_TRUE(verify_token(issuer, signed_json(issuer.key, good_header(issuer), claims), noon).has_value());
    claims["one_more"] = 1;
    EXPECT_FALSE(verify_token(issuer, signed_json(issuer.key, good_header(issuer), claims), noon).has_value());
}

TEST(VerifyToken, refuses_more_than_8192_characters) {
    const TokenIssuer issuer = some_issuer();
    json claims = good_claims();
    claims["x"] = std::string(5'600, 'x');
    std::string token = signed_json(issuer.key, good_header(issuer), claims);
    ASSERT_LE(token.size(), 8192u);
    EXPECT_TRUE(verify_token(issuer, token, noon).has_value());
    claims["x"] = std::string(6'200, 'x');
    token = signed_json(issuer.key, good_header(issuer), claims);
    ASSERT_GT(token.size(), 8192u);
    EXPECT_EQ(verify_token(issuer, token, noon).error().detail(), "longer than 8192 characters");
}

TEST(VerifyToken, refuses_the_token_of_another_gateway) {
    const TokenIssuer issuer = some_issuer();
    const TokenIssuer other = some_issuer();
    EXPECT_FALSE(verify_token(issuer, issue_token(other, a_broker(), noon, "t-1"), noon).has_value());
}

TEST(VerifyToken, notices_any_changed_character) {
    const TokenIssuer issuer = some_issuer();
    const std::string token = issue_token(issuer, a_broker(), noon, "t-1");
    for (std::size_t i = 0; i < token.size(); ++i) {
        std::string changed = token;
        changed[i] = changed[i] == 'A' ? 'B' : 'A';
        EXPECT_FALSE(verify_token(issuer, changed, noon).has_value()) << "character " << i;
    }
}

TEST(Jwks, shows_the_public_key_and_nothing_else) {
    const TokenIssuer issuer = some_issuer();
    const auto [x, y] = issuer.key.jwk_xy();
    const json expected{
        {"keys",
         json::array({{{"kty", "EC"}, {"crv", "P-256"}, {"x", x}, {"y", y}, {"use", "sig"}, {"alg", "ES256"}, {"kid", issuer.key.thumbprint()}}})}
    };
    EXPECT_EQ(json::parse(jwks(issuer)), expected);
}

}  // namespace
