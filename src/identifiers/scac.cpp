#include "puente/identifiers/scac.hpp"

#include "identifiers/characters.hpp"

namespace puente::identifiers {

bool scac_is_well_formed(std::string_view text) {
    return consists_of(text, 2, 4, is_capital);
}

bool scac_is_four_letters(std::string_view text) {
    return consists_of(text, 4, 4, is_capital);
}

bool scac_has_reserved_suffix(std::string_view text) {
    return scac_is_four_letters(text) && (text[3] == 'U' || text[3] == 'X' || text[3] == 'Z');
}

}  // namespace puente::identifiers
