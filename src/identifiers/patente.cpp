#include "puente/identifiers/patente.hpp"

#include "identifiers/characters.hpp"

namespace puente::identifiers {

bool patente_is_well_formed(std::string_view text) {
    return consists_of(text, 4, 4, is_digit);
}

}  // namespace puente::identifiers
