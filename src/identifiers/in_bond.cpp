#include "puente/identifiers/in_bond.hpp"

#include "identifiers/characters.hpp"

namespace puente::identifiers {

bool in_bond_is_well_formed(std::string_view text) {
    return consists_of(text, 9, 9, is_digit);
}

bool in_bond_check_digit_agrees(std::string_view text) {
    if (!in_bond_is_well_formed(text)) return false;
    unsigned serial = 0;
    for (const char c : text.substr(0, 8)) serial = serial * 10 + digit_value(c);
    return serial % 7 == digit_value(text[8]);
}

}  // namespace puente::identifiers
