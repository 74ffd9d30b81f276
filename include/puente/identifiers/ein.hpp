#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace puente::identifiers {

/// A US employer identification number, NN-NNNNNNN, alone or with the two-character suffix of importers (26-164751100).
/// Source: 26 CFR 301.7701-12; CBP Form 5106.
bool ein_is_well_formed(std::string_view text);

/// The form that CBP keeps: with hyphen and suffix, "00" where none was given. Reads the number with or without its hyphen; nothing otherwise.
std::optional<std::string> canonical_ein(std::string_view text);

}  // namespace puente::identifiers
