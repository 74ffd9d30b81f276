#include "puente/identifiers/hs_code.hpp"

#include "identifiers/characters.hpp"

namespace puente::identifiers {

bool hs_code_is_well_formed(std::string_view text) {
    if (text.size() != 6 && text.size() != 8 && text.size() != 10) return false;
    if (!consists_of(text, 6, 10, is_digit)) return false;
    const unsigned chapter = two_digits(text);
    // 77 is kept free by the Convention; 98 and 99 are the parties' own.
    return chapter != 0 && chapter != 77;
}

std::string_view hs_chapter(std::string_view text) {
    return hs_code_is_well_formed(text) ? text.substr(0, 2) : std::string_view{};
}

std::optional<std::string> canonical_hs_code(std::string_view text) {
    std::string digits;
    for (const char c : text) {
        if (c != '.') digits.push_back(c);
    }
    if (!hs_code_is_well_formed(digits)) return std::nullopt;
    return digits;
}

}  // namespace puente::identifiers
