#pragma once

#include <cstdint>
#include <string_view>

#include "manifest/faults.hpp"
#include "manifest/format.hpp"

namespace puente::manifest {

/// Whether a text holds nothing but U+0020 to U+007E.
bool is_plain(std::string_view text);

/// Checks the text of a field against its form and notes every fault. `text` is well-formed UTF-8.
void check_text(std::string_view text, const FieldFormat& format, const Place& place, Faults& faults);

/// Checks the value of an integer field against its bounds.
void check_integer(std::int64_t value, const FieldFormat& format, const Place& place, Faults& faults);

/// Checks the number of items of a list.
void check_items(std::size_t items, const FieldFormat& format, const Place& place, Faults& faults);

}  // namespace puente::manifest
