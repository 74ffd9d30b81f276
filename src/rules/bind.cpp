#include "rules/bind.hpp"

#include <utility>

#include "puente/manifest/fields.hpp"
#include "puente/v1/facts.pb.h"
#include "puente/v1/manifest.pb.h"

namespace puente::rules {

std::size_t EntryMap::size() const { return list_->columns().size(); }

bool EntryMap::find(const cel::Value& key, cel::Value& found) const {
    if (key.kind() != cel::Kind::string) return false;
    const std::optional<std::size_t> column = list_->column_index(key.as_text());
    if (!column) return false;
    found = cel::Value::string(entry_->column(*column));
    return true;
}

cel::Value EntryMap::key_at(std::size_t index) const { return cel::Value::string(list_->columns()[index]); }

cel::Value EntryMap::value_at(std::size_t index) const { return cel::Value::string(entry_->column(index)); }

std::size_t ListOnDay::size() const {
    if (size_ != unknown_size) return size_;
    size_ = 0;
    for (const codes::Entry& entry : *rows_->list) size_ += entry.in_force(day_) ? 1 : 0;
    return size_;
}

bool ListOnDay::find(const cel::Value& key, cel::Value& found) const {
    if (key.kind() != cel::Kind::string) return false;
    const codes::Entry* entry = rows_->list->find(key.as_text(), day_);
    if (entry == nullptr) return false;
    found = cel::Value::map(&rows_->rows[static_cast<std::size_t>(entry - &rows_->list->at(0))]);
    return true;
}

const codes::Entry* ListOnDay::nth_in_force(std::size_t index) const {
    for (const codes::Entry& entry : *rows_->list) {
        if (!entry.in_force(day_)) continue;
        if (index-- == 0) return &entry;
    }
    return nullptr;
}

cel::Value ListOnDay::key_at(std::size_t index) const { return cel::Value::string(nth_in_force(index)->code()); }

cel::Value ListOnDay::value_at(std::size_t index) const {
    return cel::Value::map(&rows_->rows[static_cast<std::size_t>(nth_in_force(index) - &rows_->list->at(0))]);
}

BoundLists::BoundLists(std::shared_ptr<const codes::CodeLists> code_lists) : lists{std::move(code_lists)} {
    for (const codes::CodeList& list : *lists) {
        ListRows bound{&list, {}};
        bound.rows.reserve(list.size());
        for (const codes::Entry& entry : list) bound.rows.emplace_back(list, entry);
        rows.push_back(std::move(bound));
    }
}

cel::Environment make_environment(const BoundLists& lists) {
    cel::Environment environment;
    environment.use_field_access(manifest::field_table());
    environment.add_variable("manifest", cel::message_type(*v1::Manifest::descriptor()));
    environment.add_variable("facts", cel::message_type(*v1::Facts::descriptor()));
    const cel::TypeRef row = cel::map_type(cel::string_type(), cel::string_type());
    for (const ListRows& bound : lists.rows) environment.add_variable("list." + bound.list->name(), cel::map_type(cel::string_type(), row));
    add_domain_functions(environment);
    return environment;
}

}  // namespace puente::rules
