#include "puente/access/token.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "access/jws.hpp"
#include "puente/crypto/base64url.hpp"

namespace puente::access {

namespace {

constexpr std::chrono::hours lifetime_max{24};
constexpr const char* certificate_member = "x5t#S256";  // RFC 8705 3.1

std::int64_t seconds_of(Instant at);
bool names_us(const nlohmann::json& claims, const std::string& audience);
Result<Instant> believed_expiry(const nlohmann::json& claims, Instant now);
Result<Caller> caller_of(const nlohmann::json& claims);

}  // namespace

std::string issue_token(const TokenIssuer& issuer, const Caller& caller, Instant now, std::string_view token_id) {
    const nlohmann::json header{
        {"alg", "ES256"                },
        {"typ", "at+jwt"               },
        {"kid", issuer.key.thumbprint()}
    };
    nlohmann::json claims{
        {"iss",       issuer.issuer                    },
        {"aud",       issuer.audience                  },
        {"sub",       caller.client_id                 },
        {"client_id", caller.client_id                 },
        {"iat",       seconds_of(now)                  },
        {"exp",       seconds_of(now + issuer.lifetime)},
        {"jti",       token_id                         },
        {"scope",     caller.scopes.text()             },
        {"role",      to_text(caller.role)             },
    };
    if (!caller.company.empty()) claims["company"] = caller.company;
    if (!caller.scac.empty()) claims["scac"] = caller.scac;
    if (caller.agency) claims["agency"] = identifiers::code(*caller.agency);
    if (!caller.certificate_sha256.empty())
        claims["cnf"] = {
            {certificate_member, caller.certificate_sha256}
        };
    return signed_token(header, claims, issuer.key);
}

Result<VerifiedToken> verify_token(const TokenIssuer& issuer, std::string_view token, Instant now) {
    const std::string kid = issuer.key.thumbprint();
    const HeaderNeeds needs{{"at+jwt"}, false, kid};
    const Result<nlohmann::json> claims = verified_claims(token, issuer.key, needs);
    if (!claims) return claims.error();
    if (identifier_claim(*claims, "iss") != issuer.issuer) return refused("iss is another issuer");
    if (!names_us(*claims, issuer.audience)) return refused("aud is another audience");
    const Result<Instant> expiry = believed_expiry(*claims, now);
    if (!expiry) return expiry.error();
    Result<Caller> caller = caller_of(*claims);
    if (!caller) return caller.error();
    return VerifiedToken{std::move(*caller), *expiry};
}

std::string jwks(const TokenIssuer& issuer) {
    const auto [x, y] = issuer.key.jwk_xy();
    const nlohmann::json key{
        {"kty", "EC"                   },
        {"crv", "P-256"                },
        {"x",   x                      },
        {"y",   y                      },
        {"use", "sig"                  },
        {"alg", "ES256"                },
        {"kid", issuer.key.thumbprint()}
    };
    return nlohmann::json{
        {"keys", nlohmann::json::array({key})}
    }
        .dump();
}

namespace {

std::int64_t seconds_of(Instant at) {
    return std::chrono::floor<std::chrono::seconds>(at).time_since_epoch().count();
}

/// `aud` is a text or a list of texts (RFC 7519 4.1.3).
bool names_us(const nlohmann::json& claims, const std::string& audience) {
    const auto found = claims.find("aud");
    if (found == claims.end()) return false;
    if (found->is_string()) return found->get_ref<const std::string&>() == audience;
    if (!found->is_array()) return false;
    const bool all_texts = std::all_of(found->begin(), found->end(), [](const nlohmann::json& one) { return one.is_string(); });
    return all_texts && std::find(found->begin(), found->end(), audience) != found->end();
}

Result<Instant> believed_expiry(const nlohmann::json& claims, Instant now) {
    const std::optional<Instant> expires_at = time_claim(claims, "exp");
    const std::optional<Instant> issued_at = time_claim(claims, "iat");
    const std::optional<Instant> not_before = claims.contains("nbf") ? time_claim(claims, "nbf") : issued_at;
    if (!expires_at || !issued_at || !not_before) return refused("exp, nbf or iat is not a number of seconds");
    if (now >= *expires_at + leeway) return refused("expired");
    if (*not_before > now + leeway) return refused("nbf: not valid yet");
    if (*issued_at > now + leeway) return refused("iat: issued in the future");
    if (*expires_at <= *issued_at || *expires_at - *issued_at > lifetime_max) return refused("a lifetime over 24 hours, or none");
    return *expires_at;
}

/// A member that may be absent, but not be empty or of another type.
bool read_optional(const nlohmann::json& claims, const char* name, std::string& into) {
    const auto found = claims.find(name);
    if (found == claims.end()) return true;
    if (!found->is_string() || found->get_ref<const std::string&>().empty()) return false;
    into = found->get<std::string>();
    return true;
}

/// `cnf` names the client certificate or is absent. A token bound in another way (to a DPoP key) must not pass as if it were not bound.
bool read_binding(const nlohmann::json& claims, std::string& certificate_sha256) {
    const auto found = claims.find("cnf");
    if (found == claims.end()) return true;
    if (!found->is_object() || found->size() != 1) return false;
    certificate_sha256 = identifier_claim(*found, certificate_member).value_or("");
    const std::optional<std::string> octets = crypto::from_base64url(certificate_sha256);
    return octets && octets->size() == 32;
}

Result<Caller> caller_of(const nlohmann::json& claims) {
    Caller caller;
    const std::optional<std::string> client = identifier_claim(claims, "client_id");
    if (!client || identifier_claim(claims, "sub") != client) return refused("sub and client_id are not one client");
    if (!identifier_claim(claims, "jti")) return refused("jti is missing");
    caller.client_id = *client;

    const std::optional<Role> role = parse_role(identifier_claim(claims, "role").value_or(""));
    if (!role) return refused("role is unknown");
    caller.role = *role;

    std::string scope;
    const std::optional<Scopes> scopes = read_optional(claims, "scope", scope) ? Scopes::parse(scope) : std::nullopt;
    if (!scopes || scopes->empty()) return refused("scope is missing or unknown");
    Scopes allowed;
    for (const Scope one : scopes_of(*role)) {
        if (scopes->has(one)) allowed.add(one);
    }
    if (allowed.text() != scopes->text()) return refused("scope: not for this role");
    caller.scopes = *scopes;

    std::string agency;
    const bool members_good = read_optional(claims, "company", caller.company) && read_optional(claims, "scac", caller.scac) &&
                              read_optional(claims, "agency", agency) && read_binding(claims, caller.certificate_sha256);
    if (!members_good) return refused("company, scac, agency or cnf is not in its form");
    caller.agency = identifiers::AgencyCode::parse(agency);
    if (caller.agency.has_value() != is_of_agency(*role) || caller.agency.has_value() == agency.empty()) {
        return refused("agency: officers and authors have one, others none");
    }
    if (*role == Role::author && !caller.agency->customs()) return refused("agency: this one owns no rule set");
    return caller;
}

}  // namespace

}  // namespace puente::access
