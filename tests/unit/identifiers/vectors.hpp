#pragma once

#include <fstream>
#include <sstream>
#include <stdexcept>
#include <string>
#include <vector>

namespace puente::identifiers::vectors {

/// The fields of one line of a vector file; quoted fields may contain commas.
inline std::vector<std::string> fields(const std::string& line) {
    std::vector<std::string> all{""};
    bool quoted = false;
    for (const char c : line) {
        if (c == '"') {
            quoted = !quoted;
        } else if (c == ',' && !quoted) {
            all.emplace_back();
        } else {
            all.back().push_back(c);
        }
    }
    return all;
}

/// The lines of tests/vectors/identifiers/<name>, without the header.
inline std::vector<std::vector<std::string>> lines(const std::string& name) {
    std::ifstream file{std::string{PUENTE_SOURCE_DIR} + "/tests/vectors/identifiers/" + name};
    if (!file) throw std::runtime_error{"no vectors " + name};
    std::vector<std::vector<std::string>> all;
    std::string line;
    std::getline(file, line);
    while (std::getline(file, line)) all.push_back(fields(line));
    return all;
}

}  // namespace puente::identifiers::vectors
