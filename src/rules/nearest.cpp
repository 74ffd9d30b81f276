#include "rules/nearest.hpp"

#include <algorithm>
#include <numeric>
#include <vector>

namespace puente::rules {

namespace {

/// Levenshtein distance: the fewest characters put in, taken out or changed.
std::size_t distance(std::string_view left, std::string_view right) {
    std::vector<std::size_t> row(right.size() + 1);
    std::iota(row.begin(), row.end(), std::size_t{0});
    for (std::size_t i = 0; i < left.size(); ++i) {
        std::size_t diagonal = row[0];
        row[0] = i + 1;
        for (std::size_t j = 0; j < right.size(); ++j) {
            const std::size_t changed = diagonal + (left[i] == right[j] ? 0 : 1);
            diagonal = row[j + 1];
            row[j + 1] = std::min({changed, row[j] + 1, row[j + 1] + 1});
        }
    }
    return row.back();
}

}  // namespace

std::string_view nearest(std::string_view written, std::span<const std::string_view> known) {
    std::string_view best;
    std::size_t least = std::max<std::size_t>(1, (written.size() + 1) / 3) + 1;  // one character in three
    for (const std::string_view each : known) {
        const std::size_t off = distance(written, each);
        if (off >= least) continue;
        least = off;
        best = each;
    }
    return best;
}

}  // namespace puente::rules
