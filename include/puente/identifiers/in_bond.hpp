#pragma once

#include <string_view>

namespace puente::identifiers {

/// An in-bond number: nine digits. Source: CBP Form 7512.
bool in_bond_is_well_formed(std::string_view text);

/// Whether the last digit is the remainder of the first eight modulo seven. False when not well formed.
bool in_bond_check_digit_agrees(std::string_view text);

}  // namespace puente::identifiers
