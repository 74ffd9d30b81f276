#include "puente/identifiers/ace_id.hpp"

#include "identifiers/characters.hpp"

namespace puente::identifiers {

bool ace_id_is_well_formed(std::string_view text) {
    return consists_of(text, 7, 7, is_capital_or_digit);
}

}  // namespace puente::identifiers
