#include "puente/identifiers/agency.hpp"

namespace puente::identifiers {
namespace {

bool equal_in_either_case(std::string_view text, std::string_view capitals) {
    if (text.size() != capitals.size()) return false;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        const char capital = c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
        if (capital != capitals[i]) return false;
    }
    return true;
}

}  // namespace

std::string_view code(Agency agency) {
    return agency == Agency::cbp ? "CBP" : "SAT";
}

std::optional<Agency> parse_agency(std::string_view text) {
    for (const Agency agency : agencies) {
        if (equal_in_either_case(text, code(agency))) return agency;
    }
    return std::nullopt;
}

}  // namespace puente::identifiers
