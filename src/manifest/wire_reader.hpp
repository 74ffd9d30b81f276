#pragma once

#include <string_view>

#include "manifest/faults.hpp"

namespace google::protobuf {
class Message;
class Struct;
}  // namespace google::protobuf

namespace puente::manifest {

/// Reads the binary form of protobuf onto a message, by the same plan and with the same checks as read_json. protobuf's own parser would take
/// unknown fields, merge repeated ones and build millions of empty messages before anybody can look. False when the bytes are not protobuf.
bool read_wire(std::string_view bytes, const DocumentLimits& limits, google::protobuf::Message& root, Faults& faults);

/// Reads a google.protobuf.Struct with the checks of read_json: no unknown fields, no value without a kind, finite numbers, no U+0000, no deeper
/// than the limit. False when the bytes are not a Struct.
bool read_struct(std::string_view bytes, std::size_t depth, std::size_t depth_max, const Place& place, google::protobuf::Struct& target,
                 Faults& faults);

}  // namespace puente::manifest
