#include "puente/crypto/base64url.hpp"

#include <array>
#include <cstdint>

namespace puente::crypto {

namespace {

constexpr std::string_view alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/// The value of each character; -1 for those outside the alphabet.
constexpr std::array<std::int8_t, 256> values = [] {
    std::array<std::int8_t, 256> table{};
    for (std::int8_t& value : table) value = -1;
    for (std::size_t i = 0; i < alphabet.size(); ++i) table[static_cast<unsigned char>(alphabet[i])] = static_cast<std::int8_t>(i);
    return table;
}();

}  // namespace

std::string base64url(std::string_view octets) {
    std::string text;
    text.reserve((octets.size() * 4 + 2) / 3);
    std::uint32_t bits = 0;
    int held = 0;
    for (const char octet : octets) {
        bits = (bits << 8) | static_cast<unsigned char>(octet);
        for (held += 8; held >= 6; held -= 6) text.push_back(alphabet[(bits >> (held - 6)) & 63u]);
    }
    if (held > 0) text.push_back(alphabet[(bits << (6 - held)) & 63u]);
    return text;
}

std::optional<std::string> from_base64url(std::string_view text) {
    if (text.size() % 4 == 1) return std::nullopt;
    std::string octets;
    octets.reserve(text.size() * 3 / 4);
    std::uint32_t bits = 0;
    int held = 0;
    for (const char character : text) {
        const int value = values[static_cast<unsigned char>(character)];
        if (value < 0) return std::nullopt;
        bits = (bits << 6) | static_cast<std::uint32_t>(value);
        held += 6;
        if (held >= 8) {
            held -= 8;
            octets.push_back(static_cast<char>((bits >> held) & 255u));
        }
    }
    // Loose bits would let two texts stand for the same octets.
    if ((bits & ((1u << held) - 1u)) != 0) return std::nullopt;
    return octets;
}

}  // namespace puente::crypto
