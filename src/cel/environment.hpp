#pragma once

#include <map>
#include <string>
#include <unordered_map>
#include <vector>

#include "cel/type.hpp"

namespace puente::cel {

struct Variable {
    std::size_t slot;
    TypeRef type;
};

/// One form of an extension function.
struct Extension {
    std::string name;
    std::vector<TypeRef> arguments;
    TypeRef result;
    Function function;
    std::uint32_t cost;
};

struct Environment::Inside {
    std::map<std::string, Variable, std::less<>> variables;
    std::map<std::string, std::vector<std::shared_ptr<const Extension>>, std::less<>> functions;
    std::unordered_map<std::string, const FieldAccess*> fields;  ///< by "puente.v1.Trip/7"

    /// The direct accessor of a field, or null.
    const FieldAccess* access_of(const google::protobuf::FieldDescriptor& field) const;
};

/// The name among `known` that a typist may have meant, as "; did you mean 'x'?", or nothing.
std::string suggestion(std::string_view name, const std::vector<std::string>& known);

}  // namespace puente::cel
