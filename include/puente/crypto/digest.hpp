#pragma once

#include <string>
#include <string_view>

namespace puente::crypto {

/// SHA-256, 32 octets. FIPS 180-4.
std::string sha256(std::string_view octets);
/// HMAC-SHA-256, 32 octets. FIPS 198-1.
std::string hmac_sha256(std::string_view key, std::string_view octets);
/// Equality in a time that depends on the lengths only.
bool equal_constant_time(std::string_view left, std::string_view right);
/// Lower-case hexadecimal.
std::string hex(std::string_view octets);
/// `count` octets from the system's secure generator.
std::string random_octets(std::size_t count);

}  // namespace puente::crypto
