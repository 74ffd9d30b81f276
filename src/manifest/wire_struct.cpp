#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/struct.pb.h>

#include <cmath>

#include "manifest/fault_texts.hpp"
#include "manifest/wire_reader.hpp"

namespace puente::manifest {

namespace {

using google::protobuf::ListValue;
using google::protobuf::Message;
using google::protobuf::Struct;
using google::protobuf::Value;

/// Walks over a Struct that protobuf has parsed. Its depth is bounded by the parser's limit.
class StructWalk {
public:
    StructWalk(std::size_t depth_max, Faults& faults) : depth_max_{depth_max}, faults_{faults} {}

    void check(const Struct& object, const Place& place, std::size_t depth) {
        if (!enter(object, place, depth)) return;
        for (const auto& [name, value] : object.fields()) {
            check_text(name, place);
            check(value, {&place, name}, depth + 1);
        }
    }

private:
    void check(const ListValue& list, const Place& place, std::size_t depth) {
        if (!enter(list, place, depth)) return;
        std::size_t index = 0;
        for (const Value& value : list.values()) check(value, {&place, {}, index++}, depth + 1);
    }

    void check(const Value& value, const Place& place, std::size_t depth) {
        check_unknown(value, place);
        switch (value.kind_case()) {
            case Value::kStructValue:
                check(value.struct_value(), place, depth);
                return;
            case Value::kListValue:
                check(value.list_value(), place, depth);
                return;
            case Value::kStringValue:
                check_text(value.string_value(), place);
                return;
            case Value::kNumberValue:
                if (!std::isfinite(value.number_value())) faults_.add(place, number_out_of_range);
                return;
            case Value::kNullValue:
                if (value.null_value() != google::protobuf::NULL_VALUE) faults_.add(place, no_kind);
                return;
            case Value::kBoolValue:
                return;
            case Value::KIND_NOT_SET:
                faults_.add(place, no_kind);
                return;
        }
    }

    bool enter(const Message& container, const Place& place, std::size_t depth) {
        check_unknown(container, place);
        if (depth <= depth_max_) return true;
        faults_.add(place, [&] { return too_deep(depth_max_); });
        return false;
    }

    void check_unknown(const Message& message, const Place& place) {
        const auto& unknown = message.GetReflection()->GetUnknownFields(message);
        if (!unknown.empty()) faults_.add(place, [&] { return unknown_number(static_cast<std::uint64_t>(unknown.field(0).number())); });
    }

    void check_text(const std::string& text, const Place& place) {
        if (text.find('\0') != std::string::npos) faults_.add(place, nul_in_text);
    }

    std::size_t depth_max_;
    Faults& faults_;
};

}  // namespace

bool read_struct(std::string_view bytes, std::size_t depth, std::size_t depth_max, const Place& place, Struct& target, Faults& faults) {
    // protobuf writes a line to stderr for each text that is not UTF-8: a sender must not be able to fill a log.
    const google::protobuf::LogSilencer silence;
    google::protobuf::io::CodedInputStream stream{reinterpret_cast<const std::uint8_t*>(bytes.data()), static_cast<int>(bytes.size())};
    // One level of JSON is at most three of protobuf: the Struct, the entry of its map, the Value.
    stream.SetRecursionLimit(static_cast<int>(3 * depth_max + 3));
    if (!target.ParseFromCodedStream(&stream) || !stream.ConsumedEntireMessage()) return false;
    if (target.ByteSizeLong() != bytes.size()) faults.add(place, not_canonical);
    StructWalk{depth_max, faults}.check(target, place, depth);
    return true;
}

}  // namespace puente::manifest
