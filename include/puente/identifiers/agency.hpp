#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

namespace puente::identifiers {

/// A customs agency that looks at the shared record: US Customs and Border Protection, or Mexico's SAT with its customs offices.
enum class Agency : std::uint8_t { cbp, sat };

/// Every agency, in the order in which they are listed everywhere.
inline constexpr std::array<Agency, 2> agencies{Agency::cbp, Agency::sat};

/// "CBP" or "SAT".
std::string_view code(Agency agency);

/// The agency with this code, in either case; nothing when there is none.
std::optional<Agency> parse_agency(std::string_view text);

}  // namespace puente::identifiers
