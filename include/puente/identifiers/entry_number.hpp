#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace puente::identifiers {

/// An entry filer code: three capital letters or digits, not 000. Source: CATAIR Appendix E.
bool filer_code_is_well_formed(std::string_view text);

/// A CBP entry number: filer code, seven digits and a check digit, as FFFNNNNNNNC or FFF-NNNNNNN-C. Source: CATAIR Appendix E.
bool entry_number_is_well_formed(std::string_view text);

/// Whether the last digit is the check digit of the ten characters before it. False when not well formed.
bool entry_number_check_digit_agrees(std::string_view text);

/// The form with hyphens, FFF-NNNNNNN-C; nothing when not well formed.
std::optional<std::string> canonical_entry_number(std::string_view text);

/// The filer code that the entry number begins with; empty when not well formed. A view into `text`.
std::string_view entry_number_filer(std::string_view text);

}  // namespace puente::identifiers
