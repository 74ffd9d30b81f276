#include "manifest/fault_texts.hpp"
#include "manifest/inside.hpp"
#include "manifest/wire_reader.hpp"
#include "puente/manifest/manifest.hpp"

namespace puente::manifest {

Decoded decode_protobuf(std::string bytes, const DocumentLimits& limits) {
    Faults faults{limits.faults_max};
    auto inside = std::make_unique<Manifest::Inside>(bytes.size() < limits.bytes_max ? bytes.size() : 0);
    if (bytes.size() > limits.bytes_max) {
        faults.add_always(Place{}, too_large(limits.bytes_max));
    } else if (!read_wire(bytes, limits, *inside->message, faults)) {
        faults.add_always(Place{}, not_protobuf());
    }
    if (faults.any()) return refused(faults);
    return accepted(std::move(inside), std::move(bytes), Encoding::protobuf);
}

}  // namespace puente::manifest
