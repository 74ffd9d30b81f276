#pragma once

#include <string_view>

namespace puente::identifiers {

/// The number of a FAST commercial driver card: 14 digits, beginning with 4270, ending with 01 or 02. Source: CBP, FAST card numbers in ACE.
bool fast_card_is_well_formed(std::string_view text);

}  // namespace puente::identifiers
