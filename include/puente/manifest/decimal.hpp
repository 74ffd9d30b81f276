#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace puente::manifest {

/// Reads a decimal text exactly, as a whole number of 10^-`places` units: scaled("18250.5", 3) is 18250500 (grams of kilograms).
/// Nothing when the text is not a decimal (digits, at most one point, no sign, no exponent, no needless leading zero), has more places, or
/// does not fit 63 bits.
std::optional<std::int64_t> scaled(std::string_view text, int places);

}  // namespace puente::manifest
