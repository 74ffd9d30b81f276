#include "manifest/json_token.hpp"

namespace puente::manifest {

namespace {

bool is_digit(char character) {
    return character >= '0' && character <= '9';
}

/// Four hexadecimal digits at `at`, or -1.
int hex4(std::string_view raw, std::size_t at) {
    if (at + 4 > raw.size()) return -1;
    int value = 0;
    for (std::size_t i = at; i < at + 4; ++i) {
        const char character = raw[i];
        const char lower = static_cast<char>(character | 0x20);
        if (!is_digit(character) && (lower < 'a' || lower > 'f')) return -1;
        value = value * 16 + (is_digit(character) ? character - '0' : lower - 'a' + 10);
    }
    return value;
}

bool is_high_surrogate(int unit) {
    return unit >= 0xd800 && unit <= 0xdbff;
}

bool is_low_surrogate(int unit) {
    return unit >= 0xdc00 && unit <= 0xdfff;
}

void append_utf8(int character, std::string& text) {
    const auto put = [&](int byte) { text += static_cast<char>(byte); };
    if (character < 0x80) {
        put(character);
        return;
    }
    if (character < 0x800) {
        put(0xc0 | character >> 6);
    } else {
        if (character < 0x10000) {
            put(0xe0 | character >> 12);
        } else {
            put(0xf0 | character >> 18);
            put(0x80 | (character >> 12 & 0x3f));
        }
        put(0x80 | (character >> 6 & 0x3f));
    }
    put(0x80 | (character & 0x3f));
}

/// The character of a one-letter escape, or NUL when there is no such escape.
char plain_escape(char letter) {
    switch (letter) {
        case '"':
        case '\\':
        case '/':
            return letter;
        case 'b':
            return '\b';
        case 'f':
            return '\f';
        case 'n':
            return '\n';
        case 'r':
            return '\r';
        case 't':
            return '\t';
        default:
            return '\0';
    }
}

/// Reads the digits of a \u escape at `at`, and the second half of a pair, and moves past them.
TextState read_unicode(std::string_view raw, std::size_t& at, std::string& text) {
    const int first = hex4(raw, at);
    if (first < 0) return TextState::bad_escape;
    at += 4;
    if (!is_high_surrogate(first)) {
        if (is_low_surrogate(first)) return TextState::lone_surrogate;
        append_utf8(first, text);
        return TextState::sound;
    }
    const int second = raw.substr(at, 2) == "\\u" ? hex4(raw, at + 2) : -1;
    if (!is_low_surrogate(second)) return TextState::lone_surrogate;
    at += 6;
    append_utf8(0x10000 + ((first - 0xd800) << 10) + (second - 0xdc00), text);
    return TextState::sound;
}

}  // namespace

NumberForm number_form(std::string_view token) {
    std::size_t at = 0;
    const auto digits = [&] {
        const std::size_t first = at;
        while (at < token.size() && is_digit(token[at])) ++at;
        return at - first;
    };
    const auto next_is = [&](char character) { return at < token.size() && token[at] == character; };
    const bool negative = next_is('-');
    if (negative) ++at;
    const bool zero_first = next_is('0');
    const std::size_t whole = digits();
    if (whole == 0 || (zero_first && whole != 1)) return NumberForm::broken;
    const bool point = next_is('.');
    if (point && (++at, digits() == 0)) return NumberForm::broken;
    const bool exponent = next_is('e') || next_is('E');
    if (exponent) {
        ++at;
        if (next_is('+') || next_is('-')) ++at;
        if (digits() == 0) return NumberForm::broken;
    }
    if (at != token.size()) return NumberForm::broken;
    if (exponent || (negative && point)) return NumberForm::other;
    if (negative) return NumberForm::negative;
    return point ? NumberForm::point : NumberForm::whole;
}

TextState unescape(std::string_view raw, std::string& text) {
    TextState state = TextState::sound;
    text.clear();
    for (std::size_t at = 0; at < raw.size();) {
        const std::size_t backslash = raw.find('\\', at);
        text += raw.substr(at, backslash - at);
        if (backslash == std::string_view::npos) break;
        at = backslash + 2;
        if (at > raw.size()) return TextState::bad_escape;
        if (raw[at - 1] == 'u') {
            const TextState read = read_unicode(raw, at, text);
            if (read == TextState::bad_escape) return read;
            if (read == TextState::lone_surrogate) state = read;
            continue;
        }
        const char character = plain_escape(raw[at - 1]);
        if (character == '\0') return TextState::bad_escape;
        text += character;
    }
    return state;
}

}  // namespace puente::manifest
