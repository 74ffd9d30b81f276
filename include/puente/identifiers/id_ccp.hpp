#pragma once

#include <string_view>

namespace puente::identifiers {

/// The identifier of a Carta Porte complement: a UUID in either case whose first three characters are CCC. Source: SAT, CartaPorte31.xsd, IdCCP.
bool id_ccp_is_well_formed(std::string_view text);

}  // namespace puente::identifiers
