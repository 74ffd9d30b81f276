#pragma once

#include <initializer_list>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>

#include "puente/result.hpp"

namespace puente::api {

/// The largest body of a usual request.
inline constexpr std::size_t small_body_max = 64 * 1024;

/// Reads a JSON object with these members at most. Errors: malformed (not JSON, not an object, a member twice, unknown, nested too deep, larger
/// than `bytes_max`).
Result<nlohmann::json> read_object(std::string_view body, std::initializer_list<std::string_view> members, std::size_t bytes_max = small_body_max);

}  // namespace puente::api
