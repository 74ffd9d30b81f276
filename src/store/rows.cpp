#include "store/rows.hpp"

#include <cassert>
#include <pqxx/binarystring>
#include <string_view>

namespace puente::store {

namespace {

pqxx::field field_at(const Rows& rows, std::size_t row, int column) {
    return rows.inside().result[static_cast<pqxx::result::size_type>(row)][column];
}

std::string_view view(const pqxx::field& field) {
    return {field.c_str(), field.size()};
}

}  // namespace

std::size_t Rows::size() const {
    return static_cast<std::size_t>(inside_->result.size());
}

std::size_t Rows::affected() const {
    return static_cast<std::size_t>(inside_->result.affected_rows());
}

bool Row::is_null(int column) const {
    return field_at(*rows_, index_, column).is_null();
}

std::string Row::text(int column) const {
    return std::string{view(field_at(*rows_, index_, column))};
}

std::string Row::octets(int column) const {
    const pqxx::field field = field_at(*rows_, index_, column);
    return field.is_null() ? std::string{} : pqxx::binarystring{field}.str();
}

Uuid Row::uuid(int column) const {
    return Uuid::parse(view(field_at(*rows_, index_, column))).value_or(Uuid{});
}

Instant Row::instant(int column) const {
    return optional_instant(column).value_or(Instant{});
}

std::optional<Instant> Row::optional_instant(int column) const {
    std::string text = this->text(column);  // "2026-03-02 18:30:00.123456+00": ISO style and UTC are set on every connection
    if (text.empty()) return std::nullopt;
    assert(text.size() >= 22 && text.substr(text.size() - 3) == "+00");
    text[10] = 'T';
    text.replace(text.size() - 3, 3, "Z");
    const std::optional<LocalInstant> read = parse_date_time(text);
    assert(read);
    return read->at;
}

std::int32_t Row::int32(int column) const {
    const pqxx::field field = field_at(*rows_, index_, column);
    return field.is_null() ? 0 : field.as<std::int32_t>();
}

std::int64_t Row::int64(int column) const {
    const pqxx::field field = field_at(*rows_, index_, column);
    return field.is_null() ? 0 : field.as<std::int64_t>();
}

bool Row::boolean(int column) const {
    const pqxx::field field = field_at(*rows_, index_, column);
    return !field.is_null() && field.as<bool>();
}

}  // namespace puente::store
