#pragma once

#include <string>
#include <string_view>

namespace puente::identifiers {

/// A licence plate as Carta Porte takes it: 5 to 7 characters, none of them blank or one of - . ( ) ? ! *. Characters, not bytes: a plate may
/// be written in UTF-8. Source: SAT, CartaPorte31.xsd, PlacaVM and Placa.
bool plate_is_well_formed(std::string_view text);

/// The plate without blanks, hyphens and points, in capitals (ASCII letters). Not checked otherwise.
std::string canonical_plate(std::string_view text);

}  // namespace puente::identifiers
