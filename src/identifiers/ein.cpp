#include "puente/identifiers/ein.hpp"

#include "identifiers/characters.hpp"

namespace puente::identifiers {

bool ein_is_well_formed(std::string_view text) {
    if (text.size() != 10 && text.size() != 12) return false;
    return consists_of(text.substr(0, 2), 2, 2, is_digit) && text[2] == '-' && consists_of(text.substr(3, 7), 7, 7, is_digit) &&
           consists_of(text.substr(10), 0, 2, is_capital_or_digit);
}

std::optional<std::string> canonical_ein(std::string_view text) {
    std::string canonical{text};
    if (text.size() == 9 || text.size() == 11) canonical.insert(2, 1, '-');
    if (!ein_is_well_formed(canonical)) return std::nullopt;
    if (canonical.size() == 10) canonical += "00";
    return canonical;
}

}  // namespace puente::identifiers
