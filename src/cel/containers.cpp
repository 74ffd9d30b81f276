#include "cel/containers.hpp"

#include "cel/compare.hpp"

namespace puente::cel {

namespace {

/// Maps up to this size are searched from end to end.
constexpr std::size_t small = 8;

bool may_be_key(Kind kind) {
    return kind == Kind::boolean || kind == Kind::integer || kind == Kind::unsigned_integer || kind == Kind::string;
}

/// An order of keys in which equal ones are neighbours: bool, then numbers, then text.
int order(const Value& left, const Value& right) {
    const auto rank = [](Kind kind) { return kind == Kind::boolean ? 0 : kind == Kind::string ? 2 : 1; };
    if (rank(left.kind()) != rank(right.kind())) return rank(left.kind()) - rank(right.kind());
    if (left.kind() == Kind::string) return left.as_text().compare(right.as_text());
    if (left.kind() == Kind::boolean) return static_cast<int>(left.as_boolean()) - static_cast<int>(right.as_boolean());
    return compare_numbers(left, right);
}

}  // namespace

void ListBuilder::reserve(std::size_t wanted) {
    if (wanted <= room_) return;
    Value* const larger = static_cast<Value*>(arena_.allocate(wanted * sizeof(Value)));
    std::copy(items_, items_ + size_, larger);
    items_ = larger;
    room_ = wanted;
}

bool ValueMap::find(const Value& key, Value& found) const {
    if (!may_be_key(key.kind()) && key.kind() != Kind::floating) return false;
    if (sorted_ == nullptr) {
        for (const Entry* entry = entries_; entry != entries_ + size_; ++entry) {
            if (order(entry->key, key) != 0) continue;
            found = entry->value;
            return true;
        }
        return false;
    }
    const auto before = [&](std::uint32_t place, const Value& wanted) { return order(entries_[place].key, wanted) < 0; };
    const std::uint32_t* const place = std::lower_bound(sorted_, sorted_ + size_, key, before);
    if (place == sorted_ + size_ || order(entries_[*place].key, key) != 0) return false;
    found = entries_[*place].value;
    return true;
}

Value make_map(Arena& arena, const Entry* entries, std::size_t size) {
    for (std::size_t i = 0; i < size; ++i)
        if (!may_be_key(entries[i].key.kind())) return Value::error("a map key must be a bool, an int, a uint or a string");
    if (size <= small) {
        for (std::size_t i = 0; i < size; ++i)
            for (std::size_t j = 0; j < i; ++j)
                if (order(entries[i].key, entries[j].key) == 0) return Value::error("a map has the same key twice");
        return Value::map(arena.make<ValueMap>(entries, nullptr, size));
    }
    auto* const sorted = static_cast<std::uint32_t*>(arena.allocate(size * sizeof(std::uint32_t)));
    for (std::size_t i = 0; i < size; ++i) sorted[i] = static_cast<std::uint32_t>(i);
    std::sort(sorted, sorted + size, [&](std::uint32_t left, std::uint32_t right) { return order(entries[left].key, entries[right].key) < 0; });
    for (std::size_t i = 1; i < size; ++i)
        if (order(entries[sorted[i - 1]].key, entries[sorted[i]].key) == 0) return Value::error("a map has the same key twice");
    return Value::map(arena.make<ValueMap>(entries, sorted, size));
}

Value keys_of(const Map& map, Arena& arena) {
    ListBuilder keys{arena};
    keys.reserve(map.size());
    for (std::size_t i = 0; i < map.size(); ++i) keys.add(map.key_at(i));
    return keys.finish();
}

Range range_of(const Value& value) {
    Range range;
    if (value.kind() == Kind::list) {
        range.over = Range::Over::list;
        range.list = &value.as_list();
        range.size = range.list->size();
    } else if (value.kind() == Kind::map) {
        range.over = Range::Over::map;
        range.map = &value.as_map();
        range.size = range.map->size();
    } else {
        range.failure = value.is_error() ? value : no_overload();
    }
    return range;
}

const google::protobuf::Message* Node::message(Frame& frame, Value& otherwise) const {
    const Value value = eval(frame);
    if (value.kind() == Kind::message) return &value.as_message();
    otherwise = value;
    return nullptr;
}

Range Node::range(Frame& frame) const {
    return range_of(eval(frame));
}

}  // namespace puente::cel
