#include "puente/identifiers/itn.hpp"

#include "identifiers/characters.hpp"

namespace puente::identifiers {

bool itn_is_well_formed(std::string_view text) {
    if (text.size() != 15 || text[0] != 'X' || !consists_of(text.substr(1), 14, 14, is_digit)) return false;
    const int year = static_cast<int>(two_digits(text.substr(1)) * 100 + two_digits(text.substr(3)));
    return is_real_day(year, two_digits(text.substr(5)), two_digits(text.substr(7)));
}

std::optional<std::string> itn_date(std::string_view text) {
    if (!itn_is_well_formed(text)) return std::nullopt;
    std::string date{text.substr(1, 8)};
    date.insert(6, 1, '-');
    date.insert(4, 1, '-');
    return date;
}

}  // namespace puente::identifiers
