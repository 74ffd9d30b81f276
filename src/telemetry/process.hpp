#pragma once

#include <optional>

namespace puente::telemetry {

/// Memory of this process that is in use (proc(5), statm); nothing when it cannot be read.
std::optional<double> resident_memory_bytes();
/// File descriptors that are open (proc(5), fd); nothing when they cannot be read, as when none is left to read them with.
std::optional<double> open_descriptors();

}  // namespace puente::telemetry
