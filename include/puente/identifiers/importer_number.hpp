#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace puente::identifiers {

/// The three kinds of number under which CBP knows an importer, consignee or bonded carrier. Source: 19 CFR 24.5; CBP Form 5106.
enum class ImporterNumberKind : std::uint8_t {
    employer,         ///< NN-NNNNNNN with an optional two-character suffix
    social_security,  ///< NNN-NN-NNNN: personal data, masked wherever it is shown
    cbp_assigned,     ///< YYDDPP-NNNNN
};

/// Which kind of number it is; nothing when it is none of them.
std::optional<ImporterNumberKind> importer_number_kind(std::string_view text);

/// Whether it is any of the three kinds.
bool importer_number_is_well_formed(std::string_view text);

/// Whether it is the kind that CBP assigns, YYDDPP-NNNNN.
bool cbp_number_is_well_formed(std::string_view text);

}  // namespace puente::identifiers
