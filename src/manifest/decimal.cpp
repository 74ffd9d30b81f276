#include "puente/manifest/decimal.hpp"

#include <limits>

namespace puente::manifest {

namespace {

constexpr std::int64_t most = std::numeric_limits<std::int64_t>::max();

bool is_digit(char character) {
    return character >= '0' && character <= '9';
}

/// Appends a digit to `value`; false when it no longer fits.
bool append(std::int64_t& value, int digit) {
    if (value > (most - digit) / 10) return false;
    value = value * 10 + digit;
    return true;
}

}  // namespace

std::optional<std::int64_t> scaled(std::string_view text, int places) {
    std::int64_t value = 0;
    std::size_t at = 0;
    for (; at < text.size() && is_digit(text[at]); ++at) {
        if (!append(value, text[at] - '0')) return std::nullopt;
    }
    if (at == 0 || (at > 1 && text[0] == '0')) return std::nullopt;
    if (at < text.size()) {
        if (text[at] != '.' || ++at == text.size()) return std::nullopt;
        for (; at < text.size(); ++at, --places) {
            if (!is_digit(text[at]) || places == 0 || !append(value, text[at] - '0')) return std::nullopt;
        }
    }
    for (; places > 0; --places) {
        if (!append(value, 0)) return std::nullopt;
    }
    return value;
}

}  // namespace puente::manifest
