#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "puente/rules/rule.hpp"

namespace puente::rules {

/// Something that must not be false where a rule finds fault.
struct Condition {
    enum class Cause : std::uint8_t {
        when,         ///< it is a part of `when` between two &&
        assertion,    ///< the opposite of a part of `assert` between two ||, which asks for it again
        filled_list,  ///< such a part speaks of each item of a list: it cannot be false unless there are some
    };
    std::string text;
    std::size_t depth;  ///< how many of the rule's loops it needs, for the variables it names
    Cause cause;
};

/// All that can be read off `when` and `assert`.
std::vector<Condition> conditions_of(const Rule& rule);

}  // namespace puente::rules
