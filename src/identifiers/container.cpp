#include "puente/identifiers/container.hpp"

#include "identifiers/characters.hpp"

namespace puente::identifiers {
namespace {

/// A is 10; the multiples of 11 are left out. ISO 6346, annex A.
unsigned value_of(char c) {
    if (is_digit(c)) return digit_value(c);
    const unsigned plain = 10 + static_cast<unsigned>(c - 'A');
    return plain + (c >= 'B') + (c >= 'L') + (c >= 'V');
}

unsigned remainder_of(std::string_view text) {
    unsigned sum = 0;
    for (std::size_t i = 0; i < 10; ++i) sum += value_of(text[i]) << i;
    return sum % 11;
}

}  // namespace

bool container_is_well_formed(std::string_view text) {
    if (text.size() != 11 || !consists_of(text.substr(0, 3), 3, 3, is_capital)) return false;
    const char category = text[3];
    return (category == 'U' || category == 'J' || category == 'Z') && consists_of(text.substr(4), 7, 7, is_digit);
}

bool container_check_digit_agrees(std::string_view text) {
    return container_is_well_formed(text) && digit_value(text[10]) == remainder_of(text) % 10;
}

bool container_uses_discouraged_serial(std::string_view text) {
    return container_is_well_formed(text) && remainder_of(text) == 10;
}

}  // namespace puente::identifiers
