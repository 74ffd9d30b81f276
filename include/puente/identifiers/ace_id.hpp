#pragma once

#include <string_view>

namespace puente::identifiers {

/// The identifier ACE gives to a crew member, conveyance or equipment: seven capital letters or digits. Source: CBP, ACE truck manifest.
bool ace_id_is_well_formed(std::string_view text);

}  // namespace puente::identifiers
