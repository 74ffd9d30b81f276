#pragma once

#include <string_view>

#include "cel/frame.hpp"

namespace google::protobuf {
class Descriptor;
class FieldDescriptor;
}  // namespace google::protobuf

namespace puente::cel {

/// The field of that JSON or proto name, or null.
const google::protobuf::FieldDescriptor* find_field(const google::protobuf::Descriptor& message, std::string_view name);

/// Reads any field by reflection, as CEL sees it; an unset one gives its default. Lists and maps are views of the message.
Value read_field(const google::protobuf::Message& message, const google::protobuf::FieldDescriptor& field, Arena& arena);

/// What has() says of a field: as FieldAccess::has.
bool has_field(const google::protobuf::Message& message, const google::protobuf::FieldDescriptor& field);

/// A message as a value: Timestamp, Duration, Struct, Value, ListValue and the wrappers become what they stand for.
Value message_value(const google::protobuf::Message& message, Arena& arena);

}  // namespace puente::cel
