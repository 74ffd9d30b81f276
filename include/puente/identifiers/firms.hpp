#pragma once

#include <string_view>

namespace puente::identifiers {

/// A FIRMS code, which names a bonded facility or examination site: a capital letter and three capital letters or digits.
/// Source: CBP, Facilities Information and Resources Management System.
bool firms_is_well_formed(std::string_view text);

}  // namespace puente::identifiers
