#include "cel/json_values.hpp"

#include <google/protobuf/message.h>
#include <google/protobuf/util/json_util.h>

#include <charconv>
#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>

#include "cel/containers.hpp"
#include "cel/time.hpp"

namespace puente::cel {

namespace {

using nlohmann::json;

constexpr int depth_max = 100;
constexpr std::size_t written_max = 100'000;
constexpr std::string_view alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr std::string_view timestamp_url = "type.googleapis.com/google.protobuf.Timestamp";
constexpr std::string_view duration_url = "type.googleapis.com/google.protobuf.Duration";

bool decode_base64(std::string_view text, std::string& octets) {
    while (!text.empty() && text.back() == '=') text.remove_suffix(1);
    std::uint32_t bits = 0;
    int held = 0;
    for (const char c : text) {
        const char usual = c == '-' ? '+' : c == '_' ? '/' : c;
        const std::size_t digit = alphabet.find(usual);
        if (digit == alphabet.npos) return false;
        bits = (bits << 6U) | static_cast<std::uint32_t>(digit);
        held += 6;
        if (held < 8) continue;
        held -= 8;
        octets.push_back(static_cast<char>((bits >> static_cast<unsigned>(held)) & 0xFFU));
    }
    return true;
}

std::string encode_base64(std::string_view octets) {
    std::string text;
    for (std::size_t at = 0; at < octets.size(); at += 3) {
        std::uint32_t bits = 0;
        for (std::size_t i = 0; i < 3; ++i) bits = (bits << 8U) | (at + i < octets.size() ? static_cast<unsigned char>(octets[at + i]) : 0U);
        for (std::size_t i = 0; i < 4; ++i)
            text.push_back(at + i <= octets.size() ? alphabet[(bits >> (18U - 6U * static_cast<unsigned>(i))) & 0x3FU] : '=');
    }
    return text;
}

/// A 64-bit integer, as JSON text or number.
template <class Integer>
bool read_integer(const json& from, Integer& number) {
    const std::string text = from.is_string() ? from.get<std::string>() : from.is_number_integer() ? from.dump() : std::string{};
    const auto read = std::from_chars(text.data(), text.data() + text.size(), number);
    return !text.empty() && read.ec == std::errc{} && read.ptr == text.data() + text.size();
}

Value read_double(const json& from) {
    if (from.is_number()) return Value::floating(from.get<double>());
    if (from == "NaN") return Value::floating(std::numeric_limits<double>::quiet_NaN());
    if (from == "Infinity") return Value::floating(std::numeric_limits<double>::infinity());
    if (from == "-Infinity") return Value::floating(-std::numeric_limits<double>::infinity());
    return Value::error("a doubleValue is a number, or \"NaN\", \"Infinity\", \"-Infinity\"");
}

Value read_object(const json& from) {
    const json type = from.is_object() ? from.value("@type", json{}) : json{};
    const json value = from.is_object() ? from.value("value", json{}) : json{};
    if (type == timestamp_url && value.is_string()) return read_timestamp(value.get_ref<const std::string&>());
    if (type == duration_url && value.is_string()) return read_duration(value.get_ref<const std::string&>());
    return Value::error("an objectValue is a google.protobuf.Timestamp or Duration");
}

Value read_value(const json& from, Arena& arena, int depth);

Value read_list(const json& from, Arena& arena, int depth) {
    ListBuilder list{arena};
    if (!from.is_object()) return Value::error("a listValue is an object");
    const json values = from.value("values", json::array());
    if (!values.is_array()) return Value::error("values of a listValue are an array");
    for (const json& each : values) {
        const Value item = read_value(each, arena, depth + 1);
        if (item.is_error()) return item;
        list.add(item);
    }
    return list.finish();
}

Value read_map(const json& from, Arena& arena, int depth) {
    if (!from.is_object()) return Value::error("a mapValue is an object");
    const json listed = from.value("entries", json::array());
    if (!listed.is_array()) return Value::error("entries of a mapValue are an array");
    auto* const entries = static_cast<Entry*>(arena.allocate(listed.size() * sizeof(Entry)));
    std::size_t size = 0;
    for (const json& each : listed) {
        if (!each.is_object() || !each.contains("key") || !each.contains("value")) return Value::error("an entry has key and value");
        const Value key = read_value(each["key"], arena, depth + 1);
        const Value value = read_value(each["value"], arena, depth + 1);
        if (key.is_error()) return key;
        if (value.is_error()) return value;
        entries[size++] = {key, value};
    }
    return make_map(arena, entries, size);
}

Value read_text(const std::string& kind, const std::string& text, Arena& arena) {
    if (kind == "stringValue") return Value::string(arena.keep(text));
    if (kind == "typeValue") return Value::type(arena.keep(text));
    std::string octets;
    return decode_base64(text, octets) ? Value::bytes(arena.keep(octets)) : Value::error("a bytesValue is base64");
}

Value read_value(const json& from, Arena& arena, int depth) {
    if (depth > depth_max) return Value::error("the value is nested too deep");
    if (!from.is_object() || from.size() != 1) return Value::error("a value has exactly one kind");
    const std::string& kind = from.begin().key();
    const json& held = from.begin().value();
    std::int64_t integer = 0;
    std::uint64_t natural = 0;
    if (kind == "nullValue") return Value::null();
    if (kind == "boolValue" && held.is_boolean()) return Value::boolean(held.get<bool>());
    if (kind == "int64Value" && read_integer(held, integer)) return Value::integer(integer);
    if (kind == "uint64Value" && read_integer(held, natural)) return Value::unsigned_integer(natural);
    if (kind == "doubleValue") return read_double(held);
    if ((kind == "stringValue" || kind == "bytesValue" || kind == "typeValue") && held.is_string())
        return read_text(kind, held.get<std::string>(), arena);
    if (kind == "listValue") return read_list(held, arena, depth);
    if (kind == "mapValue") return read_map(held, arena, depth);
    if (kind == "objectValue") return read_object(held);
    if (kind == "enumValue" && held.is_object() && read_integer(held.value("value", json(0)), integer)) return Value::integer(integer);
    return Value::error("not a cel.expr.Value");
}

json double_json(double number) {
    if (std::isnan(number)) return "NaN";
    if (std::isinf(number)) return number < 0 ? "-Infinity" : "Infinity";
    return number;
}

json object_json(std::string_view url, const std::string& value) {
    return {
        {"@type", url  },
        {"value", value}
    };
}

/// Counts what it writes: a small value can hold the same list very often.
class Writer {
public:
    bool write(const Value& value, json& into);

private:
    bool write_list(const List& list, json& into);
    bool write_map(const Map& map, json& into);
    bool write_message(const google::protobuf::Message& message, json& into);
    static bool fail(json& into, std::string_view why) {
        into = std::string{why};
        return false;
    }
    std::size_t written_ = 0;
};

bool Writer::write(const Value& value, json& into) {
    if (++written_ > written_max) return fail(into, "the value is too large to be written");
    switch (value.kind()) {
        case Kind::null:
            into = {
                {"nullValue", nullptr}
            };
            return true;
        case Kind::boolean:
            into = {
                {"boolValue", value.as_boolean()}
            };
            return true;
        case Kind::integer:
            into = {
                {"int64Value", std::to_string(value.as_integer())}
            };
            return true;
        case Kind::unsigned_integer:
            into = {
                {"uint64Value", std::to_string(value.as_unsigned())}
            };
            return true;
        case Kind::floating:
            into = {
                {"doubleValue", double_json(value.as_floating())}
            };
            return true;
        case Kind::string:
            into = {
                {"stringValue", std::string{value.as_text()}}
            };
            return true;
        case Kind::bytes:
            into = {
                {"bytesValue", encode_base64(value.as_text())}
            };
            return true;
        case Kind::type:
            into = {
                {"typeValue", std::string{value.as_text()}}
            };
            return true;
        case Kind::list:
            return write_list(value.as_list(), into);
        case Kind::map:
            return write_map(value.as_map(), into);
        case Kind::message:
            return write_message(value.as_message(), into);
        case Kind::timestamp:
            into = {
                {"objectValue", object_json(timestamp_url, write_timestamp(value))}
            };
            return true;
        case Kind::duration:
            into = {
                {"objectValue", object_json(duration_url, write_duration(value))}
            };
            return true;
        case Kind::error:
            break;
    }
    return fail(into, value.as_text());
}

/// As the protobuf JSON mapping writes them, empty lists and maps are left out.
bool Writer::write_list(const List& list, json& into) {
    json values = json::array();
    for (std::size_t i = 0; i < list.size(); ++i) {
        json item;
        if (!write(list.at(i), item)) return fail(into, item.get<std::string>());
        values.push_back(std::move(item));
    }
    into = {
        {"listValue", json::object()}
    };
    if (!values.empty()) into["listValue"]["values"] = std::move(values);
    return true;
}

bool Writer::write_map(const Map& map, json& into) {
    json entries = json::array();
    for (std::size_t i = 0; i < map.size(); ++i) {
        json key;
        json value;
        if (!write(map.key_at(i), key)) return fail(into, key.get<std::string>());
        if (!write(map.value_at(i), value)) return fail(into, value.get<std::string>());
        entries.push_back({
            {"key",   std::move(key)  },
            {"value", std::move(value)}
        });
    }
    into = {
        {"mapValue", json::object()}
    };
    if (!entries.empty()) into["mapValue"]["entries"] = std::move(entries);
    return true;
}

bool Writer::write_message(const google::protobuf::Message& message, json& into) {
    std::string text;
    if (!google::protobuf::util::MessageToJsonString(message, &text).ok()) return fail(into, "the message cannot be written as JSON");
    json object = json::parse(text, nullptr, false);
    if (!object.is_object()) return fail(into, "the message cannot be written as JSON");
    object["@type"] = "type.googleapis.com/" + message.GetDescriptor()->full_name();
    into = {
        {"objectValue", std::move(object)}
    };
    return true;
}

}  // namespace

Value read_json_value(const json& from, Arena& arena) {
    return read_value(from, arena, 0);
}

bool write_json_value(const Value& value, json& into) {
    return Writer{}.write(value, into);
}

}  // namespace puente::cel
