#pragma once

#include <string>

#include "api/routes.hpp"

namespace puente::api {

/// The {port} of the path. Errors: not_found (no port has such a code).
Result<std::string> port_of(const Visit& visit);

}  // namespace puente::api
