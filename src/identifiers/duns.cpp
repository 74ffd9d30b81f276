#include "puente/identifiers/duns.hpp"

#include "identifiers/characters.hpp"

namespace puente::identifiers {

bool duns_is_well_formed(std::string_view text) {
    return consists_of(text, 9, 9, is_digit);
}

}  // namespace puente::identifiers
