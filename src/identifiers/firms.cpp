#include "puente/identifiers/firms.hpp"

#include "identifiers/characters.hpp"

namespace puente::identifiers {

bool firms_is_well_formed(std::string_view text) {
    return consists_of(text, 4, 4, is_capital_or_digit) && is_capital(text[0]);
}

}  // namespace puente::identifiers
