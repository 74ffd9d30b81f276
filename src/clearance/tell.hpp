#pragma once

#include "puente/clearance/clearance.hpp"
#include "puente/uuid.hpp"

namespace puente::clearance {

/// Tells who waits at this gateway that a manifest has changed; the notice of the database reaches the others.
void tell(const Uuid& manifest_id, Clearance& clearance);

}  // namespace puente::clearance
