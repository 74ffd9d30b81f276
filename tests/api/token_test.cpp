// Who gets an access token, and what it is good for.
#include <thread>

#include "api/station.hpp"
#include "puente/crypto/base64url.hpp"
#include "puente/crypto/key.hpp"

namespace puente::test {

namespace {

const Fields form_type{
    {"Content-Type", "application/x-www-form-urlencoded"}
};
constexpr const char* jwt_bearer = "urn%3Aietf%3Aparams%3Aoauth%3Aclient-assertion-type%3Ajwt-bearer";

std::string base64(const std::string& text) {
    std::string letters = crypto::base64url(text);
    for (char& letter : letters) letter = letter == '-' ? '+' : letter == '_' ? '/' : letter;
    while (letters.size() % 4 != 0) letters += '=';
    return letters;
}

std::string secret_form(const Party& party, const std::string& more = {}) {
    return "grant_type=client_credentials&client_id=" + party.id + "&client_secret=" + party.secret + more;
}

std::int64_t now_seconds() {
    return std::chrono::duration_cast<std::chrono::seconds>(std::chrono::system_clock::now().time_since_epoch()).count();
}

nlohmann::json part(const std::string& token, int number) {
    std::size_t begin = 0;
    for (int i = 0; i < number; ++i) begin = token.find('.', begin) + 1;
    return nlohmann::json::parse(crypto::from_base64url(token.substr(begin, token.find('.', begin) - begin)).value_or(""), nullptr, false);
}

std::string signed_jwt(const nlohmann::json& header, const nlohmann::json& claims, const crypto::Key& key) {
    const std::string content = crypto::base64url(header.dump()) + "." + crypto::base64url(claims.dump());
    return content + "." + crypto::base64url(key.sign(content));
}

}  // namespace

class Token : public AtStation<Token> {
public:
    static Station::Options options() { return {}; }

protected:
    Answer ask_token(const std::string& form, Fields more = {}) {
        more.insert(more.begin(), form_type.begin(), form_type.end());
        return station.ask({"POST", "/oauth2/token", std::move(more), form});
    }
    Answer ask_by(const std::string& assertion) {
        return ask_token("grant_type=client_credentials&client_assertion_type=" + std::string{jwt_bearer} + "&client_assertion=" + assertion);
    }
};

TEST_F(Token, is_given_for_a_secret_in_the_form) {
    const Answer answer = ask_token(secret_form(station.broker));
    ASSERT_EQ(answer.status, 200) << answer.body;
    EXPECT_EQ(answer.header("Cache-Control"), "no-store");
    EXPECT_EQ(answer.json()["token_type"], "Bearer");
    EXPECT_EQ(answer.json()["expires_in"], 3600);
    EXPECT_EQ(answer.json()["scope"], "manifest:write manifest:read status:read rules:read");
}

TEST_F(Token, is_given_for_a_secret_in_the_authorization_header) {
    const Fields basic{
        {"Authorization", "Basic " + base64(station.sat.id + ":" + station.sat.secret)}
    };
    const Answer answer = ask_token("grant_type=client_credentials", basic);
    ASSERT_EQ(answer.status, 200) << answer.body;
    EXPECT_EQ(part(answer.json()["access_token"], 1)["agency"], "SAT");
}

TEST_F(Token, holds_only_the_scopes_asked_for) {
    const Answer answer = ask_token(secret_form(station.broker, "&scope=status%3Aread"));
    ASSERT_EQ(answer.status, 200) << answer.body;
    EXPECT_EQ(answer.json()["scope"], "status:read");
    const std::string bearer = "Bearer " + answer.json()["access_token"].get<std::string>();
    const Answer refused = station.ask({"GET", "/v1/manifests", {{"Authorization", bearer}}});
    EXPECT_EQ(refused.status, 403);
    EXPECT_EQ(refused.json()["type"], "/problems/forbidden");
}

struct Refusal {
    const char* name;
    const char* form;
    int status;
    const char* error;
};
constexpr Refusal refusals[] = {
    {"wrong_secret",           "grant_type=client_credentials&client_id={id}&client_secret=pnt_wrong",                                              401, "invalid_client"        },
    {"no_secret",              "grant_type=client_credentials&client_id={id}",                                                                      401, "invalid_client"        },
    {"unknown_client",         "grant_type=client_credentials&client_id=nobody&client_secret={secret}",                                             401, "invalid_client"        },
    {"no_client",              "grant_type=client_credentials",                                                                                     401, "invalid_client"        },
    {"other_grant",            "grant_type=password&client_id={id}&client_secret={secret}",                                                         400, "unsupported_grant_type"},
    {"no_grant",               "client_id={id}&client_secret={secret}",                                                                             400, "unsupported_grant_type"},
    {"unknown_scope",          "grant_type=client_credentials&client_id={id}&client_secret={secret}&scope=world%3Arule",                            400, "invalid_scope"         },
    {"scope_of_another_role",  "grant_type=client_credentials&client_id={id}&client_secret={secret}&scope=inspection%3Awork",                       400, "invalid_scope"         },
    {"parameter_twice",        "grant_type=client_credentials&client_id={id}&client_id={id}&client_secret={secret}",                                400, "invalid_request"       },
    {"broken_escape",          "grant_type=client_credentials&client_id=%zz",                                                                       400, "invalid_request"       },
    {"no_assertion_type",      "grant_type=client_credentials&client_assertion=a.b.c",                                                              400, "invalid_request"       },
    {"assertion_that_is_none",
     "grant_type=client_credentials&client_assertion_type=urn%3Aietf%3Aparams%3Aoauth%3Aclient-assertion-type%3Ajwt-bearer&client_assertion=a.b.c", 401, "invalid_client"        },
};

TEST_F(Token, is_refused_with_the_error_of_rfc_6749) {
    for (const Refusal& each : refusals) {
        std::string form = each.form;
        for (const auto& [mark, value] : {
                 std::pair{"{id}",     station.broker.id    },
                 std::pair{"{secret}", station.broker.secret}
        }) {
            for (std::size_t at = form.find(mark); at != std::string::npos; at = form.find(mark))
                form.replace(at, std::string_view{mark}.size(), value);
        }
        const Answer answer = ask_token(form);
        EXPECT_EQ(answer.status, each.status) << each.name << answer.body;
        EXPECT_EQ(answer.json().value("error", ""), each.error) << each.name;
        EXPECT_FALSE(answer.json().contains("access_token")) << each.name;
    }
}

TEST_F(Token, request_has_to_be_a_form) {
    const Answer answer = station.ask({"POST", "/oauth2/token", {{"Content-Type", "application/json"}}, "{}"});
    EXPECT_EQ(answer.status, 415);
}

TEST_F(Token, is_signed_by_the_published_key_and_meant_for_this_gateway) {
    const std::string token = station.token(station.cbp);
    const nlohmann::json keys = station.ask({"GET", "/.well-known/jwks.json"}).json();
    ASSERT_EQ(keys["keys"].size(), 1u);
    const nlohmann::json jwk = keys["keys"][0];
    EXPECT_FALSE(jwk.contains("d"));
    const Result<crypto::Key> key = crypto::Key::from_jwk(jwk["crv"].get<std::string>(), jwk["x"].get<std::string>(), jwk["y"].get<std::string>());
    ASSERT_TRUE(key);
    EXPECT_EQ(part(token, 0)["kid"], jwk["kid"]);
    EXPECT_EQ(part(token, 0)["alg"], "ES256");
    const std::size_t dot = token.rfind('.');
    EXPECT_TRUE(key->verify(token.substr(0, dot), crypto::from_base64url(token.substr(dot + 1)).value_or("")));
    EXPECT_EQ(part(token, 1)["iss"], station.url());
    EXPECT_EQ(part(token, 1)["aud"], station.url());
    EXPECT_EQ(part(token, 1)["client_id"], station.cbp.id);
}

TEST_F(Token, server_describes_itself) {
    const nlohmann::json metadata = station.ask({"GET", "/.well-known/oauth-authorization-server"}).json();
    EXPECT_EQ(metadata["issuer"], station.url());
    EXPECT_EQ(metadata["token_endpoint"], station.url() + "/oauth2/token");
    EXPECT_EQ(metadata["jwks_uri"], station.url() + "/.well-known/jwks.json");
    EXPECT_EQ(metadata["token_endpoint_auth_methods_supported"], (nlohmann::json{"private_key_jwt", "client_secret_basic", "client_secret_post"}));
}

TEST_F(Token, that_is_none_opens_nothing) {
    const std::string good = station.token(station.broker);
    std::string forged = good;
    forged[good.find('.') + 5] = forged[good.find('.') + 5] == 'A' ? 'B' : 'A';
    const crypto::Key stranger = crypto::Key::generate();
    const std::string by_stranger = signed_jwt(part(good, 0), part(good, 1), stranger);
    const std::string unsigned_token =
        crypto::base64url(R"({"alg":"none","typ":"at+jwt"})") + "." + good.substr(good.find('.') + 1, good.rfind('.') - good.find('.') - 1) + ".";
    for (const std::string& value : {std::string{}, std::string{"Bearer"}, std::string{"Bearer x"}, "Bearer " + forged, "Bearer " + by_stranger,
                                     "Bearer " + unsigned_token, "Basic " + base64(station.broker.id + ":" + station.broker.secret)}) {
        const Answer answer = station.ask({"GET", "/v1/manifests", value.empty() ? Fields{} : Fields{{"Authorization", value}}});
        EXPECT_EQ(answer.status, 401) << value;
        EXPECT_EQ(answer.json()["type"], "/problems/unauthorized") << value;
        EXPECT_TRUE(answer.header("WWW-Authenticate").starts_with("Bearer")) << value;
    }
}

class Assertion : public Token {
protected:
    Assertion() {
        const TemporaryFolder folder;
        write_file(folder.file("public.pem"), key_.public_pem());
        party_ = station.add_client({"--role", "broker", "--company", "broker-one", "--public-key", folder.file("public.pem"), "--no-secret"});
        claims_ = {
            {"iss", party_.id                      },
            {"sub", party_.id                      },
            {"aud", station.url() + "/oauth2/token"},
            {"exp", now_seconds() + 60             },
            {"iat", now_seconds()                  },
            {"jti", new_uuid()                     }
        };
    }
    std::string assertion(const nlohmann::json& changes = nlohmann::json::object()) const {
        nlohmann::json claims = claims_;
        claims.merge_patch(changes);
        return signed_jwt(
            {
                {"alg", "ES256"},
                {"typ", "JWT"  }
        },
            claims, key_);
    }

