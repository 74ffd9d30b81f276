#include "cel/type.hpp"

#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>

#include <array>
#include <utility>

namespace puente::cel {

namespace {

namespace pb = google::protobuf;

struct Named {
    const char* name;
    Of of;
};
constexpr std::array plain_types = {
    Named{"dyn",       Of::dyn             },
    Named{"null_type", Of::null            },
    Named{"bool",      Of::boolean         },
    Named{"int",       Of::integer         },
    Named{"uint",      Of::unsigned_integer},
    Named{"double",    Of::floating        },
    Named{"string",    Of::string          },
    Named{"bytes",     Of::bytes           },
    Named{"timestamp", Of::timestamp       },
    Named{"duration",  Of::duration        },
};

/// The protobuf messages that CEL reads as values of its own (langdef.md, "Dynamic Values" and "Protocol Buffer Data Conversion").
TypeRef well_known_type(std::string_view name) {
    static const std::array<std::pair<std::string_view, TypeRef>, 14> known = {
        {
         {"google.protobuf.Timestamp", timestamp_type()},
         {"google.protobuf.Duration", duration_type()},
         {"google.protobuf.Struct", map_type(string_type(), dyn_type())},
         {"google.protobuf.Value", dyn_type()},
         {"google.protobuf.ListValue", list_type(dyn_type())},
         {"google.protobuf.BoolValue", make_type(Of::wrapper, {boolean_type()})},
         {"google.protobuf.Int32Value", make_type(Of::wrapper, {integer_type()})},
         {"google.protobuf.Int64Value", make_type(Of::wrapper, {integer_type()})},
         {"google.protobuf.UInt32Value", make_type(Of::wrapper, {unsigned_type()})},
         {"google.protobuf.UInt64Value", make_type(Of::wrapper, {unsigned_type()})},
         {"google.protobuf.FloatValue", make_type(Of::wrapper, {double_type()})},
         {"google.protobuf.DoubleValue", make_type(Of::wrapper, {double_type()})},
         {"google.protobuf.StringValue", make_type(Of::wrapper, {string_type()})},
         {"google.protobuf.BytesValue", make_type(Of::wrapper, {bytes_type()})},
         }
    };
    for (const auto& [full_name, type] : known)
        if (full_name == name) return type;
    return nullptr;
}

TypeRef plain(Of of) {
    static const std::array<TypeRef, plain_types.size()> made = [] {
        std::array<TypeRef, plain_types.size()> all;
        for (std::size_t i = 0; i < all.size(); ++i) all[i] = make_type(static_cast<Of>(i));
        return all;
    }();
    return made[static_cast<std::size_t>(of)];
}

TypeRef scalar_type(const pb::FieldDescriptor& field) {
    switch (field.cpp_type()) {
        case pb::FieldDescriptor::CPPTYPE_BOOL:
            return boolean_type();
        case pb::FieldDescriptor::CPPTYPE_INT32:
        case pb::FieldDescriptor::CPPTYPE_INT64:
        case pb::FieldDescriptor::CPPTYPE_ENUM:
            if (field.enum_type() != nullptr && field.enum_type()->full_name() == "google.protobuf.NullValue") return null_type();
            return integer_type();
        case pb::FieldDescriptor::CPPTYPE_UINT32:
        case pb::FieldDescriptor::CPPTYPE_UINT64:
            return unsigned_type();
        case pb::FieldDescriptor::CPPTYPE_FLOAT:
        case pb::FieldDescriptor::CPPTYPE_DOUBLE:
            return double_type();
        case pb::FieldDescriptor::CPPTYPE_STRING:
            return field.type() == pb::FieldDescriptor::TYPE_BYTES ? bytes_type() : string_type();
        case pb::FieldDescriptor::CPPTYPE_MESSAGE:
            return message_type(*field.message_type());
    }
    return dyn_type();
}

TypeRef read_type_from(std::string_view& text) {
    while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
    const std::size_t length = std::min(text.find_first_of("(), "), text.size());
    const std::string_view name = text.substr(0, length);
    text.remove_prefix(length);
    std::vector<TypeRef> inner;
    if (!text.empty() && text.front() == '(') {
        while (!text.empty() && text.front() != ')') {
            text.remove_prefix(1);
            inner.push_back(read_type_from(text));
        }
        if (!text.empty()) text.remove_prefix(1);
    }
    for (const Named& each : plain_types)
        if (name == each.name) return plain(each.of);
    if (name == "list") return make_type(Of::list, std::move(inner));
    if (name == "map") return make_type(Of::map, std::move(inner));
    if (name == "type") return make_type(Of::type, std::move(inner));
    return parameter_type(std::string{name});
}

}  // namespace

TypeRef make_type(Of of, std::vector<TypeRef> inner) {
    auto type = std::make_shared<Type>();
    type->of = of;
    type->inner = std::move(inner);
    return type;
}

TypeRef dyn_type() {
    return plain(Of::dyn);
}
TypeRef null_type() {
    return plain(Of::null);
}
TypeRef boolean_type() {
    return plain(Of::boolean);
}
TypeRef integer_type() {
    return plain(Of::integer);
}
TypeRef unsigned_type() {
    return plain(Of::unsigned_integer);
}
TypeRef double_type() {
    return plain(Of::floating);
}
TypeRef string_type() {
    return plain(Of::string);
}
TypeRef bytes_type() {
    return plain(Of::bytes);
}
TypeRef timestamp_type() {
    return plain(Of::timestamp);
}
TypeRef duration_type() {
    return plain(Of::duration);
}
TypeRef list_type(TypeRef element) {
    return make_type(Of::list, {std::move(element)});
}
TypeRef map_type(TypeRef key, TypeRef value) {
    return make_type(Of::map, {std::move(key), std::move(value)});
}
TypeRef type_of_types(TypeRef denoted) {
    return make_type(Of::type, {std::move(denoted)});
}

TypeRef parameter_type(std::string name) {
    auto type = std::make_shared<Type>();
    type->of = Of::parameter;
    type->name = std::move(name);
    return type;
}

TypeRef message_type(const pb::Descriptor& descriptor) {
    if (TypeRef known = well_known_type(descriptor.full_name())) return known;
    auto type = std::make_shared<Type>();
    type->of = Of::message;
    type->descriptor = &descriptor;
    return type;
}

TypeRef field_type(const pb::FieldDescriptor& field) {
    if (field.is_map()) return map_type(scalar_type(*field.message_type()->map_key()), scalar_type(*field.message_type()->map_value()));
    return field.is_repeated() ? list_type(scalar_type(field)) : scalar_type(field);
}

bool same_type(const Type& left, const Type& right) {
    if (&left == &right) return true;
    if (left.of != right.of || left.descriptor != right.descriptor || left.name != right.name || left.inner.size() != right.inner.size())
        return false;
    for (std::size_t i = 0; i < left.inner.size(); ++i)
        if (!same_type(*left.inner[i], *right.inner[i])) return false;
    return true;
}

TypeRef read_type(std::string_view text) {
    return read_type_from(text);
}

std::string to_text(const Type& type) {
    switch (type.of) {
        case Of::message:
            return type.descriptor->full_name();
        case Of::timestamp:
            return "google.protobuf.Timestamp";
        case Of::duration:
            return "google.protobuf.Duration";
        case Of::parameter:
            return type.name.substr(0, type.name.find('%'));
        case Of::list:
            return "list(" + to_text(*type.inner[0]) + ")";
        case Of::map:
            return "map(" + to_text(*type.inner[0]) + ", " + to_text(*type.inner[1]) + ")";
        case Of::type:
            return type.inner.empty() ? "type" : "type(" + to_text(*type.inner[0]) + ")";
        case Of::wrapper:
            return "wrapper(" + to_text(*type.inner[0]) + ")";
        default:
            return plain_types[static_cast<std::size_t>(type.of)].name;
    }
}

TypeRef element_of(const Type& type) {
    return type.of == Of::list ? type.inner[0] : nullptr;
}

bool kind_of(const Type& type, Kind& kind) {
    switch (type.of) {
        case Of::null:
            kind = Kind::null;
            return true;
        case Of::boolean:
            kind = Kind::boolean;
            return true;
        case Of::integer:
            kind = Kind::integer;
            return true;
        case Of::unsigned_integer:
            kind = Kind::unsigned_integer;
            return true;
        case Of::floating:
            kind = Kind::floating;
            return true;
        case Of::string:
            kind = Kind::string;
            return true;
        case Of::bytes:
            kind = Kind::bytes;
            return true;
        case Of::timestamp:
            kind = Kind::timestamp;
            return true;
        case Of::duration:
            kind = Kind::duration;
            return true;
        case Of::list:
            kind = Kind::list;
            return true;
        case Of::map:
            kind = Kind::map;
            return true;
        case Of::message:
            kind = Kind::message;
            return true;
        case Of::type:
            kind = Kind::type;
            return true;
        default:
            return false;
    }
}

namespace {

TypeRef common_type(const TypeRef& known, const Value& next) {
    TypeRef type = type_of_value(next);
    return known == nullptr || same_type(*known, *type) ? type : dyn_type();
}

}  // namespace

TypeRef type_of_value(const Value& value) {
    switch (value.kind()) {
        case Kind::null:
            return null_type();
        case Kind::boolean:
            return boolean_type();
        case Kind::integer:
            return integer_type();
        case Kind::unsigned_integer:
            return unsigned_type();
        case Kind::floating:
            return double_type();
        case Kind::string:
            return string_type();
        case Kind::bytes:
            return bytes_type();
        case Kind::timestamp:
            return timestamp_type();
        case Kind::duration:
            return duration_type();
        case Kind::type:
            return type_of_types(dyn_type());
        case Kind::message:
            return message_type(*value.as_message().GetDescriptor());
        case Kind::list: {
            TypeRef element;
            for (std::size_t i = 0; i < value.as_list().size(); ++i) element = common_type(element, value.as_list().at(i));
            return list_type(element == nullptr ? dyn_type() : element);
        }
        case Kind::map: {
            TypeRef key;
            TypeRef held;
            for (std::size_t i = 0; i < value.as_map().size(); ++i) {
                key = common_type(key, value.as_map().key_at(i));
                held = common_type(held, value.as_map().value_at(i));
            }
            return map_type(key == nullptr ? dyn_type() : key, held == nullptr ? dyn_type() : held);
        }
        case Kind::error:
            break;
    }
    return dyn_type();
}

}  // namespace puente::cel
