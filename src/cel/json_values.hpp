#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>

#include "cel/frame.hpp"

namespace puente::cel {

/// Reads a cel.expr.Value in the protobuf JSON mapping. Text, lists and maps go into the arena. Gives an error value when it is not one.
Value read_json_value(const nlohmann::json& json, Arena& arena);
/// Writes a value as a cel.expr.Value. False when it is too large or cannot be written; then `json` is a text that says why.
bool write_json_value(const Value& value, nlohmann::json& json);

}  // namespace puente::cel
