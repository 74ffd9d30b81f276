#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace puente::inspection {

/// Who sees what an officer adds to an inspection: officers of every agency, or of the officer's own only. Parties never do.
enum class Visibility : std::uint8_t { shared, agency };

/// "SHARED" or "AGENCY".
inline std::string_view to_text(Visibility visibility) {
    return visibility == Visibility::shared ? "SHARED" : "AGENCY";
}
inline std::optional<Visibility> parse_visibility(std::string_view text) {
    if (text == "SHARED") return Visibility::shared;
    if (text == "AGENCY") return Visibility::agency;
    return std::nullopt;
}

}  // namespace puente::inspection
