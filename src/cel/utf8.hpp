#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace puente::cel {

/// Reads the code point at `at` and moves past it. Bytes that are not UTF-8 give false, and move one byte.
bool next_code_point(std::string_view text, std::size_t& at, std::uint32_t& code_point);
bool is_utf8(std::string_view text);
void append_utf8(std::string& text, std::uint32_t code_point);

/// Number of code points of valid UTF-8.
inline std::size_t count_code_points(std::string_view text) {
    std::size_t count = 0;
    for (const char each : text) count += (static_cast<unsigned char>(each) & 0xC0U) != 0x80U ? 1U : 0U;
    return count;
}

/// Bytes before the code point number `index`; the size of the text when it has no more.
std::size_t offset_of(std::string_view text, std::size_t index);

}  // namespace puente::cel
