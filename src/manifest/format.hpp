#pragma once

#include <cstdint>
#include <span>

namespace puente::manifest {

/// How the text of a field looks: puente.v1.TextKind.
enum class TextForm : std::uint8_t { text, decimal, date, date_time, uuid };

/// The form of one field: option puente.v1.format with its defaults filled in.
struct FieldFormat {
    bool required;
    TextForm form;
    int min_length;  ///< Unicode code points
    int max_length;
    int min_items;
    int max_items;
    int decimals;  ///< most digits after the point
    int minimum;   ///< of an integer; no bounds when both are 0
    int maximum;
};

/// The form of every field of field_table(), in the same order. Made at build time from the descriptors.
std::span<const FieldFormat> format_table();

}  // namespace puente::manifest
