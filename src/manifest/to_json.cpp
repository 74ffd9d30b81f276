#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <vector>

#include "manifest/inside.hpp"
#include "manifest/plan.hpp"
#include "puente/manifest/manifest.hpp"

namespace puente::manifest {

namespace {

using google::protobuf::Message;
using google::protobuf::Struct;
using google::protobuf::Value;

void write_text(std::string_view text, std::string& out) {
    out += '"';
    for (const char character : text) {
        if (character == '"' || character == '\\') {
            out += '\\';
            out += character;
        } else if (static_cast<unsigned char>(character) < 0x20) {
            fmt::format_to(std::back_inserter(out), "\\u{:04x}", static_cast<unsigned>(character));
        } else {
            out += character;
        }
    }
    out += '"';
}

void write_value(const Value& value, std::string& out);

/// Names in the order of their bytes: a protobuf map has none, and the same manifest must give the same text.
void write_struct(const Struct& object, std::string& out) {
    std::vector<const std::string*> names;
    for (const auto& entry : object.fields()) names.push_back(&entry.first);
    std::sort(names.begin(), names.end(), [](const auto* left, const auto* right) { return *left < *right; });
    char before = '{';
    for (const std::string* name : names) {
        out += before;
        before = ',';
        write_text(*name, out);
        out += ':';
        write_value(object.fields().at(*name), out);
    }
    out += names.empty() ? "{}" : "}";
}

void write_value(const Value& value, std::string& out) {
    switch (value.kind_case()) {
        case Value::kStructValue:
            write_struct(value.struct_value(), out);
            return;
        case Value::kStringValue:
            write_text(value.string_value(), out);
            return;
        case Value::kBoolValue:
            out += value.bool_value() ? "true" : "false";
            return;
        case Value::kNumberValue:
            fmt::format_to(std::back_inserter(out), "{}", value.number_value());
            return;
        case Value::kListValue: {
            out += '[';
            for (int i = 0; i < value.list_value().values_size(); ++i) {
                if (i != 0) out += ',';
                write_value(value.list_value().values(i), out);
            }
            out += ']';
            return;
        }
        case Value::kNullValue:
        case Value::KIND_NOT_SET:
            out += "null";
            return;
    }
}

void write_message(const Message& message, const MessagePlan& plan, std::string& out);

void write_item(const Message& message, const FieldPlan& field, int index, std::string& out) {
    switch (field.access->shape) {
        case FieldShape::text:
            write_text(field.access->text(message, index), out);
            return;
        case FieldShape::integer:
            out += std::to_string(field.access->integer(message, index));
            return;
        case FieldShape::boolean:
            out += field.access->boolean(message, index) ? "true" : "false";
            return;
        case FieldShape::message:
            break;
    }
    const Message& held = field.access->held(message, index);
    if (field.held != nullptr) {
        write_message(held, *field.held, out);
    } else {
        write_struct(static_cast<const Struct&>(held), out);
    }
}

void write_message(const Message& message, const MessagePlan& plan, std::string& out) {
    out += '{';
    const std::size_t first = out.size();
    for (const FieldPlan& field : plan.fields()) {
        // A zero that must be there is written, though proto3 has no presence for it.
        const bool required_zero = field.format->required && field.access->shape == FieldShape::integer;
        if (!field.access->has(message) && !required_zero) continue;
        if (out.size() != first) out += ',';
        write_text(field.name, out);
        out += ':';
        if (!field.access->repeated) {
            write_item(message, field, 0, out);
            continue;
        }
        out += '[';
        for (int i = 0; i < field.access->size(message); ++i) {
            if (i != 0) out += ',';
            write_item(message, field, i, out);
        }
        out += ']';
    }
    out += '}';
}

}  // namespace

std::string to_json(const Manifest& manifest) {
    if (manifest.encoding() == Encoding::json) return manifest.bytes();
    std::string out;
    out.reserve(2 * manifest.bytes().size());
    write_message(manifest.message(), manifest_plan(), out);
    return out;
}

}  // namespace puente::manifest
