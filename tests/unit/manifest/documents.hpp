#pragma once

#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "puente/manifest/manifest.hpp"

namespace puente::manifest::testing {

/// The reference document: a made-up trip of fresh produce to the United States, as a sender would write it.
inline std::string reference_text() {
    std::ifstream file{PUENTE_SOURCE_DIR "/tests/unit/manifest/reference.json", std::ios::binary};
    return {std::istreambuf_iterator<char>{file}, {}};
}

inline nlohmann::json reference() {
    return nlohmann::json::parse(reference_text());
}

/// The reference with the value at a pointer replaced by this JSON text, whatever it is; an empty text takes the value out.
inline std::string with(const std::string& pointer, const std::string& json_text) {
    nlohmann::json document = reference();
    const nlohmann::json::json_pointer place{pointer};
    if (json_text.empty()) {
        document.at(place.parent_pointer()).erase(place.back());
        return document.dump();
    }
    document[place] = "@here@";
    std::string text = document.dump();
    return text.replace(text.find("\"@here@\""), 8, json_text);
}

/// "code pointer" of every fault.
inline std::vector<std::string> listed(const Decoded& decoded) {
    std::vector<std::string> list;
    for (const Fault& fault : decoded.faults) list.push_back(fault.code + " " + fault.pointer);
    return list;
}

inline std::string repeated(const std::string& text, std::size_t times) {
    std::string all;
    all.reserve(text.size() * times);
    for (std::size_t i = 0; i < times; ++i) all += text;
    return all;
}

inline std::string quoted(std::size_t characters, const std::string& character = "a") {
    return '"' + repeated(character, characters) + '"';
}

/// A list of `items` times the same item.
inline std::string list_of(const std::string& item, std::size_t items) {
    return items == 0 ? "[]" : '[' + repeated(item + ",", items - 1) + item + ']';
}

}  // namespace puente::manifest::testing
