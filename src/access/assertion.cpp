#include <algorithm>
#include <nlohmann/json.hpp>

#include "access/jws.hpp"
#include "puente/access/token.hpp"

namespace puente::access {

namespace {

constexpr std::chrono::minutes ahead_max{5};

/// One audience only: an assertion made for several servers could be used by one of them at another.
std::optional<std::string> only_audience(const nlohmann::json& claims) {
    const auto found = claims.find("aud");
    if (found == claims.end()) return std::nullopt;
    const nlohmann::json& audience = found->is_array() && found->size() == 1 ? found->front() : *found;
    if (!audience.is_string()) return std::nullopt;
    return audience.get<std::string>();
}

Result<Instant> believed_expiry(const nlohmann::json& claims, Instant now) {
    const std::optional<Instant> expires_at = time_claim(claims, "exp");
    if (!expires_at) return refused("exp is not a number of seconds");
    if (now >= *expires_at + leeway) return refused("expired");
    if (*expires_at > now + ahead_max + leeway) return refused("exp is over 5 minutes ahead");
    for (const char* name : {"nbf", "iat"}) {
        if (!claims.contains(name)) continue;
        const std::optional<Instant> from = time_claim(claims, name);
        if (!from || *from > now + leeway) return refused("nbf or iat is in the future or not a number of seconds");
    }
    return *expires_at;
}

}  // namespace

Result<std::string> claimed_client(std::string_view assertion) {
    const Result<nlohmann::json> claims = unverified_claims(assertion);
    if (!claims) return claims.error();
    std::optional<std::string> client = identifier_claim(*claims, "sub");
    if (!client) return refused("sub is not a client");
    return std::move(*client);
}

Result<ClientAssertion> verify_assertion(std::string_view assertion, const crypto::Key& client_key, const std::vector<std::string>& audiences,
                                         Instant now) {
    // Never at+jwt: an access token must not authenticate a client.
    const HeaderNeeds needs{
        {"JWT",           "client-authentication+jwt"},
        true, {               }
    };
    const Result<nlohmann::json> claims = verified_claims(assertion, client_key, needs);
    if (!claims) return claims.error();
    const std::optional<std::string> client = identifier_claim(*claims, "sub");
    if (!client || identifier_claim(*claims, "iss") != client) return refused("iss and sub are not one client");
    const std::optional<std::string> audience = only_audience(*claims);
    if (!audience || std::find(audiences.begin(), audiences.end(), *audience) == audiences.end()) return refused("aud is another server");
    const Result<Instant> expiry = believed_expiry(*claims, now);
    if (!expiry) return expiry.error();
    const std::optional<std::string> token_id = identifier_claim(*claims, "jti");
    if (!token_id) return refused("jti is missing");
    // With the leeway: as long as the assertion would be taken again, its jti has to be remembered.
    return ClientAssertion{*client, *token_id, *expiry + leeway};
}

}  // namespace puente::access
