#include "puente/identifiers/seal.hpp"

#include "identifiers/characters.hpp"

namespace puente::identifiers {

bool seal_is_well_formed(std::string_view text) {
    return consists_of(text, 2, 15, is_letter_or_digit);
}

}  // namespace puente::identifiers
