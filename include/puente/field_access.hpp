#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace google::protobuf {
class Message;
}

namespace puente {

/// What a field of the shared format holds.
enum class FieldShape : std::uint8_t { text, integer, boolean, message };

/// Direct access to one field of a generated protobuf class: no reflection, no look-up. The functions that do not fit the field's shape are
/// null. Made at build time from the descriptors (src/manifest/generate); bound once, when a decoder or a rule is set up.
struct FieldAccess {
    const char* message;         ///< full name of the message type, "puente.v1.Trip"
    const char* name;            ///< proto name, "trip_number"
    const char* json_name;       ///< JSON name, "tripNumber"
    const char* message_type;    ///< full name of the type held, for shape message; else null
    int number;                  ///< field number
    FieldShape shape;
    bool repeated;

    /// Singular message: set; text: not empty; integer, boolean: not zero; repeated: not empty.
    bool (*has)(const google::protobuf::Message&);
    /// Number of items of a repeated field; null for a singular one.
    int (*size)(const google::protobuf::Message&);
    /// Readers. `index` counts the items of a repeated field and is ignored for a singular one.
    std::string_view (*text)(const google::protobuf::Message&, int index);
    std::int64_t (*integer)(const google::protobuf::Message&, int index);
    bool (*boolean)(const google::protobuf::Message&, int index);
    const google::protobuf::Message& (*held)(const google::protobuf::Message&, int index);
    /// Writers. They set a singular field and append to a repeated one.
    void (*put_text)(google::protobuf::Message&, std::string_view);
    void (*put_integer)(google::protobuf::Message&, std::int64_t);
    google::protobuf::Message& (*open)(google::protobuf::Message&);
};

}  // namespace puente
