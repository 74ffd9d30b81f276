#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace puente::crypto {

/// RFC 4648 section 5, without padding.
std::string base64url(std::string_view octets);
/// Strict: no padding, no characters outside the alphabet, no loose bits; nothing otherwise.
std::optional<std::string> from_base64url(std::string_view text);

}  // namespace puente::crypto
