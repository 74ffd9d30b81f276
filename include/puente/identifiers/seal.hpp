#pragma once

#include <string_view>

namespace puente::identifiers {

/// A seal number: 2 to 15 letters or digits. Source: X12 309, segment M7 (element 225).
bool seal_is_well_formed(std::string_view text);

}  // namespace puente::identifiers
