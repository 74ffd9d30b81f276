#pragma once

#include <span>
#include <string>
#include <string_view>

namespace puente::rules {

/// The known word most like the one written, when it is like enough to be a slip; else empty.
std::string_view nearest(std::string_view written, std::span<const std::string_view> known);

}  // namespace puente::rules
