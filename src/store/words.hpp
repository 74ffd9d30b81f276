#pragma once

#include <algorithm>
#include <string>
#include <vector>

namespace puente::store {

/// What array_to_string(..., ',') has joined.
inline std::vector<std::string> words(const std::string& joined) {
    std::vector<std::string> all;
    for (std::size_t begin = 0; begin < joined.size();) {
        const std::size_t end = std::min(joined.find(',', begin), joined.size());
        all.push_back(joined.substr(begin, end - begin));
        begin = end + 1;
    }
    return all;
}

}  // namespace puente::store
