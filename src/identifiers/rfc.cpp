#include "puente/identifiers/rfc.hpp"

#include <algorithm>
#include <array>

#include "identifiers/characters.hpp"

namespace puente::identifiers {
namespace {

/// XAXX general public, XEXX foreigner on an invoice, EXTR foreigner on a pedimento, EMB diplomatic missions, OIN international bodies.
constexpr std::array<std::string_view, 5> generic_numbers{"XAXX010101000", "XEXX010101000", "EXTR920901TS4", "EMB930401KH4", "OIN9304013N0"};

/// Characters of a number, with Ñ (two bytes in UTF-8) written as '#'. Nothing but a well formed number comes out of read().
struct Characters {
    std::array<char, 13> text{};
    std::size_t size = 0;

    std::string_view view() const { return {text.data(), size}; }
};

constexpr char enye = '#';

/// The number in one byte each; of size 0 when it is not well formed.
Characters read(std::string_view text) {
    Characters characters;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (characters.size == characters.text.size()) return {};
        const bool is_enye = text.substr(i, 2) == "\xC3\x91";
        if (!is_enye && !is_capital_or_digit(text[i]) && text[i] != '&') return {};
        characters.text[characters.size++] = is_enye ? enye : text[i];
        if (is_enye) ++i;
    }
    if (characters.size < 12) return {};
    const std::size_t letters = characters.size - 9;
    const std::string_view all = characters.view();
    const bool starts_well = std::none_of(all.begin(), all.begin() + static_cast<std::ptrdiff_t>(letters), is_digit);
    const std::string_view date = all.substr(letters, 6);
    const std::string_view homonym = all.substr(letters + 6, 2);
    const char check = all.back();
    const bool well_formed = starts_well && consists_of(date, 6, 6, is_digit) && is_real_day_of_either_century(date) &&
                             consists_of(homonym, 2, 2, is_capital_or_digit) && (is_digit(check) || check == 'A');
    return well_formed ? characters : Characters{};
}

/// Digits 0 to 9, A to N 10 to 23, & 24, O to Z 25 to 36, blank 37, Ñ 38.
unsigned value_of(char c) {
    if (is_digit(c)) return digit_value(c);
    if (c == '&') return 24;
    if (c == enye) return 38;
    return static_cast<unsigned>(c - 'A') + (c < 'O' ? 10 : 11);
}

char check_character(const Characters& characters) {
    constexpr unsigned blank_value = 37;
    unsigned sum = characters.size == 12 ? blank_value * 13 : 0;
    unsigned weight = characters.size == 12 ? 12 : 13;
    for (const char c : characters.view().substr(0, characters.size - 1)) sum += value_of(c) * weight--;
    const unsigned remainder = sum % 11;
    if (remainder == 0) return '0';
    return remainder == 1 ? 'A' : static_cast<char>('0' + (11 - remainder));
}

}  // namespace

bool rfc_is_well_formed(std::string_view text) {
    return read(text).size != 0;
}

bool rfc_check_digit_agrees(std::string_view text) {
    const Characters characters = read(text);
    return characters.size != 0 && characters.view().back() == check_character(characters);
}

bool rfc_is_generic(std::string_view text) {
    return std::find(generic_numbers.begin(), generic_numbers.end(), text) != generic_numbers.end();
}

bool rfc_is_company(std::string_view text) {
    return read(text).size == 12;
}

bool rfc_is_person(std::string_view text) {
    return read(text).size == 13;
}

}  // namespace puente::identifiers
