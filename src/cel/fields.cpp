#include "cel/fields.hpp"

#include <google/protobuf/descriptor.h>
#include <google/protobuf/duration.pb.h>
#include <google/protobuf/message.h>
#include <google/protobuf/timestamp.pb.h>

#include <string>

#include "cel/time.hpp"

namespace puente::cel {

namespace {

namespace pb = google::protobuf;
using Field = pb::FieldDescriptor;

Value read_item(const pb::Message& message, const Field& field, int index, Arena& arena);

/// A repeated field read by reflection.
class FieldList final : public List {
public:
    FieldList(const pb::Message& message, const Field& field, Arena& arena) : message_{message}, field_{field}, arena_{arena} {}
    std::size_t size() const override { return static_cast<std::size_t>(message_.GetReflection()->FieldSize(message_, &field_)); }
    Value at(std::size_t index) const override { return read_item(message_, field_, static_cast<int>(index), arena_); }

private:
    const pb::Message& message_;
    const Field& field_;
    Arena& arena_;
};

/// A map field, which reflection shows as a list of entries.
class FieldMap final : public Map {
public:
    FieldMap(const pb::Message& message, const Field& field, Arena& arena)
        : message_{message}, field_{field}, key_{*field.message_type()->map_key()}, value_{*field.message_type()->map_value()}, arena_{arena} {}

    std::size_t size() const override { return static_cast<std::size_t>(message_.GetReflection()->FieldSize(message_, &field_)); }
    Value key_at(std::size_t index) const override { return read_field(entry(index), key_, arena_); }
    Value value_at(std::size_t index) const override { return read_field(entry(index), value_, arena_); }
    bool find(const Value& key, Value& found) const override;

private:
    const pb::Message& entry(std::size_t index) const {
        return message_.GetReflection()->GetRepeatedMessage(message_, &field_, static_cast<int>(index));
    }

