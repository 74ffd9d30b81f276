#pragma once

// simdjson's own checks of its caller are for its debugging; they would end the process where an error is wanted.
#ifndef SIMDJSON_DEVELOPMENT_CHECKS
#define SIMDJSON_DEVELOPMENT_CHECKS 0
#endif
#include <simdjson.h>

#include <string>
#include <string_view>

#include "manifest/fault_texts.hpp"
#include "manifest/json_token.hpp"

namespace puente::manifest {

/// A value that was met but not yet read: its kind, and its token as it stands in the document (of an object or list: the bracket).
struct Token {
    JsonKind kind;
    std::string_view raw;
};

/// Looks at a value without reading it. On-Demand is lazy: it never checks what nobody asks for. So every scalar is checked here against RFC 8259,
/// in full. False when it is not a JSON value.
bool look_at(simdjson::ondemand::value& value, Token& token);

/// A text without its quotes, with its escapes replaced. The result looks into the document or into `room`. Strings must be read this way before
/// the next value is asked for: simdjson mistakes an unread string that a colon follows for a name.
struct Text {
    std::string_view text;
    TextState state;
};
bool read_text(simdjson::ondemand::value& value, const Token& token, std::string& room, Text& text);

/// The name of a field, likewise.
bool read_name(simdjson::ondemand::field& field, std::string& room, Text& name);

}  // namespace puente::manifest
