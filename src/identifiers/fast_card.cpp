#include "puente/identifiers/fast_card.hpp"

#include "identifiers/characters.hpp"

namespace puente::identifiers {

bool fast_card_is_well_formed(std::string_view text) {
    if (!consists_of(text, 14, 14, is_digit) || text.substr(0, 4) != "4270") return false;
    const std::string_view issue = text.substr(12);
    return issue == "01" || issue == "02";
}

}  // namespace puente::identifiers
