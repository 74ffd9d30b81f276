#pragma once

#include <string>
#include <string_view>

namespace puente::cel {

/// Evaluates one line of `puente cel`: {"expr": text, "bindings": {name: cel.expr.Value}, "disable_check": bool} in JSON.
/// Gives {"value": cel.expr.Value} or {"error": text}, in JSON, without a line end. Never throws.
std::string evaluate_line(std::string_view line);

}  // namespace puente::cel
