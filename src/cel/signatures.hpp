#pragma once

#include <map>
#include <string>
#include <vector>

#include "cel/type.hpp"

namespace puente::cel {

/// One form of a function: what it takes and gives. Type parameters are capital letters.
struct Signature {
    std::string text;  ///< as a reader would write it
    std::vector<TypeRef> arguments;
    TypeRef result;
};

/// The forms of a function of CEL and its strings extension; of a member function, with a dot before the name (".contains"). Null when unknown.
const std::vector<Signature>* standard_signatures(std::string_view name);
/// The names that standard_signatures() knows, operators left out.
const std::vector<std::string>& standard_names();

}  // namespace puente::cel
