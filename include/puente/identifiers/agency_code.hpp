#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "puente/identifiers/agency.hpp"

namespace puente::identifiers {

/// The short name under which an agency takes part in inspections: one of the two customs agencies, or any that was added (state, sanitary).
/// 2 to 16 capital letters, digits and '_', a letter first.
class AgencyCode {
public:
    AgencyCode(Agency agency) : text_{code(agency)} {}
    /// Small letters are taken for capitals; nothing when the text is no such name.
    static std::optional<AgencyCode> parse(std::string_view text);

    const std::string& text() const { return text_; }
    /// The customs agency it is: one that owns a rule set and selects loads. Nothing for any other.
    std::optional<Agency> customs() const { return parse_agency(text_); }

    friend bool operator==(const AgencyCode&, const AgencyCode&) = default;

private:
    explicit AgencyCode(std::string text) : text_{std::move(text)} {}
    std::string text_;
};

inline std::string_view code(const AgencyCode& agency) {
    return agency.text();
}

}  // namespace puente::identifiers
