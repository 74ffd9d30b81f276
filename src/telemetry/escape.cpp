#include "telemetry/escape.hpp"

#include <fmt/format.h>

#include <cstdint>
#include <iterator>

namespace puente::telemetry {

namespace {

constexpr char32_t replacement = 0xFFFD;

struct Character {
    char32_t code;
    std::size_t octets;
};

Character first_character(std::string_view text);
bool must_be_escaped(char32_t code);

}  // namespace

void append_escaped(std::string& line, std::string_view text) {
    while (!text.empty()) {
        const Character character = first_character(text);
        if (character.code == U'"' || character.code == U'\\') {
            line += '\\';
            line += static_cast<char>(character.code);
        } else if (must_be_escaped(character.code)) {
            fmt::format_to(std::back_inserter(line), "\\u{:04x}", static_cast<std::uint32_t>(character.code));
        } else {
            line += text.substr(0, character.octets);
        }
        text.remove_prefix(character.octets);
    }
}

std::string shortened(std::string_view text, std::size_t octets_max) {
    if (text.size() <= octets_max) return std::string{text};
    const auto continues = [&text](std::size_t at) { return (static_cast<unsigned char>(text[at]) & 0xC0u) == 0x80u; };
    std::size_t end = octets_max;
    while (end > 0 && octets_max - end < 3 && continues(end)) --end;
    return std::string{text.substr(0, end)} + "...";
}

namespace {

/// Decodes strictly (RFC 3629): an octet that begins no well-formed character stands alone, as U+FFFD.
Character first_character(std::string_view text) {
    const auto octet = [&text](std::size_t at) { return static_cast<unsigned char>(text[at]); };
    const unsigned first = octet(0);
    if (first < 0x80) return {first, 1};
    const std::size_t octets = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2;
    if (first < 0xC2 || first > 0xF4 || octets > text.size()) return {replacement, 1};
    char32_t code = first & (0x7Fu >> octets);
    for (std::size_t i = 1; i < octets; ++i) {
        if ((octet(i) & 0xC0u) != 0x80u) return {replacement, 1};
        code = (code << 6) | (octet(i) & 0x3Fu);
    }
    const bool overlong = (octets == 3 && code < 0x800) || (octets == 4 && code < 0x10000);
    const bool surrogate = code >= 0xD800 && code <= 0xDFFF;
    if (overlong || surrogate || code > 0x10FFFF) return {replacement, 1};
    return {code, octets};
}

bool must_be_escaped(char32_t code) {
    const auto within = [code](char32_t from, char32_t to) { return code >= from && code <= to; };
    return within(0x00, 0x1F) || within(0x7F, 0x9F) ||          // controls
           code == 0x061C || within(0x200E, 0x200F) ||          // direction marks
           within(0x2028, 0x202E) || within(0x2066, 0x2069) ||  // separators, direction overrides and isolates
           code == 0xFEFF || code == replacement;
}

}  // namespace

}  // namespace puente::telemetry
