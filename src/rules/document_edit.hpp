#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "rules/reads.hpp"

namespace puente::rules {

/// A place in one document: like a FieldPath, with positions instead of "*".
using Place = std::vector<std::string>;

/// The places that a path means in a document: at most `places_max`. A field that is absent is a place too when its list item is there.
/// Items at `favoured` pointers (where a rule found fault) come first, then the first and the last item of each list.
std::vector<Place> places_of(const FieldPath& path, const nlohmann::json& document, const std::vector<std::string>& favoured, std::size_t places_max);

/// What stands at a place; null when nothing does.
const nlohmann::json* value_at(const nlohmann::json& document, const Place& place);

/// What stands in the same field of the other items of the innermost list around a place.
std::vector<const nlohmann::json*> siblings_of(const nlohmann::json& document, const Place& place, const FieldPath& path);

/// Writes a value, making the objects on the way; a null value removes what is there.
void put(nlohmann::json& document, const Place& place, const nlohmann::json& value);

/// The patch, in the dialect of `patched`, that makes `target` of `source`.
nlohmann::json difference(const nlohmann::json& source, const nlohmann::json& target);

}  // namespace puente::rules
