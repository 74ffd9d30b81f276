#pragma once

#include <string_view>

namespace puente::identifiers {

/// A Mexican taxpayer number (Registro Federal de Contribuyentes): 3 or 4 letters (A-Z, Ñ, &), a real date YYMMDD of either century, two
/// characters of homonym and a check character. UTF-8; Ñ counts as one character. Source: Código Fiscal de la Federación 27; SAT t_RFC.
bool rfc_is_well_formed(std::string_view text);

/// Whether the last character is the check character of the others. False when not well formed. A few numbers were issued with a wrong one, and
/// the generic number XAXX010101000 has none: a mismatch asks for a look, it does not refute. Source: SAT, RFC check digit annex.
bool rfc_check_digit_agrees(std::string_view text);

/// Whether it is one of the numbers that stand for no one in particular: general public, foreigners, missions, international bodies.
/// Source: Miscelánea Fiscal 2.7.1.23; Anexo 22 (pedimento fields on taxpayer numbers).
bool rfc_is_generic(std::string_view text);

/// Whether it is a company's: 12 characters. False when not well formed.
bool rfc_is_company(std::string_view text);

/// Whether it is a natural person's: 13 characters. False when not well formed.
bool rfc_is_person(std::string_view text);

}  // namespace puente::identifiers
