#include "cel/simple_pattern.hpp"

#include <limits>

namespace puente::cel {

namespace {

constexpr std::uint32_t without_end = std::numeric_limits<std::uint32_t>::max();
/// RE2 refuses to repeat more often.
constexpr std::uint32_t times_max = 1000;
constexpr unsigned no_character = 256;

bool is_plain(char c) {
    constexpr std::string_view special = "()[]{}.*+?^$|\\";
    return static_cast<unsigned char>(c) < 0x80 && special.find(c) == special.npos;
}

bool take_number(std::string_view& rest, std::uint32_t& number) {
    number = 0;
    std::size_t digits = 0;
    for (; digits < 4 && digits < rest.size() && rest[digits] >= '0' && rest[digits] <= '9'; ++digits)
        number = number * 10 + static_cast<std::uint32_t>(rest[digits] - '0');
    rest.remove_prefix(digits);
    return digits > 0 && number <= times_max;
}

bool take(std::string_view& rest, char wanted) {
    if (rest.empty() || rest.front() != wanted) return false;
    rest.remove_prefix(1);
    return true;
}

}  // namespace

bool SimplePattern::read(std::string_view pattern) {
    if (pattern.size() < 2 || pattern.front() != '^' || pattern.back() != '$') return false;
    std::string_view rest = pattern.substr(1, pattern.size() - 2);
    while (!rest.empty()) {
        Run run;
        if (!read_set(rest, run) || !read_times(rest, run)) return false;
        runs_.push_back(run);
    }
    return is_decided_at_once();
}

bool SimplePattern::matches(std::string_view text) const {
    const char* at = text.data();
    const char* const end = at + text.size();
    for (const Run& run : runs_) {
        std::uint32_t times = 0;
        while (times < run.most && at != end && run.has(static_cast<unsigned char>(*at))) {
            ++times;
            ++at;
        }
        if (times < run.least) return false;
    }
    return at == end;
}

bool SimplePattern::read_set(std::string_view& rest, Run& run) {
    if (rest.front() == '[') return read_class(rest, run);
    unsigned character = no_character;
    if (rest.front() == '\\') {
        if (!read_escape(rest, run, character)) return false;
    } else {
        if (!is_plain(rest.front())) return false;
        character = static_cast<unsigned char>(rest.front());
        rest.remove_prefix(1);
    }
    if (character != no_character) run.add(character, character);
    return true;
}

/// \d, \w, or a punctuation mark that stands for itself, given in `character`.
bool SimplePattern::read_escape(std::string_view& rest, Run& run, unsigned& character) {
    if (rest.size() < 2) return false;
    const char escaped = rest[1];
    const bool word = escaped == 'w';
    const bool letter_or_digit =
        (escaped >= 'a' && escaped <= 'z') || (escaped >= 'A' && escaped <= 'Z') || (escaped >= '0' && escaped <= '9') || escaped == '_';
    if ((letter_or_digit && escaped != 'd' && !word) || static_cast<unsigned char>(escaped) >= 0x80) return false;
    rest.remove_prefix(2);
    if (!letter_or_digit) {
        character = static_cast<unsigned char>(escaped);
        return true;
    }
    run.add('0', '9');
    if (word) {
        run.add('A', 'Z');
        run.add('a', 'z');
        run.add('_', '_');
    }
    return true;
}

bool SimplePattern::read_class(std::string_view& rest, Run& run) {
    rest.remove_prefix(1);
    if (rest.empty() || rest.front() == '^' || rest.front() == ']') return false;
    while (!rest.empty() && rest.front() != ']') {
        unsigned first = static_cast<unsigned char>(rest.front());
        if (rest.front() == '[' || first >= 0x80) return false;
        if (rest.front() == '\\') {
            first = no_character;
            if (!read_escape(rest, run, first)) return false;
        } else {
            rest.remove_prefix(1);
        }
        unsigned last = first;
        if (rest.size() > 1 && rest[0] == '-' && rest[1] != ']') {
            last = static_cast<unsigned char>(rest[1]);
            if (first == no_character || rest[1] == '[' || rest[1] == '\\' || last >= 0x80 || last < first) return false;
            rest.remove_prefix(2);
        }
        if (first != no_character) run.add(first, last);
    }
    return take(rest, ']');
}

bool SimplePattern::read_times(std::string_view& rest, Run& run) {
    if (take(rest, '?')) {
        run.least = 0;
    } else if (take(rest, '*')) {
        run.least = 0;
        run.most = without_end;
    } else if (take(rest, '+')) {
        run.most = without_end;
    } else if (take(rest, '{')) {
        if (!take_number(rest, run.least)) return false;
        run.most = run.least;
        if (take(rest, ',')) {
            if (!rest.empty() && rest.front() == '}') {
                run.most = without_end;
            } else if (!take_number(rest, run.most)) {
                return false;
            }
        }
        if (!take(rest, '}') || run.most < run.least) return false;
    }
    // A second repetition ("a+?", "a{2}*") means something else.
    return rest.empty() || (rest.front() != '?' && rest.front() != '*' && rest.front() != '+' && rest.front() != '{');
}

/// Taking as much as possible is right when what a run can take is never what may come next.
bool SimplePattern::is_decided_at_once() const {
    for (std::size_t i = 0; i < runs_.size(); ++i) {
        if (runs_[i].least == runs_[i].most) continue;
        for (std::size_t next = i + 1; next < runs_.size(); ++next) {
            if (runs_[i].meets(runs_[next])) return false;
            if (runs_[next].least > 0) break;
        }
    }
    return true;
}

}  // namespace puente::cel
