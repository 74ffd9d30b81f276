#pragma once

#include <fmt/format.h>
#include <google/protobuf/descriptor.h>

#include <stdexcept>
#include <string>

#include "generate_names.hpp"

namespace puente::generate {

using google::protobuf::FieldDescriptor;

inline const char* shape_of(const FieldDescriptor& field) {
    switch (field.cpp_type()) {
        case FieldDescriptor::CPPTYPE_STRING:
            return "text";
        case FieldDescriptor::CPPTYPE_INT32:
        case FieldDescriptor::CPPTYPE_INT64:
            return "integer";
        case FieldDescriptor::CPPTYPE_BOOL:
            return "boolean";
        case FieldDescriptor::CPPTYPE_MESSAGE:
            return "message";
        default:
            throw std::runtime_error{field.full_name() + ": a type that the field table does not know"};
    }
}

/// The body of `has`: proto3 leaves out what is empty or zero.
inline std::string presence(const FieldDescriptor& field, const std::string& self) {
    const std::string name = accessor(field);
    if (field.is_repeated()) return fmt::format("{}.{}_size() != 0", self, name);
    if (field.cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE) return fmt::format("{}.has_{}()", self, name);
    if (field.cpp_type() == FieldDescriptor::CPPTYPE_STRING) return fmt::format("!{}.{}().empty()", self, name);
    if (field.cpp_type() == FieldDescriptor::CPPTYPE_BOOL) return fmt::format("{}.{}()", self, name);
    return fmt::format("{}.{}() != 0", self, name);
}

/// One row of the table of FieldAccess.
inline std::string access_row(const FieldDescriptor& field) {
    const std::string type = class_name(*field.containing_type());
    const std::string reader = fmt::format("as<{}>(m)", type);
    const std::string writer = fmt::format("as<{}>(m)", type);
    const std::string name = accessor(field);
    const std::string shape = shape_of(field);
    const bool repeated = field.is_repeated();
    const std::string index = repeated ? "i" : "";
    const std::string index_parameter = repeated ? "int i" : "int";
    const std::string verb = repeated ? "add_" : "set_";
    const auto when = [&](std::string_view wanted, const std::string& code) { return shape == wanted ? code : std::string{"nullptr"}; };
    const auto read = [&](std::string_view wanted, const char* result) {
        return when(wanted, fmt::format("[](const Message& m, {}) -> {} {{ return {}.{}({}); }}", index_parameter, result, reader, name, index));
    };
    const char* const width = field.cpp_type() == FieldDescriptor::CPPTYPE_INT32 ? "std::int32_t" : "std::int64_t";
    std::string row = fmt::format("    {{\"{}\", \"{}\", \"{}\", {}, {}, FieldShape::{}, {},\n", field.containing_type()->full_name(), field.name(),
                                  field.json_name(), shape == "message" ? fmt::format("\"{}\"", field.message_type()->full_name()) : "nullptr",
                                  field.number(), shape, repeated);
    row += fmt::format("     [](const Message& m) -> bool {{ return {}; }},\n", presence(field, reader));
    row += fmt::format("     {},\n", repeated ? fmt::format("[](const Message& m) -> int {{ return {}.{}_size(); }}", reader, name) : "nullptr");
    row += fmt::format("     {},\n     {},\n     {},\n     {},\n", read("text", "std::string_view"), read("integer", "std::int64_t"),
                       read("boolean", "bool"), read("message", "const Message&"));
    row += fmt::format("     {},\n",
                       when("text", fmt::format("[](Message& m, std::string_view v) {{ {}.{}{}(v.data(), v.size()); }}", writer, verb, name)));
    row += fmt::format("     {},\n",
                       when("integer", fmt::format("[](Message& m, std::int64_t v) {{ {}.{}{}(static_cast<{}>(v)); }}", writer, verb, name, width)));
    row += fmt::format("     {}}},\n", when("message", fmt::format("[](Message& m) -> Message& {{ return *{}.{}{}(); }}", writer,
                                                                   repeated ? "add_" : "mutable_", name)));
    return row;
}

/// A bound as C++: the smallest int has no literal of its own.
inline std::string bound(std::int32_t value) {
    if (value == std::numeric_limits<std::int32_t>::min()) return "std::numeric_limits<std::int32_t>::min()";
    return std::to_string(value);
}

/// One row of the table of FieldFormat, beside access_row.
inline std::string format_row(const FieldDescriptor& field) {
    static constexpr const char* forms[] = {"text", "decimal", "date", "date_time", "uuid"};
    const v1::Format format = format_of(field);
    return fmt::format("    {{{}, TextForm::{}, {}, {}, {}, {}, {}, {}, {}}},  // {}.{}\n", format.required(), forms[format.kind()],
                       format.min_length(), format.max_length(), format.min_items(), format.max_items(), format.decimals(), bound(format.minimum()),
                       bound(format.maximum()), field.containing_type()->name(), field.name());
}

}  // namespace puente::generate
