#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace puente::identifiers {

/// An internal transaction number of the Automated Export System: X, a real date YYYYMMDD and six digits. Source: 15 CFR 30.1, 30.7.
bool itn_is_well_formed(std::string_view text);

/// The day of acceptance in it as "YYYY-MM-DD"; nothing when not well formed.
std::optional<std::string> itn_date(std::string_view text);

}  // namespace puente::identifiers
