#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "puente/access/token.hpp"
#include "puente/crypto/base64url.hpp"

namespace puente::access {

inline const Instant noon = parse_date_time("2026-03-02T12:00:00Z")->at;

inline std::int64_t unix_seconds(Instant at) {
    return std::chrono::floor<std::chrono::seconds>(at).time_since_epoch().count();
}

/// A token whose header and claims are any text at all, with a good signature.
inline std::string signed_text(const crypto::Key& key, const std::string& header, const std::string& claims) {
    const std::string input = crypto::base64url(header) + '.' + crypto::base64url(claims);
    return input + '.' + crypto::base64url(key.sign(input));
}

inline std::string signed_json(const crypto::Key& key, const nlohmann::json& header, const nlohmann::json& claims) {
    return signed_text(key, header.dump(), claims.dump());
}

/// The three parts of a compact token.
struct TokenParts {
    std::string header;
    std::string claims;
    std::string signature;
};

inline TokenParts parts_of(const std::string& token) {
    const std::size_t first = token.find('.');
    const std::size_t second = token.find('.', first + 1);
    return {token.substr(0, first), token.substr(first + 1, second - first - 1), token.substr(second + 1)};
}

}  // namespace puente::access
