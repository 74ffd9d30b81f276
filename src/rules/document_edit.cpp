#include "rules/document_edit.hpp"

#include <algorithm>
#include <charconv>
#include <optional>
#include <utility>

namespace puente::rules {

namespace {

using nlohmann::json;

std::optional<std::size_t> position_in(const json& list, const std::string& segment) {
    std::size_t position = 0;
    const char* const end = segment.data() + segment.size();
    if (std::from_chars(segment.data(), end, position).ptr != end || position >= list.size()) return std::nullopt;
    return position;
}

std::string pointer_of(const Place& place) {
    std::string pointer;
    for (const std::string& segment : place) pointer += "/" + segment;
    return pointer;
}

/// Positions of a list worth looking at: those under a favoured pointer, then the first and the last.
std::vector<std::size_t> positions(const json& list, const Place& place, const std::vector<std::string>& favoured) {
    std::vector<std::size_t> chosen;
    const auto add = [&](std::size_t position) {
        if (position < list.size() && std::find(chosen.begin(), chosen.end(), position) == chosen.end()) chosen.push_back(position);
    };
    const std::string prefix = pointer_of(place) + "/";
    for (const std::string& pointer : favoured) {
        if (!pointer.starts_with(prefix)) continue;
        const std::string_view rest = std::string_view{pointer}.substr(prefix.size());
        if (const auto position = position_in(list, std::string{rest.substr(0, rest.find('/'))})) add(*position);
    }
    add(0);
    if (!list.empty()) add(list.size() - 1);
    add(1);
    return chosen;
}

void expand(const FieldPath& path, std::size_t depth, const json* here, Place& place, const std::vector<std::string>& favoured,
            std::size_t places_max, std::vector<Place>& found) {
    if (found.size() >= places_max) return;
    if (depth == path.size()) {
        found.push_back(place);
        return;
    }
    const auto go_on = [&](const std::string& segment, const json* next) {
        place.push_back(segment);
        expand(path, depth + 1, next, place, favoured, places_max, found);
        place.pop_back();
    };
    if (path[depth] == "*") {
        if (here == nullptr || !here->is_array()) return;
        for (const std::size_t position : positions(*here, place, favoured)) go_on(std::to_string(position), &here->at(position));
    } else if (here != nullptr && here->is_array()) {
        if (const auto position = position_in(*here, path[depth])) go_on(path[depth], &here->at(*position));
    } else {
        const bool there = here != nullptr && here->is_object() && here->contains(path[depth]);
        go_on(path[depth], there ? &here->at(path[depth]) : nullptr);
    }
}

/// One list from another: items changed in place, one removed, some appended; else the whole list.
json list_difference(const json& source, const json& target) {
    json patch = json::object();
    if (target.size() + 1 == source.size()) {
        std::size_t gone = 0;
        while (gone < target.size() && source[gone] == target[gone]) ++gone;
        if (!std::equal(target.begin() + static_cast<std::ptrdiff_t>(gone), target.end(), source.begin() + static_cast<std::ptrdiff_t>(gone) + 1))
            return target;
        patch[std::to_string(gone)] = nullptr;
        return patch;
    }
    if (target.size() != source.size() && target.size() != source.size() + 1) return target;
    for (std::size_t i = 0; i < source.size(); ++i) {
        if (source[i] != target[i]) patch[std::to_string(i)] = difference(source[i], target[i]);
    }
    if (target.size() > source.size()) patch["+"] = target.back();
    return patch;
}

}  // namespace

std::vector<Place> places_of(const FieldPath& path, const json& document, const std::vector<std::string>& favoured, std::size_t places_max) {
    std::vector<Place> found;
    Place place;
    expand(path, 0, &document, place, favoured, places_max, found);
    return found;
}

const json* value_at(const json& document, const Place& place) {
    const json* here = &document;
    for (const std::string& segment : place) {
        if (here->is_array()) {
            const auto position = position_in(*here, segment);
            if (!position) return nullptr;
            here = &here->at(*position);
        } else {
            if (!here->is_object() || !here->contains(segment)) return nullptr;
            here = &here->at(segment);
        }
    }
    return here;
}

std::vector<const json*> siblings_of(const json& document, const Place& place, const FieldPath& path) {
    std::vector<const json*> siblings;
    const auto star = std::find(path.rbegin(), path.rend(), "*");
    if (star == path.rend() || path.size() != place.size()) return siblings;
    const auto depth = static_cast<std::size_t>(path.rend() - star) - 1;
    const json* const list = value_at(document, {place.begin(), place.begin() + static_cast<std::ptrdiff_t>(depth)});
    if (list == nullptr) return siblings;
    for (std::size_t i = 0; i < list->size(); ++i) {
        Place other = place;
        other[depth] = std::to_string(i);
        const json* const value = other == place ? nullptr : value_at(document, other);
        if (value != nullptr) siblings.push_back(value);
    }
    return siblings;
}

void put(json& document, const Place& place, const json& value) {
    json* here = &document;
    for (std::size_t i = 0; i < place.size(); ++i) {
        const bool last = i + 1 == place.size();
        if (here->is_array()) {
            const auto position = position_in(*here, place[i]);
            if (!position) return;
            if (last && value.is_null()) {
                here->erase(*position);
                return;
            }
            here = &here->at(*position);
            continue;
        }
        if (value.is_null() && (!here->is_object() || !here->contains(place[i]))) return;
        if (last && value.is_null()) {
            here->erase(place[i]);
            return;
        }
        if (!here->is_object()) *here = json::object();
        here = &(*here)[place[i]];
    }
    *here = value;
}

json difference(const json& source, const json& target) {
    if (source.is_array() && target.is_array()) return list_difference(source, target);
    if (!source.is_object() || !target.is_object()) return target;
    json patch = json::object();
    for (const auto& [key, value] : source.items()) {
        if (!target.contains(key)) patch[key] = nullptr;
    }
    for (const auto& [key, value] : target.items()) {
        if (!source.contains(key)) {
            patch[key] = value;
        } else if (source.at(key) != value) {
            patch[key] = difference(source.at(key), value);
        }
    }
    return patch;
}

}  // namespace puente::rules
