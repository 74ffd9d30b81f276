#include "puente/identifiers/plate.hpp"

namespace puente::identifiers {
namespace {

/// A byte that begins a character in UTF-8.
bool begins_a_character(char c) {
    return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U;
}

bool is_forbidden(char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte <= 0x20 || byte == 0x7F || std::string_view{"-.()?!*"}.find(c) != std::string_view::npos;
}

bool is_filler(char c) {
    return c == ' ' || c == '-' || c == '.';
}

}  // namespace

bool plate_is_well_formed(std::string_view text) {
    std::size_t characters = 0;
    for (const char c : text) {
        if (is_forbidden(c)) return false;
        if (begins_a_character(c)) ++characters;
    }
    return characters >= 5 && characters <= 7;
}

std::string canonical_plate(std::string_view text) {
    std::string canonical;
    canonical.reserve(text.size());
    for (const char c : text) {
        if (is_filler(c)) continue;
        canonical.push_back(c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c);
    }
    return canonical;
}

}  // namespace puente::identifiers