    const crypto::Key key_ = crypto::Key::generate();
    Party party_;
    nlohmann::json claims_;
};

TEST_F(Assertion, proves_the_client_once) {
    EXPECT_TRUE(party_.secret.empty());
    const std::string once = assertion();
    const Answer first = ask_by(once);
    ASSERT_EQ(first.status, 200) << first.body;
    EXPECT_EQ(station.ask({"GET", "/v1/manifests", {{"Authorization", "Bearer " + first.json()["access_token"].get<std::string>()}}}).status, 200);
    const Answer replayed = ask_by(once);
    EXPECT_EQ(replayed.status, 401);
    EXPECT_EQ(replayed.json()["error"], "invalid_client");
    EXPECT_EQ(ask_by(assertion({
                         {"jti", new_uuid()}
    }))
                  .status,
              200);
}

TEST_F(Assertion, is_refused_when_anything_is_wrong) {
    const nlohmann::json changes[] = {
        {{"aud", "https://elsewhere.example/oauth2/token"}},
        {{"exp", now_seconds() - 600}                     },
        {{"exp", now_seconds() + 86'400}                  },
        {{"exp", nullptr}                                 },
        {{"jti", nullptr}                                 },
        {{"iss", "somebody"}                              },
        {{"sub", station.broker.id},                        {"iss", station.broker.id}},
        {{"nbf", now_seconds() + 3600}                                                },
    };
    for (const nlohmann::json& change : changes) EXPECT_EQ(ask_by(assertion(change)).status, 401) << change;
    EXPECT_EQ(ask_by(signed_jwt(
                         {
                             {"alg", "ES256"},
                             {"typ", "JWT"  }
    },
                         claims_, crypto::Key::generate()))
                  .status,
              401);
    EXPECT_EQ(ask_by(signed_jwt(
                         {
                             {"alg", "HS256"},
                             {"typ", "JWT"  }
    },
                         claims_, key_))
                  .status,
              401);
    EXPECT_EQ(ask_by(station.token(station.broker)).status, 401);
    EXPECT_EQ(ask_by(assertion()).status, 200) << "a refused assertion must not use up the number of a good one";
}

TEST_F(Token, bound_to_a_certificate_is_refused_without_it) {
    const Certificates& certificates = Certificates::shared();
    HttpsClient bound{station.port(), certificates.with_certificate};
    const Answer given = bound.ask({"POST", "/oauth2/token", form_type, secret_form(station.broker)});
    ASSERT_EQ(given.status, 200);
    const std::string token = given.json()["access_token"];
    EXPECT_TRUE(part(token, 1)["cnf"].contains("x5t#S256"));
    const Ask list{"GET", "/v1/manifests", {{"Authorization", "Bearer " + token}}};
    EXPECT_EQ(bound.ask(list).status, 200);
    EXPECT_EQ(station.ask(list).status, 401);
    EXPECT_EQ(bound.ask(list).status, 200);
}

TEST_F(Token, ends_within_seconds_when_the_client_is_revoked) {
    const Party leaver = station.add_client({"--role", "broker", "--company", "broker-one"});
    ASSERT_EQ(station.get(leaver, "/v1/manifests").status, 200);
    ASSERT_EQ(puente({"client", "revoke", leaver.id, "--database", station.owner_url()}).exit_code, 0);
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds{5};
    while (station.get(leaver, "/v1/manifests").status != 401 && std::chrono::steady_clock::now() < deadline)
        std::this_thread::sleep_for(std::chrono::milliseconds{50});
    EXPECT_EQ(station.get(leaver, "/v1/manifests").status, 401);
    EXPECT_EQ(ask_token(secret_form(leaver)).status, 401);
    EXPECT_EQ(puente({"client", "revoke", "nobody", "--database", station.owner_url()}).exit_code, 1);
}

TEST(SecretsOff, only_assertions_prove_a_client) {
    Station station{{{"--client-secrets=false"}}};
    const Answer answer = station.ask({"POST", "/oauth2/token", form_type, secret_form(station.broker)});
    EXPECT_EQ(answer.status, 401);
    EXPECT_EQ(station.ask({"GET", "/.well-known/oauth-authorization-server"}).json()["token_endpoint_auth_methods_supported"],
              nlohmann::json{"private_key_jwt"});
}

}  // namespace puente::test
