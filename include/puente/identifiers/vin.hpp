#pragma once

#include <string_view>

namespace puente::identifiers {

/// A vehicle identification number: 17 capital letters and digits without I, O and Q. Source: ISO 3779, 49 CFR 565.13.
bool vin_is_well_formed(std::string_view text);

/// Whether position 9 is the check digit of the other sixteen (modulus 11, ten is written X). False when not well formed.
/// Source: 49 CFR 565.15(c).
bool vin_check_digit_agrees(std::string_view text);

/// Whether the check digit is compulsory: the maker's region is North America (first character 1 to 5). Elsewhere a mismatch is normal.
bool vin_check_digit_binds(std::string_view text);

/// Well formed, and the check digit agrees wherever it binds.
bool vin_is_valid(std::string_view text);

}  // namespace puente::identifiers
