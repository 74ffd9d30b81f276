#pragma once

#include <string_view>

namespace puente::identifiers {

/// A freight container number: owner code of three letters, category U, J or Z, six digits and a check digit. Source: ISO 6346.
bool container_is_well_formed(std::string_view text);

/// Whether the last digit is the check digit of the first ten characters (a remainder of ten is written 0). False when not well formed.
bool container_check_digit_agrees(std::string_view text);

/// Whether the serial number gives the remainder ten, which ISO 6346 advises owners not to use: its 0 cannot be told from a true 0.
bool container_uses_discouraged_serial(std::string_view text);

}  // namespace puente::identifiers
