#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace puente::manifest {

/// How a number of RFC 8259 is written.
enum class NumberForm : std::uint8_t {
    broken,    ///< not a number of RFC 8259
    whole,     ///< digits only
    point,     ///< digits, a point, digits
    negative,  ///< a minus sign and digits
    other,     ///< a minus sign and a point, or an exponent
};

NumberForm number_form(std::string_view token);

/// How the inside of a JSON string reads.
enum class TextState : std::uint8_t { sound, bad_escape, lone_surrogate };

/// Replaces the escapes in the inside of a JSON string (RFC 8259, section 7). After a lone surrogate the text goes on without it.
TextState unescape(std::string_view raw, std::string& text);

}  // namespace puente::manifest
