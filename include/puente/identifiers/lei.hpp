#pragma once

#include <string_view>

namespace puente::identifiers {

/// A legal entity identifier: 18 capital letters or digits and two check digits. Source: ISO 17442.
bool lei_is_well_formed(std::string_view text);

/// Whether the check digits agree (ISO/IEC 7064, MOD 97-10). False when not well formed.
bool lei_check_digits_agree(std::string_view text);

}  // namespace puente::identifiers
