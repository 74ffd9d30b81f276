#include "cel/lexer.hpp"
#include "cel/utf8.hpp"

namespace puente::cel {

namespace {

/// The letters that stand for one character each (langdef.md "String and Bytes Values").
constexpr std::string_view letters = "abfnrtv\\?\"'`";
constexpr std::string_view meanings = "\a\b\f\n\r\t\v\\?\"'`";

/// Reads exactly `count` digits of a base.
bool digits_of(std::string_view text, std::size_t at, std::size_t count, std::uint32_t base, std::uint32_t& number) {
    if (text.size() < at + count) return false;
    number = 0;
    for (const char c : text.substr(at, count)) {
        const char low = static_cast<char>(c | 0x20);
        const std::uint32_t digit = c >= '0' && c <= '9'       ? static_cast<std::uint32_t>(c - '0')
                                    : low >= 'a' && low <= 'f' ? static_cast<std::uint32_t>(low - 'a' + 10)
                                                               : 99U;
        if (digit >= base) return false;
        number = number * base + digit;
    }
    return true;
}

struct Numbered {
    std::size_t skip;
    std::size_t digits;
    std::uint32_t base;
};

bool numbered_form(char letter, Numbered& form) {
    switch (letter) {
        case 'x':
        case 'X':
            form = {1, 2, 16};
            return true;
        case 'u':
            form = {1, 4, 16};
            return true;
        case 'U':
            form = {1, 8, 16};
            return true;
        case '0':
        case '1':
        case '2':
        case '3':
            form = {0, 3, 8};
            return true;
        default:
            return false;
    }
}

}  // namespace

bool unescape(std::string_view inside, bool bytes, std::string& text) {
    std::string made;
    for (std::size_t at = 0; at < inside.size();) {
        if (inside[at] != '\\') {
            made.push_back(inside[at++]);
            continue;
        }
        const char letter = ++at < inside.size() ? inside[at] : '\0';
        const std::size_t plain = letter == '\0' ? letters.npos : letters.find(letter);
        if (plain != letters.npos) {
            made.push_back(meanings[plain]);
            ++at;
            continue;
        }
        Numbered form{};
        std::uint32_t number = 0;
        if (!numbered_form(letter, form) || !digits_of(inside, at + form.skip, form.digits, form.base, number)) {
            text = "unknown escape in a string; write \\\\ for a backslash, or use r'...'";
            return false;
        }
        at += form.skip + form.digits;
        if (bytes) {
            if (form.digits >= 4) {
                text = "\\u and \\U have no meaning in bytes; write \\x with two digits";
                return false;
            }
            made.push_back(static_cast<char>(number));
        } else if (number > 0x10FFFF || (number >= 0xD800 && number <= 0xDFFF)) {
            text = "the escape names no Unicode character";
            return false;
        } else {
            append_utf8(made, number);
        }
    }
    text = std::move(made);
    return true;
}

}  // namespace puente::cel
