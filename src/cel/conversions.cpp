#include <fmt/format.h>

#include <array>
#include <charconv>
#include <cmath>
#include <cstring>

#include "cel/compare.hpp"
#include "cel/print.hpp"
#include "cel/standard.hpp"
#include "cel/time.hpp"
#include "cel/utf8.hpp"

namespace puente::cel {

namespace {

constexpr double two_to_63 = 9223372036854775808.0;
constexpr double two_to_64 = 18446744073709551616.0;

Value int_range() {
    return Value::error("the number does not fit an int");
}
Value uint_range() {
    return Value::error("the number does not fit a uint");
}

/// The words that strconv.ParseBool of Go takes, as cel-spec's conversion tests have them.
constexpr std::array<std::string_view, 5> words_for_true = {"1", "t", "true", "TRUE", "True"};
constexpr std::array<std::string_view, 5> words_for_false = {"0", "f", "false", "FALSE", "False"};

bool parse_double(std::string_view text, double& number) {
    const bool negative = !text.empty() && text.front() == '-';
    if (negative || (!text.empty() && text.front() == '+')) text.remove_prefix(1);
    if (text.empty() || text.front() == '-' || text.front() == '+') return false;
    const auto read = std::from_chars(text.data(), text.data() + text.size(), number);
    if (read.ec != std::errc{} || read.ptr != text.data() + text.size()) return false;
    if (negative) number = -number;
    return true;
}

Value kept(const std::string& text, Frame& frame) {
    return Value::string(frame.arena.keep(text));
}

}  // namespace

Value to_boolean(const Value* arguments, std::size_t, Frame&) {
    const Value& from = arguments[0];
    if (from.kind() == Kind::boolean) return from;
    if (from.kind() != Kind::string) return no_overload();
    for (const std::string_view word : words_for_true)
        if (from.as_text() == word) return Value::boolean(true);
    for (const std::string_view word : words_for_false)
        if (from.as_text() == word) return Value::boolean(false);
    return Value::error("the text is not a bool");
}

Value to_integer(const Value* arguments, std::size_t, Frame&) {
    const Value& from = arguments[0];
    switch (from.kind()) {
        case Kind::integer:
            return from;
        case Kind::unsigned_integer:
            return from.as_unsigned() > INT64_MAX ? int_range() : Value::integer(from.as_integer());
        case Kind::floating:
            // Both ends are refused: doubles next to them cannot be told from numbers beyond.
            if (!(from.as_floating() > -two_to_63 && from.as_floating() < two_to_63)) return int_range();
            return Value::integer(static_cast<std::int64_t>(from.as_floating()));
        case Kind::string: {
            std::string_view text = from.as_text();
            if (text.size() > 1 && text[0] == '+' && text[1] != '-') text.remove_prefix(1);
            std::int64_t number = 0;
            const auto read = std::from_chars(text.data(), text.data() + text.size(), number);
            if (text.empty() || read.ec != std::errc{} || read.ptr != text.data() + text.size()) return Value::error("the text is not an int");
            return Value::integer(number);
        }
        case Kind::timestamp:
            return Value::integer(from.seconds());
        default:
            return no_overload();
    }
}

Value to_unsigned(const Value* arguments, std::size_t, Frame&) {
    const Value& from = arguments[0];
    switch (from.kind()) {
        case Kind::unsigned_integer:
            return from;
        case Kind::integer:
            return from.as_integer() < 0 ? uint_range() : Value::unsigned_integer(from.as_unsigned());
        case Kind::floating:
            if (!(from.as_floating() >= 0 && from.as_floating() < two_to_64)) return uint_range();
            return Value::unsigned_integer(static_cast<std::uint64_t>(from.as_floating()));
        case Kind::string: {
            const std::string_view text = from.as_text();
            std::uint64_t number = 0;
            const auto read = std::from_chars(text.data(), text.data() + text.size(), number);
            if (text.empty() || read.ec != std::errc{} || read.ptr != text.data() + text.size()) return Value::error("the text is not a uint");
            return Value::unsigned_integer(number);
        }
        default:
            return no_overload();
    }
}

Value to_double(const Value* arguments, std::size_t, Frame&) {
    const Value& from = arguments[0];
    switch (from.kind()) {
        case Kind::floating:
            return from;
        case Kind::integer:
            return Value::floating(static_cast<double>(from.as_integer()));
        case Kind::unsigned_integer:
            return Value::floating(static_cast<double>(from.as_unsigned()));
        case Kind::string: {
            double number = 0;
            return parse_double(from.as_text(), number) ? Value::floating(number) : Value::error("the text is not a double");
        }
        default:
            return no_overload();
    }
}

Value to_string(const Value* arguments, std::size_t, Frame& frame) {
    const Value& from = arguments[0];
    switch (from.kind()) {
        case Kind::string:
            return from;
        case Kind::boolean:
            return Value::string(from.as_boolean() ? "true" : "false");
        case Kind::integer:
            return kept(fmt::format_int{from.as_integer()}.str(), frame);
        case Kind::unsigned_integer:
            return kept(fmt::format_int{from.as_unsigned()}.str(), frame);
        case Kind::floating:
            return kept(double_text(from.as_floating()), frame);
        case Kind::bytes:
            frame.spend(from.as_text().size() / 8);
            return is_utf8(from.as_text()) ? Value::string(from.as_text()) : Value::error("the bytes are not valid UTF-8");
        case Kind::timestamp:
            return kept(write_timestamp(from), frame);
        case Kind::duration:
            return kept(write_duration(from), frame);
        default:
            return no_overload();
    }
}

Value to_bytes(const Value* arguments, std::size_t, Frame&) {
    if (arguments[0].kind() == Kind::bytes) return arguments[0];
    return arguments[0].kind() == Kind::string ? Value::bytes(arguments[0].as_text()) : no_overload();
}

Value to_timestamp(const Value* arguments, std::size_t, Frame&) {
    const Value& from = arguments[0];
    if (from.kind() == Kind::timestamp) return from;
    if (from.kind() == Kind::integer) return timestamp_at(from.as_integer(), 0);
    return from.kind() == Kind::string ? read_timestamp(from.as_text()) : no_overload();
}

Value to_duration(const Value* arguments, std::size_t, Frame&) {
    const Value& from = arguments[0];
    if (from.kind() == Kind::duration) return from;
    return from.kind() == Kind::string ? read_duration(from.as_text()) : no_overload();
}

Value to_dyn(const Value* arguments, std::size_t, Frame&) {
    return arguments[0];
}

Value to_type(const Value* arguments, std::size_t, Frame&) {
    return Value::type(type_name(arguments[0]));
}

}  // namespace puente::cel
