#include "puente/identifiers/caat.hpp"

#include "identifiers/characters.hpp"

namespace puente::identifiers {

bool caat_is_well_formed(std::string_view text) {
    return consists_of(text, 4, 4, is_capital_or_digit);
}

}  // namespace puente::identifiers
