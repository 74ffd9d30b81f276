#pragma once

#include <string_view>

namespace puente::codes {

/// Whether the bytes are UTF-8 without overlong forms, surrogates or characters past U+10FFFF. Source: RFC 3629.
bool is_utf8(std::string_view bytes);

}  // namespace puente::codes
