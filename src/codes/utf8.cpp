#include "codes/utf8.hpp"

#include <cstddef>
#include <cstdint>

namespace puente::codes {
namespace {

/// Number of bytes of the character that begins at `bytes`, 0 when it is not well formed.
std::size_t character_size(std::string_view bytes) {
    const auto byte_at = [&](std::size_t i) { return static_cast<std::uint8_t>(bytes[i]); };
    const std::uint8_t first = byte_at(0);
    if (first < 0x80) return 1;
    const std::size_t size = first >= 0xC2 && first <= 0xDF ? 2 : (first & 0xF0U) == 0xE0 ? 3 : first >= 0xF0 && first <= 0xF4 ? 4 : 0;
    if (size == 0 || bytes.size() < size) return 0;
    for (std::size_t i = 1; i < size; ++i) {
        if ((byte_at(i) & 0xC0U) != 0x80) return 0;
    }
    const std::uint8_t second = byte_at(1);
    const bool overlong = (first == 0xE0 && second < 0xA0) || (first == 0xF0 && second < 0x90);
    const bool surrogate = first == 0xED && second >= 0xA0;
    const bool too_large = first == 0xF4 && second >= 0x90;
    return overlong || surrogate || too_large ? 0 : size;
}

}  // namespace

bool is_utf8(std::string_view bytes) {
    while (!bytes.empty()) {
        const std::size_t size = character_size(bytes);
        if (size == 0) return false;
        bytes.remove_prefix(size);
    }
    return true;
}

}  // namespace puente::codes
