#include "puente/identifiers/usdot.hpp"

#include "identifiers/characters.hpp"

namespace puente::identifiers {

bool usdot_is_well_formed(std::string_view text) {
    return consists_of(text, 1, 8, is_digit);
}

}  // namespace puente::identifiers
