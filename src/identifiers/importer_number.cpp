#include "puente/identifiers/importer_number.hpp"

#include "identifiers/characters.hpp"
#include "puente/identifiers/ein.hpp"

namespace puente::identifiers {
namespace {

bool is_social_security_number(std::string_view text) {
    return text.size() == 11 && text[3] == '-' && text[6] == '-' && consists_of(text.substr(0, 3), 3, 3, is_digit) &&
           consists_of(text.substr(4, 2), 2, 2, is_digit) && consists_of(text.substr(7), 4, 4, is_digit);
}

}  // namespace

std::optional<ImporterNumberKind> importer_number_kind(std::string_view text) {
    if (ein_is_well_formed(text)) return ImporterNumberKind::employer;
    if (is_social_security_number(text)) return ImporterNumberKind::social_security;
    if (cbp_number_is_well_formed(text)) return ImporterNumberKind::cbp_assigned;
    return std::nullopt;
}

bool importer_number_is_well_formed(std::string_view text) {
    return importer_number_kind(text).has_value();
}

bool cbp_number_is_well_formed(std::string_view text) {
    return text.size() == 12 && text[6] == '-' && consists_of(text.substr(0, 6), 6, 6, is_digit) && consists_of(text.substr(7), 5, 5, is_digit);
}

}  // namespace puente::identifiers
