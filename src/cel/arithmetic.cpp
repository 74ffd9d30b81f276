#include <cmath>
#include <cstring>
#include <limits>

#include "cel/containers.hpp"
#include "cel/standard.hpp"
#include "cel/time.hpp"

namespace puente::cel {

namespace {

/// Bytes of new text that count as one step.
constexpr std::size_t bytes_per_step = 8;

Value int_overflow() {
    return Value::error("int overflow");
}
Value uint_overflow() {
    return Value::error("uint overflow");
}
Value by_zero() {
    return Value::error("division by zero");
}

Value joined(const Value& left, const Value& right, Frame& frame) {
    const std::string_view a = left.as_text();
    const std::string_view b = right.as_text();
    const std::size_t size = a.size() + b.size();
    if (!frame.spend(1 + size / bytes_per_step)) return out_of_budget();
    if (size > std::numeric_limits<std::uint32_t>::max()) return Value::error("the text is too long");
    char* const copy = static_cast<char*>(frame.arena.allocate(size));
    if (!a.empty()) std::memcpy(copy, a.data(), a.size());
    if (!b.empty()) std::memcpy(copy + a.size(), b.data(), b.size());
    const std::string_view text{copy, size};
    return left.kind() == Kind::string ? Value::string(text) : Value::bytes(text);
}

Value appended(const List& left, const List& right, Frame& frame) {
    const std::size_t left_size = left.size();
    const std::size_t right_size = right.size();
    if (!frame.spend(1 + left_size + right_size)) return out_of_budget();
    ListBuilder both{frame.arena};
    both.reserve(left_size + right_size);
    for (std::size_t i = 0; i < left_size; ++i) both.add(left.at(i));
    for (std::size_t i = 0; i < right_size; ++i) both.add(right.at(i));
    return both.finish();
}

}  // namespace

Value add(const Value* arguments, std::size_t, Frame& frame) {
    const Value& left = arguments[0];
    const Value& right = arguments[1];
    if (left.kind() == Kind::timestamp && right.kind() == Kind::duration) return shifted(left, right, 1);
    if (left.kind() == Kind::duration && right.kind() == Kind::timestamp) return shifted(right, left, 1);
    if (left.kind() != right.kind()) return no_overload();
    switch (left.kind()) {
        case Kind::integer: {
            std::int64_t result = 0;
            return __builtin_add_overflow(left.as_integer(), right.as_integer(), &result) ? int_overflow() : Value::integer(result);
        }
        case Kind::unsigned_integer: {
            std::uint64_t result = 0;
            return __builtin_add_overflow(left.as_unsigned(), right.as_unsigned(), &result) ? uint_overflow() : Value::unsigned_integer(result);
        }
        case Kind::floating:
            return Value::floating(left.as_floating() + right.as_floating());
        case Kind::string:
        case Kind::bytes:
            return joined(left, right, frame);
        case Kind::list:
            return appended(left.as_list(), right.as_list(), frame);
        case Kind::duration:
            return shifted(left, right, 1);
        default:
            return no_overload();
    }
}

Value subtract(const Value* arguments, std::size_t, Frame&) {
    const Value& left = arguments[0];
    const Value& right = arguments[1];
    if (left.kind() == Kind::timestamp && right.kind() == Kind::duration) return shifted(left, right, -1);
    if (left.kind() != right.kind()) return no_overload();
    switch (left.kind()) {
        case Kind::integer: {
            std::int64_t result = 0;
            return __builtin_sub_overflow(left.as_integer(), right.as_integer(), &result) ? int_overflow() : Value::integer(result);
        }
        case Kind::unsigned_integer: {
            std::uint64_t result = 0;
            return __builtin_sub_overflow(left.as_unsigned(), right.as_unsigned(), &result) ? uint_overflow() : Value::unsigned_integer(result);
        }
        case Kind::floating:
            return Value::floating(left.as_floating() - right.as_floating());
        case Kind::timestamp:
            return time_between(right, left);
        case Kind::duration:
            return shifted(left, right, -1);
        default:
            return no_overload();
    }
}

Value multiply(const Value* arguments, std::size_t, Frame&) {
    const Value& left = arguments[0];
    const Value& right = arguments[1];
    if (left.kind() != right.kind()) return no_overload();
    switch (left.kind()) {
        case Kind::integer: {
            std::int64_t result = 0;
            return __builtin_mul_overflow(left.as_integer(), right.as_integer(), &result) ? int_overflow() : Value::integer(result);
        }
        case Kind::unsigned_integer: {
            std::uint64_t result = 0;
            return __builtin_mul_overflow(left.as_unsigned(), right.as_unsigned(), &result) ? uint_overflow() : Value::unsigned_integer(result);
        }
        case Kind::floating:
            return Value::floating(left.as_floating() * right.as_floating());
        default:
            return no_overload();
    }
}

Value divide(const Value* arguments, std::size_t, Frame&) {
    const Value& left = arguments[0];
    const Value& right = arguments[1];
    if (left.kind() != right.kind()) return no_overload();
    switch (left.kind()) {
        case Kind::integer:
            if (right.as_integer() == 0) return by_zero();
            if (right.as_integer() == -1 && left.as_integer() == std::numeric_limits<std::int64_t>::min()) return int_overflow();
            return Value::integer(left.as_integer() / right.as_integer());
        case Kind::unsigned_integer:
            return right.as_unsigned() == 0 ? by_zero() : Value::unsigned_integer(left.as_unsigned() / right.as_unsigned());
        case Kind::floating: {
            // IEEE 754: the sign of a division by zero follows both signs; written out because C++ leaves it undefined.
            const double a = left.as_floating();
            const double b = right.as_floating();
            if (b != 0) return Value::floating(a / b);
            if (a == 0 || std::isnan(a)) return Value::floating(std::numeric_limits<double>::quiet_NaN());
            const double infinity = std::numeric_limits<double>::infinity();
            return Value::floating(std::signbit(a) == std::signbit(b) ? infinity : -infinity);
        }
        default:
            return no_overload();
    }
}

Value modulo(const Value* arguments, std::size_t, Frame&) {
    const Value& left = arguments[0];
    const Value& right = arguments[1];
    if (left.kind() != right.kind()) return no_overload();
    if (left.kind() == Kind::integer) {
        if (right.as_integer() == 0) return Value::error("modulus by zero");
        if (right.as_integer() == -1) return left.as_integer() == std::numeric_limits<std::int64_t>::min() ? int_overflow() : Value::integer(0);
        return Value::integer(left.as_integer() % right.as_integer());
    }
    if (left.kind() != Kind::unsigned_integer) return no_overload();
    return right.as_unsigned() == 0 ? Value::error("modulus by zero") : Value::unsigned_integer(left.as_unsigned() % right.as_unsigned());
}

Value negate(const Value* arguments, std::size_t, Frame&) {
    const Value& operand = arguments[0];
    if (operand.kind() == Kind::floating) return Value::floating(-operand.as_floating());
    if (operand.kind() != Kind::integer) return no_overload();
    return operand.as_integer() == std::numeric_limits<std::int64_t>::min() ? int_overflow() : Value::integer(-operand.as_integer());
}

Value sum_of(const Value* arguments, std::size_t, Frame& frame) {
    if (arguments[0].kind() != Kind::list) return no_overload();
    const List& list = arguments[0].as_list();
    const std::size_t size = list.size();
    if (!frame.spend(size)) return out_of_budget();
    std::int64_t total = 0;
    for (std::size_t i = 0; i < size; ++i) {
        const Value item = list.at(i);
        if (item.kind() != Kind::integer) return no_overload();
        if (__builtin_add_overflow(total, item.as_integer(), &total)) return int_overflow();
    }
    return Value::integer(total);
}

}  // namespace puente::cel
