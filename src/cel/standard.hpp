#pragma once

#include <string_view>

#include "cel/frame.hpp"

namespace puente::cel {

/// One function of CEL or of its strings extension, at run time: it checks the kinds of its arguments itself.
struct Standard {
    std::string_view name;
    bool global;  ///< may be called name(a, b)
    bool member;  ///< may be called a.name(b)
    std::size_t least;
    std::size_t most;  ///< arguments, the one before the dot included
    Builtin function;
};

/// The function of that name, or null.
const Standard* find_standard(std::string_view name, bool member);

// arithmetic.cpp
Value add(const Value* arguments, std::size_t count, Frame& frame);
Value subtract(const Value* arguments, std::size_t count, Frame& frame);
Value multiply(const Value* arguments, std::size_t count, Frame& frame);
Value divide(const Value* arguments, std::size_t count, Frame& frame);
Value modulo(const Value* arguments, std::size_t count, Frame& frame);
Value negate(const Value* arguments, std::size_t count, Frame& frame);
Value sum_of(const Value* arguments, std::size_t count, Frame& frame);

// collections.cpp
Value size_of(const Value* arguments, std::size_t count, Frame& frame);
Value item_of(const Value* arguments, std::size_t count, Frame& frame);
Value contained_in(const Value* arguments, std::size_t count, Frame& frame);
Value is_distinct(const Value* arguments, std::size_t count, Frame& frame);
/// `value` found in a range by walking it, or in a map by its key.
Value found_in(const Value& value, const Range& range, Frame& frame);
/// The item of a list at an index of any numeric type, or an error.
Value item_at(const Range& list, const Value& index);
/// The value under a key, or the error that there is none.
Value value_under(const Map& map, const Value& key, Arena& arena);

// conversions.cpp
Value to_boolean(const Value* arguments, std::size_t count, Frame& frame);
Value to_integer(const Value* arguments, std::size_t count, Frame& frame);
Value to_unsigned(const Value* arguments, std::size_t count, Frame& frame);
Value to_double(const Value* arguments, std::size_t count, Frame& frame);
Value to_string(const Value* arguments, std::size_t count, Frame& frame);
Value to_bytes(const Value* arguments, std::size_t count, Frame& frame);
Value to_timestamp(const Value* arguments, std::size_t count, Frame& frame);
Value to_duration(const Value* arguments, std::size_t count, Frame& frame);
Value to_dyn(const Value* arguments, std::size_t count, Frame& frame);
Value to_type(const Value* arguments, std::size_t count, Frame& frame);

// text.cpp, text_shape.cpp
Value contains(const Value* arguments, std::size_t count, Frame& frame);
Value starts_with(const Value* arguments, std::size_t count, Frame& frame);
Value ends_with(const Value* arguments, std::size_t count, Frame& frame);
Value matches(const Value* arguments, std::size_t count, Frame& frame);
Value char_at(const Value* arguments, std::size_t count, Frame& frame);
Value index_of(const Value* arguments, std::size_t count, Frame& frame);
Value last_index_of(const Value* arguments, std::size_t count, Frame& frame);
Value substring(const Value* arguments, std::size_t count, Frame& frame);
Value join(const Value* arguments, std::size_t count, Frame& frame);
Value split(const Value* arguments, std::size_t count, Frame& frame);
Value replace(const Value* arguments, std::size_t count, Frame& frame);
Value trim(const Value* arguments, std::size_t count, Frame& frame);
Value lower_ascii(const Value* arguments, std::size_t count, Frame& frame);
Value upper_ascii(const Value* arguments, std::size_t count, Frame& frame);
Value reverse(const Value* arguments, std::size_t count, Frame& frame);
Value quote(const Value* arguments, std::size_t count, Frame& frame);

// format.cpp
Value format(const Value* arguments, std::size_t count, Frame& frame);

// calendar.cpp: the selectors of timestamps and durations
Value full_year(const Value* arguments, std::size_t count, Frame& frame);
Value month(const Value* arguments, std::size_t count, Frame& frame);
Value date(const Value* arguments, std::size_t count, Frame& frame);
Value day_of_month(const Value* arguments, std::size_t count, Frame& frame);
Value day_of_week(const Value* arguments, std::size_t count, Frame& frame);
Value day_of_year(const Value* arguments, std::size_t count, Frame& frame);
Value hours(const Value* arguments, std::size_t count, Frame& frame);
Value minutes(const Value* arguments, std::size_t count, Frame& frame);
Value seconds(const Value* arguments, std::size_t count, Frame& frame);
Value milliseconds(const Value* arguments, std::size_t count, Frame& frame);

}  // namespace puente::cel
