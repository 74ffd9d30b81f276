#pragma once

#include "puente/inspection/leg.hpp"
#include "puente/selection/select.hpp"

namespace puente::inspection {

/// The legs that a selection opens, one for each customs agency in their order: PENDING for each that wants to see papers or load, NONE for the other.
/// All NONE when nobody looks.
Legs open_legs(const selection::Selection& selection);

}  // namespace puente::inspection
