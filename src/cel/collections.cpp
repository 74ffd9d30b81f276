#include <cmath>

#include "cel/compare.hpp"
#include "cel/containers.hpp"
#include "cel/print.hpp"
#include "cel/standard.hpp"
#include "cel/utf8.hpp"

namespace puente::cel {

Value size_of(const Value* arguments, std::size_t, Frame& frame) {
    const Value& of = arguments[0];
    switch (of.kind()) {
        case Kind::string:
            frame.spend(of.as_text().size() / 16);
            return Value::integer(static_cast<std::int64_t>(count_code_points(of.as_text())));
        case Kind::bytes:
            return Value::integer(static_cast<std::int64_t>(of.as_text().size()));
        case Kind::list:
            return Value::integer(static_cast<std::int64_t>(of.as_list().size()));
        case Kind::map:
            return Value::integer(static_cast<std::int64_t>(of.as_map().size()));
        default:
            return no_overload();
    }
}

Value item_at(const Range& list, const Value& index) {
    std::int64_t at = index.as_integer();
    if (index.kind() == Kind::floating) {
        const double number = index.as_floating();
        if (!(number >= 0 && number < 9e15) || number != std::floor(number)) return Value::error("a list index must be a whole number");
        at = static_cast<std::int64_t>(number);
    } else if (!is_number(index.kind())) {
        return no_overload();
    }
    if (at < 0 || static_cast<std::uint64_t>(at) >= list.size) return Value::error("index out of bounds");
    return list.item(static_cast<std::size_t>(at));
}

Value value_under(const Map& map, const Value& key, Arena& arena) {
    Value found;
    if (map.find(key, found)) return found;
    return Value::error(arena.keep("no such key: " + to_text(key, 40)));
}

Value item_of(const Value* arguments, std::size_t, Frame& frame) {
    const Value& container = arguments[0];
    if (container.kind() == Kind::map) return value_under(container.as_map(), arguments[1], frame.arena);
    if (container.kind() != Kind::list) return no_overload();
    return item_at(range_of(container), arguments[1]);
}

Value found_in(const Value& value, const Range& range, Frame& frame) {
    if (range.over == Range::Over::map) {
        Value ignored;
        return Value::boolean(range.map->find(value, ignored));
    }
    if (range.over == Range::Over::nothing) return range.failure;
    if (!frame.spend(range.size)) return out_of_budget();
    for (std::size_t i = 0; i < range.size; ++i)
        if (equal(range.item(i), value, frame)) return Value::boolean(true);
    return Value::boolean(false);
}

Value contained_in(const Value* arguments, std::size_t, Frame& frame) {
    return found_in(arguments[0], range_of(arguments[1]), frame);
}

namespace {

/// Lists of text or of integers are sorted first; what is equal then stands side by side.
template <class Before>
Value distinct_by(Before before, const List& list, std::size_t size, Frame& frame) {
    constexpr std::size_t steps_per_item = 4;
    if (!frame.spend(size * steps_per_item)) return out_of_budget();
    auto* const items = static_cast<Value*>(frame.arena.allocate(size * sizeof(Value)));
    for (std::size_t i = 0; i < size; ++i) items[i] = list.at(i);
    std::sort(items, items + size, before);
    for (std::size_t i = 1; i < size; ++i)
        if (!before(items[i - 1], items[i])) return Value::boolean(false);
    return Value::boolean(true);
}

bool all_of_kind(Kind kind, const List& list, std::size_t size) {
    for (std::size_t i = 0; i < size; ++i)
        if (list.at(i).kind() != kind) return false;
    return true;
}

}  // namespace

Value is_distinct(const Value* arguments, std::size_t, Frame& frame) {
    if (arguments[0].kind() != Kind::list) return no_overload();
    const List& list = arguments[0].as_list();
    const std::size_t size = list.size();
    constexpr std::size_t few = 8;  // for so few, sorting does not pay
    if (size > few && all_of_kind(Kind::string, list, size)) {
        return distinct_by([](const Value& left, const Value& right) { return left.as_text() < right.as_text(); }, list, size, frame);
    }
    if (size > few && all_of_kind(Kind::integer, list, size)) {
        return distinct_by([](const Value& left, const Value& right) { return left.as_integer() < right.as_integer(); }, list, size, frame);
    }
    for (std::size_t i = 1; i < size; ++i) {
        if (!frame.spend(i)) return out_of_budget();
        const Value item = list.at(i);
        for (std::size_t j = 0; j < i; ++j)
            if (equal(list.at(j), item, frame)) return Value::boolean(false);
    }
    return Value::boolean(true);
}

}  // namespace puente::cel
