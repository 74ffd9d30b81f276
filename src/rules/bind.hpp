#pragma once

#include <chrono>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "puente/cel/program.hpp"
#include "puente/codes/code_lists.hpp"

namespace puente::rules {

/// Slots of the activation that every expression shares; code lists follow, then the loop variables of the rule.
inline constexpr std::size_t manifest_slot = 0;
inline constexpr std::size_t facts_slot = 1;
inline constexpr std::size_t first_list_slot = 2;

/// One row of a code list as CEL sees it: a map of its columns.
class EntryMap final : public cel::Map {
public:
    EntryMap(const codes::CodeList& list, const codes::Entry& entry) : list_{&list}, entry_{&entry} {}
    std::size_t size() const override;
    bool find(const cel::Value& key, cel::Value& found) const override;
    cel::Value key_at(std::size_t index) const override;
    cel::Value value_at(std::size_t index) const override;

private:
    const codes::CodeList* list_;
    const codes::Entry* entry_;
};

/// All rows of a code list, ready to be seen as maps; made once when the list is loaded.
struct ListRows {
    const codes::CodeList* list;
    std::vector<EntryMap> rows;  ///< by position in the list
};

/// A code list as CEL sees it on one day: a map from the codes in force to their rows.
class ListOnDay final : public cel::Map {
public:
    explicit ListOnDay(const ListRows& rows) : rows_{&rows} {}
    void set_day(std::chrono::sys_days day) {
        if (day == day_) return;
        day_ = day;
        size_ = unknown_size;
    }
    std::size_t size() const override;
    bool find(const cel::Value& key, cel::Value& found) const override;
    cel::Value key_at(std::size_t index) const override;
    cel::Value value_at(std::size_t index) const override;

private:
    static constexpr std::size_t unknown_size = static_cast<std::size_t>(-1);
    const codes::Entry* nth_in_force(std::size_t index) const;
    const ListRows* rows_;
    std::chrono::sys_days day_{};
    mutable std::size_t size_ = unknown_size;  ///< counted when first asked for: most manifests of a thread arrive on the same few days
};

/// What is bound once for a set of code lists: their rows, in the order of their slots.
struct BoundLists {
    explicit BoundLists(std::shared_ptr<const codes::CodeLists> code_lists);
    std::shared_ptr<const codes::CodeLists> lists;
    std::vector<ListRows> rows;
};

/// An environment with `manifest`, `facts`, the code lists and every domain function. Loop variables are added by the caller.
cel::Environment make_environment(const BoundLists& lists);

/// Registers the identifiers and measures as CEL functions: one table.
void add_domain_functions(cel::Environment& environment);

}  // namespace puente::rules