    const pb::Message& message_;
    const Field& field_;
    const Field& key_;
    const Field& value_;
    Arena& arena_;
};

bool same_key(const Value& left, const Value& right) {
    if (left.kind() == right.kind()) {
        if (left.kind() == Kind::string) return left.as_text() == right.as_text();
        return left.kind() != Kind::floating && left.as_integer() == right.as_integer();
    }
    const auto integral = [](Kind kind) { return kind == Kind::integer || kind == Kind::unsigned_integer; };
    if (integral(left.kind()) && integral(right.kind())) return left.as_integer() == right.as_integer() && left.as_integer() >= 0;
    if (right.kind() != Kind::floating) return false;
    if (left.kind() == Kind::integer) return static_cast<double>(left.as_integer()) == right.as_floating();
    return left.kind() == Kind::unsigned_integer && static_cast<double>(left.as_unsigned()) == right.as_floating();
}

bool FieldMap::find(const Value& key, Value& found) const {
    const std::size_t entries = size();
    for (std::size_t i = 0; i < entries; ++i) {
        if (!same_key(key_at(i), key)) continue;
        found = value_at(i);
        return true;
    }
    return false;
}

/// Text in the message itself where it lies there, else a copy.
std::string_view kept(const std::string& text, const std::string& scratch, Arena& arena) {
    return &text == &scratch ? arena.keep(text) : std::string_view{text};
}

Value text_value(const Field& field, std::string_view text) {
    return field.type() == Field::TYPE_BYTES ? Value::bytes(text) : Value::string(text);
}

Value enum_value(const Field& field, int number) {
    return field.enum_type()->full_name() == "google.protobuf.NullValue" ? Value::null() : Value::integer(number);
}

Value read_item(const pb::Message& message, const Field& field, int index, Arena& arena) {
    const pb::Reflection& reflection = *message.GetReflection();
    std::string scratch;
    switch (field.cpp_type()) {
        case Field::CPPTYPE_BOOL:
            return Value::boolean(reflection.GetRepeatedBool(message, &field, index));
        case Field::CPPTYPE_INT32:
            return Value::integer(reflection.GetRepeatedInt32(message, &field, index));
        case Field::CPPTYPE_INT64:
            return Value::integer(reflection.GetRepeatedInt64(message, &field, index));
        case Field::CPPTYPE_UINT32:
            return Value::unsigned_integer(reflection.GetRepeatedUInt32(message, &field, index));
        case Field::CPPTYPE_UINT64:
            return Value::unsigned_integer(reflection.GetRepeatedUInt64(message, &field, index));
        case Field::CPPTYPE_FLOAT:
            return Value::floating(static_cast<double>(reflection.GetRepeatedFloat(message, &field, index)));
        case Field::CPPTYPE_DOUBLE:
            return Value::floating(reflection.GetRepeatedDouble(message, &field, index));
        case Field::CPPTYPE_ENUM:
            return enum_value(field, reflection.GetRepeatedEnumValue(message, &field, index));
        case Field::CPPTYPE_STRING:
            return text_value(field, kept(reflection.GetRepeatedStringReference(message, &field, index, &scratch), scratch, arena));
        case Field::CPPTYPE_MESSAGE:
            return message_value(reflection.GetRepeatedMessage(message, &field, index), arena);
    }
    return no_overload();
}

/// google.protobuf.Value: whichever of its fields is set.
Value json_value(const pb::Message& message, Arena& arena) {
    const pb::OneofDescriptor& kinds = *message.GetDescriptor()->oneof_decl(0);
    const Field* const set = message.GetReflection()->GetOneofFieldDescriptor(message, &kinds);
    return set == nullptr ? Value::null() : read_field(message, *set, arena);
}

bool is_wrapper(const pb::Descriptor& type) {
    switch (type.well_known_type()) {
        case pb::Descriptor::WELLKNOWNTYPE_DOUBLEVALUE:
        case pb::Descriptor::WELLKNOWNTYPE_FLOATVALUE:
        case pb::Descriptor::WELLKNOWNTYPE_INT64VALUE:
        case pb::Descriptor::WELLKNOWNTYPE_UINT64VALUE:
        case pb::Descriptor::WELLKNOWNTYPE_INT32VALUE:
        case pb::Descriptor::WELLKNOWNTYPE_UINT32VALUE:
        case pb::Descriptor::WELLKNOWNTYPE_STRINGVALUE:
        case pb::Descriptor::WELLKNOWNTYPE_BYTESVALUE:
        case pb::Descriptor::WELLKNOWNTYPE_BOOLVALUE:
            return true;
        default:
            return false;
    }
}

/// Seconds and nanoseconds, from the generated class without reflection.
template <class Time>
Value time_value(const pb::Message& message, Value (*made)(std::int64_t, std::int32_t)) {
    if (const auto* const time = pb::DynamicCastToGenerated<Time>(&message)) return made(time->seconds(), time->nanos());
    const pb::Descriptor& type = *message.GetDescriptor();
    const pb::Reflection& reflection = *message.GetReflection();
    return made(reflection.GetInt64(message, type.FindFieldByNumber(1)), reflection.GetInt32(message, type.FindFieldByNumber(2)));
}

}  // namespace

const Field* find_field(const pb::Descriptor& message, std::string_view name) {
    for (int i = 0; i < message.field_count(); ++i) {
        const Field* const field = message.field(i);
        if (field->json_name() == name || field->name() == name) return field;
    }
    return nullptr;
}

Value read_field(const pb::Message& message, const Field& field, Arena& arena) {
    if (field.is_map()) return Value::map(arena.make<FieldMap>(message, field, arena));
    if (field.is_repeated()) return Value::list(arena.make<FieldList>(message, field, arena));
    const pb::Reflection& reflection = *message.GetReflection();
    std::string scratch;
    switch (field.cpp_type()) {
        case Field::CPPTYPE_BOOL:
            return Value::boolean(reflection.GetBool(message, &field));
        case Field::CPPTYPE_INT32:
            return Value::integer(reflection.GetInt32(message, &field));
        case Field::CPPTYPE_INT64:
            return Value::integer(reflection.GetInt64(message, &field));
        case Field::CPPTYPE_UINT32:
            return Value::unsigned_integer(reflection.GetUInt32(message, &field));
        case Field::CPPTYPE_UINT64:
            return Value::unsigned_integer(reflection.GetUInt64(message, &field));
        case Field::CPPTYPE_FLOAT:
            return Value::floating(static_cast<double>(reflection.GetFloat(message, &field)));
        case Field::CPPTYPE_DOUBLE:
            return Value::floating(reflection.GetDouble(message, &field));
        case Field::CPPTYPE_ENUM:
            return enum_value(field, reflection.GetEnumValue(message, &field));
        case Field::CPPTYPE_STRING:
            return text_value(field, kept(reflection.GetStringReference(message, &field, &scratch), scratch, arena));
        case Field::CPPTYPE_MESSAGE:
            if (is_wrapper(*field.message_type()) && !reflection.HasField(message, &field)) return Value::null();
            return message_value(reflection.GetMessage(message, &field), arena);
    }
    return no_overload();
}

bool has_field(const pb::Message& message, const Field& field) {
    if (field.is_repeated()) return message.GetReflection()->FieldSize(message, &field) > 0;
    return message.GetReflection()->HasField(message, &field);
}

Value message_value(const pb::Message& message, Arena& arena) {
    const pb::Descriptor& type = *message.GetDescriptor();
    switch (type.well_known_type()) {
        case pb::Descriptor::WELLKNOWNTYPE_UNSPECIFIED:
        case pb::Descriptor::WELLKNOWNTYPE_ANY:
        case pb::Descriptor::WELLKNOWNTYPE_FIELDMASK:
            return Value::message(&message);
        case pb::Descriptor::WELLKNOWNTYPE_TIMESTAMP:
            return time_value<pb::Timestamp>(message, timestamp_at);
        case pb::Descriptor::WELLKNOWNTYPE_DURATION:
            return time_value<pb::Duration>(message, duration_at);
        case pb::Descriptor::WELLKNOWNTYPE_VALUE:
            return json_value(message, arena);
        default:
            return read_field(message, *type.FindFieldByNumber(1), arena);  // Struct, ListValue and the wrappers have one field
    }
}

}  // namespace puente::cel
