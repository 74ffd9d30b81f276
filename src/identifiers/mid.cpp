#include "puente/identifiers/mid.hpp"

#include "identifiers/characters.hpp"

namespace puente::identifiers {
namespace {

/// The second letters of the Canadian province codes XA to XY.
constexpr std::string_view province_letters = "ABCMNOPQSTVWY";

/// Canada is written by province; X begins no other code (Kosovo's XK aside, which the appendix does not list).
bool is_origin(std::string_view code) {
    if (!consists_of(code, 2, 2, is_capital) || code == "CA") return false;
    return code[0] != 'X' || province_letters.find(code[1]) != std::string_view::npos;
}

}  // namespace

bool mid_is_well_formed(std::string_view text) {
    return consists_of(text, 5, 15, is_capital_or_digit) && is_origin(text.substr(0, 2));
}

std::string_view mid_origin(std::string_view text) {
    return mid_is_well_formed(text) ? text.substr(0, 2) : std::string_view{};
}

}  // namespace puente::identifiers
