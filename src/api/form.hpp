#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace puente::api {

/// One text of application/x-www-form-urlencoded: '+' is a blank, %XX an octet. Nothing when an escape is broken or a NUL comes out.
std::optional<std::string> decode_form_text(std::string_view text);

/// A form. Nothing when it is malformed, or a name stands twice (RFC 6749 3.2).
std::optional<std::map<std::string, std::string>> decode_form(std::string_view body);

}  // namespace puente::api
