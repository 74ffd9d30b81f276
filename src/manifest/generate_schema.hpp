#pragma once

#include <fmt/format.h>
#include <google/protobuf/descriptor.h>

#include <nlohmann/json.hpp>
#include <string>

#include "generate_names.hpp"

namespace puente::generate {

using Json = nlohmann::ordered_json;

inline std::string on_one_line(const std::string& comment) {
    std::string text;
    for (const char character : comment) {
        if (character != '\n') {
            text += character;
        } else if (!text.empty()) {
            text += ' ';
        }
    }
    const std::size_t first = text.find_first_not_of(' ');
    if (first == std::string::npos) return {};
    std::string trimmed = text.substr(first, text.find_last_not_of(' ') - first + 1);
    for (std::size_t at = trimmed.find("  "); at != std::string::npos; at = trimmed.find("  ")) trimmed.erase(at, 1);
    return trimmed;
}

template <class Descriptor>
std::string comment_of(const Descriptor& descriptor) {
    google::protobuf::SourceLocation location;
    if (!descriptor.GetSourceLocation(&location)) return {};
    return on_one_line(location.leading_comments.empty() ? location.trailing_comments : location.leading_comments);
}

/// The first sentence of a comment is the title, the whole of it the description.
inline void add_comment(Json& schema, const std::string& comment) {
    if (comment.empty()) throw std::runtime_error{"a message or field without a comment"};
    const std::size_t end = comment.find(". ");
    const std::string first = comment.substr(0, end);
    schema["title"] = first.back() == '.' ? first.substr(0, first.size() - 1) : first;
    schema["description"] = comment;
}

inline void add_text_form(Json& schema, const v1::Format& format) {
    schema["type"] = "string";
    schema["minLength"] = format.min_length();
    schema["maxLength"] = format.max_length();
    switch (format.kind()) {
        case v1::DECIMAL:
            schema["type"] = {"string", "number"};
            schema["pattern"] = fmt::format("^(0|[1-9][0-9]*)(\\.[0-9]{{1,{}}})?$", format.decimals());
            schema["minimum"] = 0;
            schema["$comment"] =
                "A string is the form to send. A JSON number is accepted too, when it is written without sign and exponent and its digits fit the "
                "pattern.";
            break;
        case v1::DATE:
            schema["format"] = "date";
            schema["pattern"] = "^[0-9]{4}-[0-9]{2}-[0-9]{2}$";
            break;
        case v1::DATE_TIME:
            schema["format"] = "date-time";
            schema["pattern"] = "^[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt][0-9]{2}:[0-9]{2}:[0-9]{2}(\\.[0-9]{1,9})?([Zz]|[+-][0-9]{2}:[0-9]{2})$";
            break;
        case v1::UUID:
            schema["format"] = "uuid";
            schema["pattern"] = "^[0-9A-Fa-f]{8}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{12}$";
            break;
        default:
            // No control characters (Unicode Cc), and no white space first or last.
            schema["pattern"] = "^[^\\s\\u0000-\\u001f\\u007f-\\u009f]([^\\u0000-\\u001f\\u007f-\\u009f]*[^\\s\\u0000-\\u001f\\u007f-\\u009f])?$";
    }
}

/// One item of a field: a list's items, or the field itself.
inline Json item_schema(const google::protobuf::FieldDescriptor& field, const v1::Format& format) {
    Json schema;
    switch (field.cpp_type()) {
        case google::protobuf::FieldDescriptor::CPPTYPE_STRING:
            add_text_form(schema, format);
            break;
        case google::protobuf::FieldDescriptor::CPPTYPE_INT32:
            schema["type"] = "integer";
            schema["minimum"] = format.minimum();
            schema["maximum"] = format.maximum();
            break;
        case google::protobuf::FieldDescriptor::CPPTYPE_MESSAGE:
            if (is_ours(*field.message_type())) {
                schema["$ref"] = "#/$defs/" + field.message_type()->name();
            } else {
                schema["type"] = "object";
            }
            break;
        default:
            throw std::runtime_error{field.full_name() + ": a type that the JSON Schema does not know"};
    }
    return schema;
}

inline Json field_schema(const google::protobuf::FieldDescriptor& field) {
    const v1::Format format = format_of(field);
    Json schema;
    add_comment(schema, comment_of(field));
    if (!field.is_repeated()) {
        schema.update(item_schema(field, format));
        return schema;
    }
    schema["type"] = "array";
    schema["minItems"] = format.min_items();
    schema["maxItems"] = format.max_items();
    schema["items"] = item_schema(field, format);
    return schema;
}

inline Json message_schema(const google::protobuf::Descriptor& message) {
    Json schema;
    add_comment(schema, comment_of(message));
    schema["type"] = "object";
    schema["additionalProperties"] = false;
    schema["required"] = Json::array();
    for (const auto* field : by_number(message)) {
        if (format_of(*field).required()) schema["required"].push_back(field->json_name());
        schema["properties"][field->json_name()] = field_schema(*field);
    }
    return schema;
}

/// The whole schema: the manifest itself, and every message it holds under $defs.
inline std::string schema_text(const google::protobuf::Descriptor& root) {
    Json schema;
    schema["$schema"] = "https://json-schema.org/draft/2020-12/schema";
    schema["$id"] = "https://puente.example/schemas/manifest.json";
    schema.update(message_schema(root));
    Messages held;
    collect(root, held);
    held.erase(root.full_name());
    for (const auto& [name, message] : held) schema["$defs"][message->name()] = message_schema(*message);
    return schema.dump(1) + "\n";
}

}  // namespace puente::generate
