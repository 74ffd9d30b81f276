#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include "puente/access/caller.hpp"
#include "puente/crypto/key.hpp"
#include "puente/instant.hpp"
#include "puente/result.hpp"

namespace puente::access {

/// What the tokens of this gateway say and must say.
struct TokenIssuer {
    std::string issuer;    ///< https URL, the `iss`
    std::string audience;  ///< the `aud` of access tokens
    crypto::Key key;       ///< private
    std::chrono::seconds lifetime{3600};
};

/// An access token (RFC 9068, `typ` at+jwt, ES256) for this caller. `token_id` becomes `jti`.
std::string issue_token(const TokenIssuer& issuer, const Caller& caller, Instant now, std::string_view token_id);

/// A token that was found good.
struct VerifiedToken {
    Caller caller;
    Instant expires_at;
};

/// Checks an access token in the order of guarantees 10: size, three parts, header with unique names, ES256 only, `typ`, no `crit`, `kid`,
/// signature, unique claims, iss, aud, exp, nbf, iat, lifetime. Unauthorized, with the reason (for the log, never for the client), otherwise.
Result<VerifiedToken> verify_token(const TokenIssuer& issuer, std::string_view token, Instant now);

/// The claims of a client assertion (RFC 7523, private_key_jwt) that was found good.
struct ClientAssertion {
    std::string client_id;
    std::string token_id;  ///< `jti`: to be remembered until expires_at
    Instant expires_at;
};

/// Reads the `sub` of an assertion without believing it: to find the key to check it with.
Result<std::string> claimed_client(std::string_view assertion);
/// Checks an assertion: iss = sub = client, aud = one of `audiences`, exp at most 5 minutes ahead, jti present, ES256 by the client's key.
Result<ClientAssertion> verify_assertion(std::string_view assertion, const crypto::Key& client_key, const std::vector<std::string>& audiences,
                                         Instant now);

/// The JWK set (RFC 7517) of the issuer, JSON.
std::string jwks(const TokenIssuer& issuer);

}  // namespace puente::access
