#include "puente/identifiers/id_ccp.hpp"

#include "identifiers/characters.hpp"

namespace puente::identifiers {
namespace {

bool is_hexadecimal(char c) {
    return is_digit(c) || (c >= 'A' && c <= 'F') || (c >= 'a' && c <= 'f');
}

bool is_hyphen_position(std::size_t position) {
    return position == 8 || position == 13 || position == 18 || position == 23;
}

}  // namespace

bool id_ccp_is_well_formed(std::string_view text) {
    if (text.size() != 36 || text.substr(0, 3) != "CCC") return false;
    for (std::size_t i = 3; i < text.size(); ++i) {
        if (is_hyphen_position(i) ? text[i] != '-' : !is_hexadecimal(text[i])) return false;
    }
    return true;
}

}  // namespace puente::identifiers
