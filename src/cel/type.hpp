#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "puente/cel/program.hpp"
#include "puente/cel/value.hpp"

namespace puente::cel {

/// What a type is made of. `parameter` is a type variable: of a signature ("A") or of one use of it ("A%12").
enum class Of : std::uint8_t {
    dyn,
    null,
    boolean,
    integer,
    unsigned_integer,
    floating,
    string,
    bytes,
    timestamp,
    duration,
    list,       ///< inner[0]: element
    map,        ///< inner[0]: key, inner[1]: value
    message,    ///< descriptor
    type,       ///< inner[0]: the type denoted, if known
    wrapper,    ///< inner[0]: the primitive; or null. google.protobuf.Int64Value and its like
    parameter,  ///< name
};

class Type {
public:
    Of of = Of::dyn;
    std::vector<TypeRef> inner{};
    const google::protobuf::Descriptor* descriptor = nullptr;
    std::string name{};
};

TypeRef make_type(Of of, std::vector<TypeRef> inner = {});
TypeRef type_of_types(TypeRef denoted);
TypeRef parameter_type(std::string name);

bool same_type(const Type& left, const Type& right);

/// The type of a field as CEL sees it: enums are int, repeated fields lists, maps maps.
TypeRef field_type(const google::protobuf::FieldDescriptor& field);

/// Reads "map(A, list(string))"; a single capital letter is a type parameter. The text is the program's own: it is right.
TypeRef read_type(std::string_view text);

/// The kind of the values of a type, or nothing (false) when values of several kinds have it.
bool kind_of(const Type& type, Kind& kind);

/// The exact type of a value: list(int), or list(dyn) when the items differ.
TypeRef type_of_value(const Value& value);

}  // namespace puente::cel
