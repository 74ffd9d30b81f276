#pragma once

#include <cstdint>
#include <optional>

#include "puente/net/message.hpp"
#include "puente/result.hpp"

namespace puente::api {

/// A whole number in the query; nothing when it is not given. Errors: malformed (none, or outside its range).
Result<std::optional<std::int64_t>> query_number(const net::Request& request, const char* name, std::int64_t least, std::int64_t most);

}  // namespace puente::api
