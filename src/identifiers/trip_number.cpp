#include "puente/identifiers/trip_number.hpp"

#include "identifiers/characters.hpp"
#include "puente/identifiers/scac.hpp"

namespace puente::identifiers {

bool trip_number_is_well_formed(std::string_view text) {
    return text.size() > 4 && scac_is_four_letters(text.substr(0, 4)) && consists_of(text.substr(4), 4, 21, is_capital_or_digit);
}

std::string_view trip_number_scac(std::string_view text) {
    return trip_number_is_well_formed(text) ? text.substr(0, 4) : std::string_view{};
}

}  // namespace puente::identifiers
