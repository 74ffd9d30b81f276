#include "puente/identifiers/curp.hpp"

#include <algorithm>
#include <array>

#include "identifiers/characters.hpp"

namespace puente::identifiers {
namespace {

/// The 32 states, and NE for those born abroad.
constexpr std::array<std::string_view, 33> states{"AS", "BC", "BS", "CC", "CH", "CL", "CM", "CS", "DF", "DG", "GR",
                                                  "GT", "HG", "JC", "MC", "MN", "MS", "NE", "NL", "NT", "OC", "PL",
                                                  "QR", "QT", "SL", "SP", "SR", "TC", "TL", "TS", "VZ", "YN", "ZS"};

bool is_one_of(char c, std::string_view set) {
    return set.find(c) != std::string_view::npos;
}

bool is_consonant(char c) {
    return is_capital(c) && !is_one_of(c, "AEIOU");
}

/// Position 17 tells the century: a digit for births before 2000, a letter from 2000 on.
bool is_born_on_a_real_day(std::string_view yymmdd, char homonym) {
    const int century = is_digit(homonym) ? 1900 : 2000;
    const int year = century + static_cast<int>(two_digits(yymmdd));
    return is_real_day(year, two_digits(yymmdd.substr(2)), two_digits(yymmdd.substr(4)));
}

/// Digits 0 to 9, A to N 10 to 23, Ñ (never used) 24, O to Z 25 to 36.
unsigned value_of(char c) {
    if (is_digit(c)) return digit_value(c);
    return static_cast<unsigned>(c - 'A') + (c < 'O' ? 10 : 11);
}

}  // namespace

bool curp_is_well_formed(std::string_view text) {
    if (!consists_of(text, 18, 18, is_capital_or_digit)) return false;
    const std::string_view name = text.substr(0, 4);
    const std::string_view birth = text.substr(4, 6);
    return consists_of(name, 4, 4, is_capital) && is_one_of(name[1], "AEIOUX") && consists_of(birth, 6, 6, is_digit) &&
           is_born_on_a_real_day(birth, text[16]) && is_one_of(text[10], "HMX") &&
           std::binary_search(states.begin(), states.end(), text.substr(11, 2)) && consists_of(text.substr(13, 3), 3, 3, is_consonant) &&
           is_digit(text[17]);
}

bool curp_check_digit_agrees(std::string_view text) {
    if (!curp_is_well_formed(text)) return false;
    unsigned sum = 0;
    for (unsigned i = 0; i < 17; ++i) sum += value_of(text[i]) * (18 - i);
    return (10 - sum % 10) % 10 == digit_value(text[17]);
}

}  // namespace puente::identifiers
