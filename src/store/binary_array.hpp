#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "puente/instant.hpp"
#include "puente/store/transaction.hpp"
#include "puente/uuid.hpp"

namespace puente::store {

/// What an array holds: the type's OID. Source: PostgreSQL 15, src/include/catalog/pg_type.dat.
enum class Element : std::int32_t { boolean = 16, octets = 17, int64 = 20, int32 = 23, text = 25, instant = 1184, uuid = 2950 };

/// A one-dimensional array in PostgreSQL's binary format, bound to $n::type[] and opened there with unnest: any number of rows with one
/// statement text. Source: PostgreSQL 15, array_recv.
class BinaryArray {
public:
    explicit BinaryArray(Element element) : element_{element} {}

    void add_text(std::string_view text) { add(Element::text, text); }
    void add_octets(std::string_view octets) { add(Element::octets, octets); }
    void add_uuid(const Uuid& uuid);
    void add_instant(Instant instant);
    void add_int32(std::int32_t number);
    void add_int64(std::int64_t number);
    void add_bool(bool yes) { add(Element::boolean, std::string_view{yes ? "\1" : "\0", 1}); }
    void add_null();

    Parameter parameter() const;

private:
    void add(Element element, std::string_view octets);

    Element element_;
    std::int32_t count_ = 0;
    bool has_null_ = false;
    std::string elements_;
};

/// Arrays as the parameters $1, $2 ... of a statement.
template <std::size_t count>
std::vector<Parameter> bound(const std::array<BinaryArray, count>& arrays) {
    std::vector<Parameter> parameters;
    parameters.reserve(count);
    for (const BinaryArray& array : arrays) parameters.push_back(array.parameter());
    return parameters;
}

}  // namespace puente::store
