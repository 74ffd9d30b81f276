#pragma once

#include <string_view>

namespace puente::identifiers {

/// A Mexican population register key (Clave Única de Registro de Población): 18 characters with a real date of birth, sex H, M or X and a
/// state key. Source: RENAPO, Instructivo normativo para la asignación de la CURP (DOF 18-10-2021).
bool curp_is_well_formed(std::string_view text);

/// Whether the last digit is the check digit of the others. False when not well formed.
bool curp_check_digit_agrees(std::string_view text);

}  // namespace puente::identifiers
