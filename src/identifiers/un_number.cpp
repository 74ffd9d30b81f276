#include "puente/identifiers/un_number.hpp"

#include "identifiers/characters.hpp"

namespace puente::identifiers {

bool un_number_is_well_formed(std::string_view text) {
    return !un_number_digits(text).empty();
}

std::string_view un_number_digits(std::string_view text) {
    const std::string_view prefix = text.size() == 6 ? text.substr(0, 2) : std::string_view{};
    const std::string_view digits = prefix == "UN" || prefix == "NA" ? text.substr(2) : text;
    return consists_of(digits, 4, 4, is_digit) ? digits : std::string_view{};
}

}  // namespace puente::identifiers
