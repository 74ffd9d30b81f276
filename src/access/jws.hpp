#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "puente/crypto/key.hpp"
#include "puente/instant.hpp"
#include "puente/result.hpp"

namespace puente::access {

/// Clocks that differ by this much still understand each other.
constexpr std::chrono::seconds leeway{10};

/// What the header of a token must say besides ES256.
struct HeaderNeeds {
    std::vector<std::string_view> types;  ///< the values `typ` may have
    bool type_may_be_absent = false;
    std::string_view kid;  ///< the only `kid` taken; empty: any or none, the key is known otherwise
};

/// Opens a compact JWS (RFC 7515 3.1) and gives its claims, believed because the signature is good. Refuses in the order of its checks: at most
/// 8192 characters, three parts, strict base64url, header with unique names, alg ES256, typ, no crit, kid, signature, claims with unique names.
Result<nlohmann::json> verified_claims(std::string_view token, const crypto::Key& key, const HeaderNeeds& needs);

/// The claims as they stand: nobody has looked at the signature.
Result<nlohmann::json> unverified_claims(std::string_view token);

/// A compact JWS with these two parts.
std::string signed_token(const nlohmann::json& header, const nlohmann::json& claims, const crypto::Key& key);

/// A claim that is a text of 1 to 256 visible ASCII characters (identifiers, URLs); nothing otherwise.
std::optional<std::string> identifier_claim(const nlohmann::json& claims, const char* name);
/// A claim that is a JSON integer between 1970 and the year 9999, in seconds; nothing otherwise.
std::optional<Instant> time_claim(const nlohmann::json& claims, const char* name);

/// The refusal of a token.
Error refused(std::string reason);

}  // namespace puente::access
