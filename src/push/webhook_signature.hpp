#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace puente::push {

/// How a secret is told to its owner: "whsec_" and base64. Source: Standard Webhooks 1.0.0, "Signature scheme".
std::string secret_text(std::string_view octets);

/// One signature, "v1," and base64 of HMAC-SHA-256 over "id.timestamp.body". `timestamp`: seconds since 1970.
std::string webhook_signature(std::string_view secret, std::string_view id, std::int64_t timestamp, std::string_view body);
/// The value of the header: a signature by each secret, with spaces between.
std::string webhook_signatures(const std::vector<std::string>& secrets, std::string_view id, std::int64_t timestamp, std::string_view body);

}  // namespace puente::push
