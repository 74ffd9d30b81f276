#pragma once

#include <string_view>

namespace puente::identifiers {

/// A trip number: the carrier's four-letter SCAC and 4 to 21 capital letters or digits. Source: CBP, ACE truck manifest; X12 309 M1005.
bool trip_number_is_well_formed(std::string_view text);

/// The SCAC it begins with; empty when not well formed. A view into `text`.
std::string_view trip_number_scac(std::string_view text);

}  // namespace puente::identifiers
