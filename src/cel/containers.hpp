#pragma once

#include <algorithm>

#include "cel/frame.hpp"

namespace puente::cel {

/// A list whose items lie side by side in the arena.
class ValueList final : public List {
public:
    ValueList(const Value* items, std::size_t size) : items_{items}, size_{size} {}
    std::size_t size() const override { return size_; }
    Value at(std::size_t index) const override { return items_[index]; }

private:
    const Value* items_;
    std::size_t size_;
};

/// A list under construction in the arena; grows by doubling.
class ListBuilder {
public:
    explicit ListBuilder(Arena& arena) : arena_{arena} {}
    void reserve(std::size_t wanted);
    void add(const Value& value) {
        if (size_ == room_) reserve(size_ < 4 ? 8 : 2 * size_);
        items_[size_++] = value;
    }
    std::size_t size() const { return size_; }
    Value finish() const { return Value::list(arena_.make<ValueList>(items_, size_)); }

private:
    Arena& arena_;
    Value* items_ = nullptr;
    std::size_t size_ = 0;
    std::size_t room_ = 0;
};

struct Entry {
    Value key;
    Value value;
};

/// A map of entries in the arena, in the order written; larger ones are found by a sorted index.
class ValueMap final : public Map {
public:
    ValueMap(const Entry* entries, const std::uint32_t* sorted, std::size_t size) : entries_{entries}, sorted_{sorted}, size_{size} {}
    std::size_t size() const override { return size_; }
    bool find(const Value& key, Value& found) const override;
    Value key_at(std::size_t index) const override { return entries_[index].key; }
    Value value_at(std::size_t index) const override { return entries_[index].value; }

private:
    const Entry* entries_;
    const std::uint32_t* sorted_;  ///< null for small maps
    std::size_t size_;
};

/// Makes a map of entries that lie in the arena. Gives an error when a key is of the wrong kind or stands twice.
Value make_map(Arena& arena, const Entry* entries, std::size_t size);

/// The keys of a map as a list.
Value keys_of(const Map& map, Arena& arena);

}  // namespace puente::cel
