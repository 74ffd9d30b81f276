#pragma once

#include <string>
#include <string_view>

namespace puente::telemetry {

/// Appends a text as the inside of a JSON string. Control characters (C0, DEL, C1), line and paragraph separators and the marks that turn the
/// direction of writing become \u escapes, so that one event stays one line and reads as it is; octets that are not UTF-8 become U+FFFD.
void append_escaped(std::string& line, std::string_view text);

/// The text, or its beginning and "..." when it has more than `octets_max` octets; never cut inside a character.
std::string shortened(std::string_view text, std::size_t octets_max);

}  // namespace puente::telemetry
