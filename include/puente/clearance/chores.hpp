#pragma once

#include <chrono>
#include <vector>

#include "puente/store/caretaker.hpp"

namespace puente::clearance {

/// What every gateway does again and again. Trips that are late by more than `late_after` end.
std::vector<store::Chore> chores(std::chrono::hours late_after);

}  // namespace puente::clearance
