#include "cel/compare.hpp"

#include <google/protobuf/message.h>
#include <google/protobuf/util/message_differencer.h>

namespace puente::cel {

namespace {

template <class T>
int three_way(const T& left, const T& right) {
    return left < right ? -1 : right < left ? 1 : 0;
}

int signs_then(std::int64_t left, std::uint64_t right) {
    return left < 0 ? -1 : three_way(static_cast<std::uint64_t>(left), right);
}

/// Integers are rounded to double, as cel-spec's comparison tests of large numbers expect.
double as_double(const Value& number) {
    if (number.kind() == Kind::integer) return static_cast<double>(number.as_integer());
    if (number.kind() == Kind::unsigned_integer) return static_cast<double>(number.as_unsigned());
    return number.as_floating();
}

int compare_times(const Value& left, const Value& right) {
    const int seconds = three_way(left.seconds(), right.seconds());
    return seconds != 0 ? seconds : three_way(left.nanos(), right.nanos());
}

bool equal_lists(const List& left, const List& right, Frame& frame) {
    const std::size_t size = left.size();
    if (size != right.size()) return false;
    for (std::size_t i = 0; i < size; ++i)
        if (!frame.spend(1) || !equal(left.at(i), right.at(i), frame)) return false;
    return true;
}

bool equal_maps(const Map& left, const Map& right, Frame& frame) {
    const std::size_t size = left.size();
    if (size != right.size()) return false;
    Value other;
    for (std::size_t i = 0; i < size; ++i)
        if (!frame.spend(1) || !right.find(left.key_at(i), other) || !equal(left.value_at(i), other, frame)) return false;
    return true;
}

bool equal_messages(const google::protobuf::Message& left, const google::protobuf::Message& right, Frame& frame) {
    if (left.GetDescriptor() != right.GetDescriptor()) return false;
    frame.spend(left.ByteSizeLong() / 8 + 1);
    return google::protobuf::util::MessageDifferencer::Equals(left, right);
}

}  // namespace

int compare_numbers(const Value& left, const Value& right) {
    if (left.kind() == Kind::floating || right.kind() == Kind::floating) {
        const double a = as_double(left);
        const double b = as_double(right);
        return a < b ? -1 : a > b ? 1 : a == b ? 0 : unordered;
    }
    if (left.kind() == Kind::integer) {
        return right.kind() == Kind::integer ? three_way(left.as_integer(), right.as_integer()) : signs_then(left.as_integer(), right.as_unsigned());
    }
    return right.kind() == Kind::integer ? -signs_then(right.as_integer(), left.as_unsigned()) : three_way(left.as_unsigned(), right.as_unsigned());
}

bool equal(const Value& left, const Value& right, Frame& frame) {
    if (left.kind() != right.kind()) return is_number(left.kind()) && is_number(right.kind()) && compare_numbers(left, right) == 0;
    switch (left.kind()) {
        case Kind::null:
            return true;
        case Kind::boolean:
            return left.as_boolean() == right.as_boolean();
        case Kind::integer:
        case Kind::unsigned_integer:
            return left.as_integer() == right.as_integer();
        case Kind::floating:
            return left.as_floating() == right.as_floating();
        case Kind::string:
        case Kind::bytes:
        case Kind::type:
            return left.as_text() == right.as_text();
        case Kind::list:
            return equal_lists(left.as_list(), right.as_list(), frame);
        case Kind::map:
            return equal_maps(left.as_map(), right.as_map(), frame);
        case Kind::message:
            return equal_messages(left.as_message(), right.as_message(), frame);
        case Kind::timestamp:
        case Kind::duration:
            return compare_times(left, right) == 0;
        case Kind::error:
            break;
    }
    return false;
}

Value ordered(Order order, const Value& left, const Value& right) {
    if (is_number(left.kind()) && is_number(right.kind())) {
        const int compared = compare_numbers(left, right);
        return Value::boolean(compared != unordered && holds(order, compared));
    }
    if (left.kind() != right.kind()) return no_overload();
    switch (left.kind()) {
        case Kind::boolean:
            return Value::boolean(holds(order, three_way(left.as_boolean(), right.as_boolean())));
        case Kind::string:
        case Kind::bytes:
            return Value::boolean(holds(order, left.as_text().compare(right.as_text())));
        case Kind::timestamp:
        case Kind::duration:
            return Value::boolean(holds(order, compare_times(left, right)));
        default:
            return no_overload();
    }
}

std::string_view type_name(const Value& value) {
    switch (value.kind()) {
        case Kind::null:
            return "null_type";
        case Kind::boolean:
            return "bool";
        case Kind::integer:
            return "int";
        case Kind::unsigned_integer:
            return "uint";
        case Kind::floating:
            return "double";
        case Kind::string:
            return "string";
        case Kind::bytes:
            return "bytes";
        case Kind::list:
            return "list";
        case Kind::map:
            return "map";
        case Kind::message:
            return value.as_message().GetDescriptor()->full_name();
        case Kind::timestamp:
            return "google.protobuf.Timestamp";
        case Kind::duration:
            return "google.protobuf.Duration";
        case Kind::type:
            return "type";
        case Kind::error:
            break;
    }
    return "error";
}

}  // namespace puente::cel
