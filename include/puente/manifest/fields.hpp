#pragma once

#include <span>

#include "puente/field_access.hpp"

namespace puente::manifest {

/// Direct access to every field of puente.v1.Manifest, puente.v1.Facts and everything inside them, sorted by message and number. Made at
/// build time from the descriptors.
std::span<const FieldAccess> field_table();

}  // namespace puente::manifest
