#pragma once

// A named place where a test build dies when PUENTE_FAULT holds its name: abort() there is what a power cut would be. Compiled to nothing otherwise.
#ifdef PUENTE_FAULT_POINTS
#include <cstdlib>
#include <string_view>

namespace puente::store {

inline void fault_point(std::string_view name) {
    const char* wanted = std::getenv("PUENTE_FAULT");
    if (wanted != nullptr && name == wanted) std::abort();
}

}  // namespace puente::store
#else
namespace puente::store {

inline void fault_point(const char*) {}

}  // namespace puente::store
#endif
