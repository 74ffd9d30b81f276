#include "puente/store/transaction.hpp"
#include "store/binary.hpp"
#include "store/binary_array.hpp"

namespace puente::store {

Parameter::Parameter(const Uuid& uuid) : wire_(uuid.bytes().begin(), uuid.bytes().end()) {}

Parameter::Parameter(Instant instant) {
    append_instant(wire_, instant);
}

Parameter::Parameter(std::int32_t number) {
    append_int32(wire_, number);
}

Parameter::Parameter(std::int64_t number) {
    append_int64(wire_, number);
}

Parameter::Parameter(bool yes) : wire_(1, yes ? '\1' : '\0') {}

Parameter::Parameter(const std::optional<Uuid>& uuid) {
    BinaryArray array{Element::uuid};
    if (uuid) array.add_uuid(*uuid);
    *this = array.parameter();
}

Parameter::Parameter(const std::optional<Instant>& instant) {
    BinaryArray array{Element::instant};
    if (instant) array.add_instant(*instant);
    *this = array.parameter();
}

Parameter Parameter::encoded(std::string wire) {
    Parameter parameter;
    parameter.wire_ = std::move(wire);
    return parameter;
}

}  // namespace puente::store
