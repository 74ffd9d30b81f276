#pragma once

#include <string_view>

namespace puente::identifiers {

/// The licence of a Mexican customs broker, or the authorisation of an agency: four digits. Source: Ley Aduanera 159; Anexo 22.
bool patente_is_well_formed(std::string_view text);

}  // namespace puente::identifiers
