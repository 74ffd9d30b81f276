#pragma once

#include <cstring>

#include "cel/frame.hpp"

namespace puente::cel {

/// Whether two texts are the same bytes. The texts of rules are short: up to 16 bytes are compared here, in words that overlap.
inline bool same_text(std::string_view left, std::string_view right) {
    const std::size_t size = left.size();
    if (size != right.size()) return false;
    const auto same_words = [&](auto word) {
        auto other = word;
        std::memcpy(&word, left.data(), sizeof word);
        std::memcpy(&other, right.data(), sizeof other);
        if (word != other) return false;
        std::memcpy(&word, left.data() + size - sizeof word, sizeof word);
        std::memcpy(&other, right.data() + size - sizeof other, sizeof other);
        return word == other;
    };
    if (size > 2 * sizeof(std::uint64_t)) return std::memcmp(left.data(), right.data(), size) == 0;
    if (size >= sizeof(std::uint64_t)) return same_words(std::uint64_t{});
    if (size >= sizeof(std::uint32_t)) return same_words(std::uint32_t{});
    if (size >= sizeof(std::uint16_t)) return same_words(std::uint16_t{});
    return size == 0 || left[0] == right[0];
}

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
