#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "rules/neighbours.hpp"

namespace puente::rules {

/// The constants a text is compared with, also as its beginning, its end and one step below.
std::vector<std::string> compared_texts(const std::string& text, const std::vector<std::string>& constants);

/// Texts one character off: dropped, added, swapped, in the other case, from another alphabet.
std::vector<std::string> malformed_texts(const std::string& text);

/// The text cut or filled up to the sizes named and one off.
std::vector<std::string> resized_texts(const std::string& text, const std::vector<std::int64_t>& sizes);

/// A day or a moment moved: by one step, and around the arrival, the fields compared with it and the spans named. Nothing for other text.
std::vector<std::string> moved_times(const std::string& text, const Neighbourhood& around);

/// A decimal moved by its smallest unit, to and by the numbers named, and around the fields compared with it. Nothing for other text.
std::vector<std::string> moved_decimals(const std::string& text, const Neighbourhood& around);

}  // namespace puente::rules
