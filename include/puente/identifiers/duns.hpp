#pragma once

#include <string_view>

namespace puente::identifiers {

/// A D-U-N-S number: nine digits. Source: Dun & Bradstreet.
bool duns_is_well_formed(std::string_view text);

}  // namespace puente::identifiers
