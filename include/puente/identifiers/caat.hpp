#pragma once

#include <string_view>

namespace puente::identifiers {

/// A Mexican carrier code (Código Alfanumérico Armonizado del Transportista): four capital letters or digits. Source: RGCE 2.4.5.
bool caat_is_well_formed(std::string_view text);

}  // namespace puente::identifiers
