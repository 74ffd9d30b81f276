#pragma once

#include <string_view>

namespace puente::identifiers {

/// A carrier's USDOT number: one to eight digits. Source: 49 CFR 390.19.
bool usdot_is_well_formed(std::string_view text);

}  // namespace puente::identifiers
