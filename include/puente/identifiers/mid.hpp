#pragma once

#include <string_view>

namespace puente::identifiers {

/// A manufacturer identification code: country of origin (for Canada a province code beginning with X, never CA) and 3 to 13 capital letters or
/// digits. Source: appendix to 19 CFR 102.
bool mid_is_well_formed(std::string_view text);

/// The country or province code it begins with; empty when not well formed. A view into `text`.
std::string_view mid_origin(std::string_view text);

}  // namespace puente::identifiers
