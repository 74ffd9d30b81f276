#pragma once

#include <cstddef>
#include <string_view>

namespace puente::manifest {

/// Length of the well-formed UTF-8 sequence at `at` (Unicode 15, table 3-7), or 0.
std::size_t utf8_sequence(std::string_view text, std::size_t at);

bool is_utf8(std::string_view text);

}  // namespace puente::manifest
