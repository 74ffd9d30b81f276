#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace puente::rules {

/// Texts that a regular expression (RE2 syntax, as rules write it) finds something in: one for each way through its alternatives, at most a
/// few dozen. A class gives its first and last character, a repetition its fewest. Empty for syntax not known here.
std::vector<std::string> pattern_samples(std::string_view pattern);

}  // namespace puente::rules
