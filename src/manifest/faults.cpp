#include "manifest/faults.hpp"

namespace puente::manifest {

namespace {

void append(const Place& place, std::string& pointer, bool& cut) {
    if (place.parent == nullptr) return;
    append(*place.parent, pointer, cut);
    if (place.index != Place::no_index) {
        if (!cut) pointer += '/' + std::to_string(place.index);
        return;
    }
    cut = cut || place.name.size() > Place::name_max;
    if (cut) return;
    pointer += '/';
    for (const char character : place.name) {
        if (character == '~') {
            pointer += "~0";
        } else if (character == '/') {
            pointer += "~1";
        } else {
            pointer += character;
        }
    }
}

}  // namespace

std::string Place::pointer() const {
    std::string pointer;
    bool cut = false;
    append(*this, pointer, cut);
    return pointer;
}

}  // namespace puente::manifest
