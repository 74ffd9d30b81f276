#pragma once

#include <optional>
#include <string_view>

#include "manifest/faults.hpp"

namespace puente::manifest {

/// Where a document stops being JSON (RFC 8259) in UTF-8 without NUL bytes and byte order mark; nothing when it is. Reads byte by byte and does
/// not recurse: it explains a refusal, the fast reader of json_reader.hpp makes it.
std::optional<Said> broken_at(std::string_view document);

}  // namespace puente::manifest
