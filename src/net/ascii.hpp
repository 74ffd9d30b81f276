#pragma once

#include <cstddef>
#include <string_view>

namespace puente::net {

inline constexpr char lower(char character) {
    return character >= 'A' && character <= 'Z' ? static_cast<char>(character - 'A' + 'a') : character;
}

inline constexpr bool is_digit(char character) {
    return character >= '0' && character <= '9';
}

inline constexpr bool is_letter_or_digit(char character) {
    return is_digit(character) || (lower(character) >= 'a' && lower(character) <= 'z');
}

/// Whether two names are equal without regard to ASCII case, as field names and codings compare (RFC 9110, 5.1).
inline constexpr bool same_name(std::string_view one, std::string_view other) {
    if (one.size() != other.size()) return false;
    for (std::size_t i = 0; i < one.size(); ++i) {
        if (lower(one[i]) != lower(other[i])) return false;
    }
    return true;
}

}  // namespace puente::net
