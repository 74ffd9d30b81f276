#include <optional>

#include "manifest/fault_texts.hpp"
#include "manifest/inside.hpp"
#include "manifest/json_reader.hpp"
#include "manifest/syntax.hpp"
#include "puente/manifest/manifest.hpp"

namespace puente::manifest {

namespace {

/// A document that simdjson or its walk refused: where it stops being JSON, after the faults found so far.
void explain(std::string_view bytes, Faults& faults) {
    std::optional<Said> broken = broken_at(bytes);
    if (!broken) {
        // It is JSON after all, so it is not an object at its root: nothing else makes the walk stop.
        const char first = bytes[bytes.find_first_not_of(" \t\n\r")];
        const JsonKind kind = first == '['                   ? JsonKind::list
                              : first == '"'                 ? JsonKind::text
                              : first == 'n'                 ? JsonKind::null
                              : first == 't' || first == 'f' ? JsonKind::boolean
                                                             : JsonKind::number;
        broken = not_an_object(kind);
    }
    faults.add_always(Place{}, std::move(*broken));
}

}  // namespace

Decoded decode_json(std::string bytes, const DocumentLimits& limits) {
    Faults faults{limits.faults_max};
    if (bytes.size() > limits.bytes_max) {
        faults.add_always(Place{}, too_large(limits.bytes_max));
        return refused(faults);
    }
    auto inside = std::make_unique<Manifest::Inside>(bytes.size());
    reserve_padding(bytes);
    // simdjson takes no document without a value, and reads over a byte order mark.
    const bool marked = std::string_view{bytes}.substr(0, 3) == "\xef\xbb\xbf";
    const bool is_json = !bytes.empty() && !marked && read_json(bytes, limits, *inside->message, faults);
    if (!is_json) explain(bytes, faults);
    if (faults.any()) return refused(faults);
    return accepted(std::move(inside), std::move(bytes), Encoding::json);
}

}  // namespace puente::manifest
