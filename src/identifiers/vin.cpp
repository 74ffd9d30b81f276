#include "puente/identifiers/vin.hpp"

#include <array>

#include "identifiers/characters.hpp"

namespace puente::identifiers {
namespace {

/// Values of the letters A to Z in 49 CFR 565.15, table III; I, O and Q do not occur.
constexpr std::array<unsigned, 26> letter_values{1, 2, 3, 4, 5, 6, 7, 8, 0, 1, 2, 3, 4, 5, 0, 7, 0, 9, 2, 3, 4, 5, 6, 7, 8, 9};
/// Weights of the positions in 49 CFR 565.15, table IV; the check digit itself has none.
constexpr std::array<unsigned, 17> weights{8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2};
constexpr std::size_t check_position = 8;

bool is_vin_character(char c) {
    return is_capital_or_digit(c) && c != 'I' && c != 'O' && c != 'Q';
}

unsigned value_of(char c) {
    return is_digit(c) ? digit_value(c) : letter_values[static_cast<std::size_t>(c - 'A')];
}

}  // namespace

bool vin_is_well_formed(std::string_view text) {
    return consists_of(text, 17, 17, is_vin_character);
}

bool vin_check_digit_agrees(std::string_view text) {
    if (!vin_is_well_formed(text)) return false;
    unsigned sum = 0;
    for (std::size_t i = 0; i < text.size(); ++i) sum += value_of(text[i]) * weights[i];
    const unsigned remainder = sum % 11;
    return text[check_position] == (remainder == 10 ? 'X' : static_cast<char>('0' + remainder));
}

bool vin_check_digit_binds(std::string_view text) {
    return vin_is_well_formed(text) && text[0] >= '1' && text[0] <= '5';
}

bool vin_is_valid(std::string_view text) {
    return vin_is_well_formed(text) && (!vin_check_digit_binds(text) || vin_check_digit_agrees(text));
}

}  // namespace puente::identifiers
