#include <re2/re2.h>

#include <algorithm>
#include <limits>

#include "cel/containers.hpp"
#include "cel/standard.hpp"
#include "cel/utf8.hpp"

namespace puente::cel {

namespace {

/// Bytes looked at that count as one step.
constexpr std::size_t bytes_per_step = 16;

bool are_strings(const Value* arguments, std::size_t count) {
    for (std::size_t i = 0; i < count; ++i)
        if (arguments[i].kind() != Kind::string) return false;
    return true;
}

void spend_on(std::string_view text, Frame& frame) {
    frame.spend(text.size() / bytes_per_step);
}

bool is_ascii(std::string_view text) {
    return std::none_of(text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0x80U) != 0; });
}

Value index_out_of_range() {
    return Value::error("index out of range");
}

/// The byte offset of a code point index between 0 and the length, or false. Only what stands before it needs to be ASCII to be counted in bytes.
bool byte_of(std::string_view text, const Value& index, std::size_t& at) {
    if (index.as_integer() < 0) return false;
    const auto wanted = static_cast<std::uint64_t>(index.as_integer());
    if (is_ascii(text.substr(0, wanted))) {
        at = wanted;
        return wanted <= text.size();
    }
    at = offset_of(text, wanted);
    return at < text.size() || wanted == count_code_points(text);
}

}  // namespace

Value contains(const Value* arguments, std::size_t, Frame& frame) {
    if (!are_strings(arguments, 2)) return no_overload();
    // The search is quadratic at worst.
    if (!frame.spend((arguments[0].as_text().size() / bytes_per_step + 1) * (arguments[1].as_text().size() / bytes_per_step + 1)))
        return out_of_budget();
    return Value::boolean(arguments[0].as_text().find(arguments[1].as_text()) != std::string_view::npos);
}

Value starts_with(const Value* arguments, std::size_t, Frame&) {
    if (!are_strings(arguments, 2)) return no_overload();
    return Value::boolean(arguments[0].as_text().substr(0, arguments[1].as_text().size()) == arguments[1].as_text());
}

Value ends_with(const Value* arguments, std::size_t, Frame&) {
    if (!are_strings(arguments, 2)) return no_overload();
    const std::string_view text = arguments[0].as_text();
    const std::string_view end = arguments[1].as_text();
    return Value::boolean(text.size() >= end.size() && text.substr(text.size() - end.size()) == end);
}

/// A pattern known only now; constant ones are compiled with the program.
Value matches(const Value* arguments, std::size_t, Frame& frame) {
    if (!are_strings(arguments, 2)) return no_overload();
    constexpr std::size_t steps_per_pattern_byte = 16;
    const std::string_view text = arguments[0].as_text();
    const std::string_view pattern = arguments[1].as_text();
    if (!frame.spend(text.size() / 8 + pattern.size() * steps_per_pattern_byte + 64)) return out_of_budget();
    RE2::Options options{RE2::Quiet};
    options.set_max_mem(1 << 20);
    const RE2 compiled{
        re2::StringPiece{pattern.data(), pattern.size()},
        options
    };
    if (!compiled.ok()) return Value::error("not a regular expression of RE2");
    return Value::boolean(RE2::PartialMatch(re2::StringPiece{text.data(), text.size()}, compiled));
}

Value char_at(const Value* arguments, std::size_t, Frame& frame) {
    if (arguments[0].kind() != Kind::string || arguments[1].kind() != Kind::integer) return no_overload();
    const std::string_view text = arguments[0].as_text();
    spend_on(text, frame);
    std::size_t begin = 0;
    if (!byte_of(text, arguments[1], begin)) return index_out_of_range();
    return Value::string(text.substr(begin, offset_of(text.substr(begin), 1)));
}

Value index_of(const Value* arguments, std::size_t count, Frame& frame) {
    if (!are_strings(arguments, 2) || (count > 2 && arguments[2].kind() != Kind::integer)) return no_overload();
    const std::string_view text = arguments[0].as_text();
    if (!frame.spend((text.size() / bytes_per_step + 1) * (arguments[1].as_text().size() / bytes_per_step + 1))) return out_of_budget();
    std::size_t from = 0;
    if (count > 2 && !byte_of(text, arguments[2], from)) return index_out_of_range();
    const std::size_t found = text.find(arguments[1].as_text(), from);
    return Value::integer(found == text.npos ? -1 : static_cast<std::int64_t>(count_code_points(text.substr(0, found))));
}

Value last_index_of(const Value* arguments, std::size_t count, Frame& frame) {
    if (!are_strings(arguments, 2) || (count > 2 && arguments[2].kind() != Kind::integer)) return no_overload();
    const std::string_view text = arguments[0].as_text();
    if (!frame.spend((text.size() / bytes_per_step + 1) * (arguments[1].as_text().size() / bytes_per_step + 1))) return out_of_budget();
    std::size_t from = text.size();
    if (count > 2 && !byte_of(text, arguments[2], from)) return index_out_of_range();
    const std::size_t found = text.rfind(arguments[1].as_text(), from);
    return Value::integer(found == text.npos ? -1 : static_cast<std::int64_t>(count_code_points(text.substr(0, found))));
}

Value substring(const Value* arguments, std::size_t count, Frame& frame) {
    if (arguments[0].kind() != Kind::string) return no_overload();
    for (std::size_t i = 1; i < count; ++i)
        if (arguments[i].kind() != Kind::integer) return no_overload();
    const std::string_view text = arguments[0].as_text();
    spend_on(text, frame);
    std::size_t begin = 0;
    std::size_t end = text.size();
    if (!byte_of(text, arguments[1], begin) || (count > 2 && !byte_of(text, arguments[2], end))) return index_out_of_range();
    if (begin > end) return Value::error("a substring cannot end before it begins");
    return Value::string(text.substr(begin, end - begin));
}

}  // namespace puente::cel
