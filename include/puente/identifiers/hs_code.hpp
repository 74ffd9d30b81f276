#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace puente::identifiers {

/// A goods code: 6 (Harmonized System), 8 (HTSUS, TIGIE) or 10 digits (statistical suffix, NICO) of a chapter that exists: 01 to 97 without 77,
/// and the national chapters 98 and 99. Source: Harmonized System Convention; HTSUS; LIGIE.
bool hs_code_is_well_formed(std::string_view text);

/// Its chapter, two digits; empty when not well formed. A view into `text`.
std::string_view hs_chapter(std::string_view text);

/// The digits alone, points taken out ("9018.90.99" gives 90189099); nothing when the digits are not well formed.
std::optional<std::string> canonical_hs_code(std::string_view text);

}  // namespace puente::identifiers
