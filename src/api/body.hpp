#pragma once

#include <initializer_list>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>

#include "puente/result.hpp"

namespace puente::api {

/// Reads a small JSON object with these members at most. Errors: malformed (not JSON, not an object, a member twice, unknown, nested too deep).
Result<nlohmann::json> read_object(std::string_view body, std::initializer_list<std::string_view> members);

}  // namespace puente::api
