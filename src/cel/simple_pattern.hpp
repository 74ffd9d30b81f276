#pragma once

#include <array>
#include <cstdint>
#include <string_view>
#include <vector>

namespace puente::cel {

/// A regular expression so plain that one pass without looking back decides it: "^[A-Z]{4}[0-9]{6,8}$". Most patterns of rules are of this
/// kind, and this is several times as fast as RE2.
class SimplePattern {
public:
    /// Reads a pattern; false when it is of another kind (or wrong), and RE2 has to do it.
    bool read(std::string_view pattern);
    /// Whether the whole text matches.
    bool matches(std::string_view text) const;

private:
    /// A set of ASCII characters, so many times.
    struct Run {
        std::array<std::uint64_t, 4> set{};
        std::uint32_t least = 1;
        std::uint32_t most = 1;
        void add(unsigned first, unsigned last) {
            for (unsigned c = first; c <= last; ++c) set[c >> 6U] |= std::uint64_t{1} << (c & 63U);
        }
        bool has(unsigned char c) const { return ((set[c >> 6U] >> (c & 63U)) & 1U) != 0; }
        bool meets(const Run& other) const { return (set[0] & other.set[0]) != 0 || (set[1] & other.set[1]) != 0; }
    };
    static bool read_set(std::string_view& rest, Run& run);
    static bool read_class(std::string_view& rest, Run& run);
    static bool read_escape(std::string_view& rest, Run& run, unsigned& character);
    static bool read_times(std::string_view& rest, Run& run);
    bool is_decided_at_once() const;

    std::vector<Run> runs_;
};

}  // namespace puente::cel
