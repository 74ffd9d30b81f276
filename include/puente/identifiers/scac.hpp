#pragma once

#include <string_view>

namespace puente::identifiers {

/// A standard carrier alpha code: two to four capital letters. Source: NMFTA.
bool scac_is_well_formed(std::string_view text);

/// Whether it has the four letters that truck and rail manifests need. Source: X12 309 M1001.
bool scac_is_four_letters(std::string_view text);

/// Whether four letters end in U (containers), X (private rail cars) or Z (intermodal chassis): such a code names equipment, not a carrier.
bool scac_has_reserved_suffix(std::string_view text);

}  // namespace puente::identifiers
