#pragma once

#include <google/protobuf/descriptor.h>

#include <algorithm>
#include <cstdint>
#include <limits>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "puente/v1/format.pb.h"

namespace puente::generate {

/// Every message of this package that a manifest or its facts can hold, by full name.
using Messages = std::map<std::string, const google::protobuf::Descriptor*>;

inline bool is_ours(const google::protobuf::Descriptor& message) {
    return message.file()->package() == "puente.v1";
}

inline void collect(const google::protobuf::Descriptor& message, Messages& into) {
    if (!is_ours(message) || !into.emplace(message.full_name(), &message).second) return;
    for (int i = 0; i < message.field_count(); ++i) {
        if (message.field(i)->message_type() != nullptr) collect(*message.field(i)->message_type(), into);
    }
}

inline std::vector<const google::protobuf::FieldDescriptor*> by_number(const google::protobuf::Descriptor& message) {
    std::vector<const google::protobuf::FieldDescriptor*> fields;
    for (int i = 0; i < message.field_count(); ++i) fields.push_back(message.field(i));
    std::sort(fields.begin(), fields.end(), [](const auto* left, const auto* right) { return left->number() < right->number(); });
    return fields;
}

/// The option of a field with its defaults (format.proto) filled in.
inline v1::Format format_of(const google::protobuf::FieldDescriptor& field) {
    // The descriptors were read from a file into a pool that does not know the extension: reading the options again makes it known.
    google::protobuf::FieldOptions options;
    options.ParseFromString(field.options().SerializeAsString());
    v1::Format format = options.GetExtension(v1::format);
    if (format.min_length() == 0) format.set_min_length(1);
    if (format.max_length() == 0) format.set_max_length(254);
    if (format.max_items() == 0) format.set_max_items(9999);
    if (format.minimum() == 0 && format.maximum() == 0) {
        format.set_minimum(std::numeric_limits<std::int32_t>::min());
        format.set_maximum(std::numeric_limits<std::int32_t>::max());
    }
    if (field.is_repeated() && format.required() && format.min_items() == 0) format.set_min_items(1);
    return format;
}

/// What protoc calls the accessor of a field: lower case, and an underscore after a C++ keyword.
inline std::string accessor(const google::protobuf::FieldDescriptor& field) {
    static const std::set<std::string_view> keywords = {
        "and",    "auto",     "bool",    "break",    "case",     "catch",     "char",   "class",   "const",    "continue", "default", "delete",
        "do",     "double",   "else",    "enum",     "explicit", "export",    "extern", "false",   "float",    "for",      "friend",  "goto",
        "if",     "inline",   "int",     "long",     "mutable",  "namespace", "new",    "not",     "operator", "or",       "private", "protected",
        "public", "register", "return",  "short",    "signed",   "sizeof",    "static", "struct",  "switch",   "template", "this",    "throw",
        "true",   "try",      "typedef", "typename", "union",    "unsigned",  "using",  "virtual", "void",     "volatile", "while",   "xor"};
    std::string name = field.lowercase_name();
    if (keywords.count(name) != 0) name += '_';
    return name;
}

/// "puente.v1.Trip" is "::puente::v1::Trip".
inline std::string class_name(const google::protobuf::Descriptor& message) {
    std::string name = "::";
    for (const char character : message.full_name()) {
        if (character == '.') {
            name += "::";
        } else {
            name += character;
        }
    }
    return name;
}

}  // namespace puente::generate
