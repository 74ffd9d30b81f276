#include "puente/identifiers/pedimento.hpp"

#include <algorithm>

#include "identifiers/characters.hpp"

namespace puente::identifiers {
namespace {

constexpr std::size_t printed_size = 21;
/// Positions of the blanks between year, office, patente and number.
constexpr std::array<std::size_t, 6> blanks{2, 3, 6, 7, 12, 13};

bool is_blank_position(std::size_t position) {
    return std::find(blanks.begin(), blanks.end(), position) != blanks.end();
}

}  // namespace

std::optional<Pedimento> Pedimento::parse(std::string_view text) {
    const bool is_printed = text.size() == printed_size;
    std::array<char, 15> digits{};
    if (!is_printed && text.size() != digits.size()) return std::nullopt;
    std::size_t used = 0;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (is_printed && is_blank_position(i)) {
            if (text[i] != ' ') return std::nullopt;
            continue;
        }
        if (!is_digit(text[i])) return std::nullopt;
        digits[used++] = text[i];
    }
    return Pedimento{digits};
}

std::string Pedimento::printed() const {
    std::string text;
    text.reserve(printed_size);
    text.append(year2()).append("  ").append(office()).append("  ").append(patente()).append("  ");
    return text.append(digits().substr(8));
}

bool pedimento_is_well_formed(std::string_view text) {
    return Pedimento::parse(text).has_value();
}

std::optional<std::string> canonical_pedimento(std::string_view text) {
    std::string digits;
    for (const char c : text) {
        if (c == ' ' || c == '-') continue;
        if (!is_digit(c) || digits.size() == 15) return std::nullopt;
        digits.push_back(c);
    }
    if (digits.size() != 15) return std::nullopt;
    return digits;
}

}  // namespace puente::identifiers
