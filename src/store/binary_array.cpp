#include "store/binary_array.hpp"

#include <cassert>
#include <utility>

#include "store/binary.hpp"

namespace puente::store {

void BinaryArray::add(Element element, std::string_view octets) {
    assert(element == element_);
    append_int32(elements_, static_cast<std::int32_t>(octets.size()));
    elements_ += octets;
    ++count_;
}

void BinaryArray::add_uuid(const Uuid& uuid) {
    add(Element::uuid, std::string(uuid.bytes().begin(), uuid.bytes().end()));
}

void BinaryArray::add_instant(Instant instant) {
    std::string wire;
    append_instant(wire, instant);
    add(Element::instant, wire);
}

void BinaryArray::add_int32(std::int32_t number) {
    std::string wire;
    append_int32(wire, number);
    add(Element::int32, wire);
}

void BinaryArray::add_int64(std::int64_t number) {
    std::string wire;
    append_int64(wire, number);
    add(Element::int64, wire);
}

void BinaryArray::add_null() {
    append_int32(elements_, -1);
    has_null_ = true;
    ++count_;
}

Parameter BinaryArray::parameter() const {
    std::string wire;
    wire.reserve(20 + elements_.size());
    append_int32(wire, count_ == 0 ? 0 : 1);  // dimensions
    append_int32(wire, has_null_ ? 1 : 0);
    append_int32(wire, static_cast<std::int32_t>(element_));
    if (count_ > 0) {
        append_int32(wire, count_);
        append_int32(wire, 1);  // lower bound
        wire += elements_;
    }
    return Parameter::encoded(std::move(wire));
}

}  // namespace puente::store
