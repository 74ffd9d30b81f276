#pragma once

#include "cel/frame.hpp"

namespace puente::cel {

/// Equality as CEL has it: numbers by value whatever their type, other kinds only with their own, NaN never. Spends steps for what it walks.
bool equal(const Value& left, const Value& right, Frame& frame);

/// Compares two numbers of any type: below, at or above zero. `unordered` when one is NaN.
constexpr int unordered = 2;
int compare_numbers(const Value& left, const Value& right);
inline bool is_number(Kind kind) {
    return kind == Kind::integer || kind == Kind::unsigned_integer || kind == Kind::floating;
}

/// An ordering operator.
enum class Order : std::uint8_t { less, less_equal, greater, greater_equal };
inline bool holds(Order order, int compared) {
    switch (order) {
        case Order::less:
            return compared < 0;
        case Order::less_equal:
            return compared <= 0;
        case Order::greater:
            return compared > 0;
        case Order::greater_equal:
            return compared >= 0;
    }
    return false;
}

/// The outcome of left < right and its like: a bool, or an error for kinds that have no order.
Value ordered(Order order, const Value& left, const Value& right);

/// The name of the type of a value, as type() gives it.
std::string_view type_name(const Value& value);

}  // namespace puente::cel
