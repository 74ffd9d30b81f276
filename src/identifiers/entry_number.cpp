#include "puente/identifiers/entry_number.hpp"

#include <array>

#include "identifiers/characters.hpp"

namespace puente::identifiers {
namespace {

using Bare = std::array<char, 11>;

/// The eleven characters without hyphens.
std::optional<Bare> bare(std::string_view text) {
    const bool hyphenated = text.size() == 13 && text[3] == '-' && text[11] == '-';
    if (!hyphenated && text.size() != 11) return std::nullopt;
    Bare characters{};
    std::size_t used = 0;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (hyphenated && (i == 3 || i == 11)) continue;
        characters[used++] = text[i];
    }
    const std::string_view all{characters.data(), characters.size()};
    if (!filer_code_is_well_formed(all.substr(0, 3)) || !consists_of(all.substr(3), 8, 8, is_digit)) return std::nullopt;
    return characters;
}

/// A to I are 1 to 9, J to R are 1 to 9, S to Z are 2 to 9.
unsigned value_of(char c) {
    if (is_digit(c)) return digit_value(c);
    if (c >= 'S') return static_cast<unsigned>(c - 'S') + 2;
    return static_cast<unsigned>(c - 'A') % 9 + 1;
}

/// Even positions are doubled, one is added past nine, and the units count.
unsigned check_digit(const Bare& characters) {
    unsigned sum = 0;
    for (std::size_t i = 0; i < 10; ++i) {
        const unsigned value = value_of(characters[i]);
        const unsigned doubled = value * 2 + (value * 2 > 9 ? 1 : 0);
        sum += i % 2 == 0 ? value : doubled % 10;
    }
    return (10 - sum % 10) % 10;
}

}  // namespace

bool filer_code_is_well_formed(std::string_view text) {
    return consists_of(text, 3, 3, is_capital_or_digit) && text != "000";
}

bool entry_number_is_well_formed(std::string_view text) {
    return bare(text).has_value();
}

bool entry_number_check_digit_agrees(std::string_view text) {
    const std::optional<Bare> characters = bare(text);
    return characters && digit_value(characters->back()) == check_digit(*characters);
}

std::optional<std::string> canonical_entry_number(std::string_view text) {
    const std::optional<Bare> characters = bare(text);
    if (!characters) return std::nullopt;
    std::string canonical{characters->data(), characters->size()};
    canonical.insert(10, 1, '-');
    canonical.insert(3, 1, '-');
    return canonical;
}

std::string_view entry_number_filer(std::string_view text) {
    return entry_number_is_well_formed(text) ? text.substr(0, 3) : std::string_view{};
}

}  // namespace puente::identifiers
