#include "puente/identifiers/lei.hpp"

#include "identifiers/characters.hpp"

namespace puente::identifiers {

bool lei_is_well_formed(std::string_view text) {
    return consists_of(text, 20, 20, is_capital_or_digit) && is_digit(text[18]) && is_digit(text[19]);
}

bool lei_check_digits_agree(std::string_view text) {
    if (!lei_is_well_formed(text)) return false;
    unsigned remainder = 0;
    // Letters count as two digits, A 10 to Z 35; the whole number must leave 1.
    for (const char c : text) {
        remainder = is_digit(c) ? remainder * 10 + digit_value(c) : remainder * 100 + static_cast<unsigned>(c - 'A') + 10;
        remainder %= 97;
    }
    return remainder == 1;
}

}  // namespace puente::identifiers
