#include "puente/identifiers/agency_code.hpp"

#include <algorithm>

namespace puente::identifiers {

namespace {

constexpr std::size_t length_max = 16;

bool is_letter(char c) {
    return c >= 'A' && c <= 'Z';
}

}  // namespace

std::optional<AgencyCode> AgencyCode::parse(std::string_view text) {
    std::string upper{text};
    for (char& c : upper) {
        if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
    }
    const bool fits = upper.size() >= 2 && upper.size() <= length_max && is_letter(upper.front());
    if (!fits || !std::all_of(upper.begin(), upper.end(), [](char c) { return is_letter(c) || (c >= '0' && c <= '9') || c == '_'; }))
        return std::nullopt;
    return AgencyCode{std::move(upper)};
}

}  // namespace puente::identifiers
