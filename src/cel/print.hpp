#pragma once

#include <string>

#include "puente/cel/program.hpp"

namespace puente::cel {

/// The shortest text that reads back as the same double, as string() gives it: fixed, or with an exponent below 1e-4 and from 1e21 on.
std::string double_text(double number);

/// Text in double quotes with CEL's escapes; bytes that are not UTF-8 become U+FFFD.
std::string quoted(std::string_view text);

}  // namespace puente::cel
