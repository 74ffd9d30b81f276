#include <array>
#include <cstring>
#include <limits>

#include "cel/containers.hpp"
#include "cel/print.hpp"
#include "cel/standard.hpp"
#include "cel/utf8.hpp"

namespace puente::cel {

namespace {

/// Bytes of new text that count as one step.
constexpr std::size_t bytes_per_step = 8;
constexpr std::size_t text_max = std::numeric_limits<std::uint32_t>::max();

/// Room for new text of a size known beforehand; null when it would cost too much.
char* room_for(std::size_t size, Frame& frame) {
    if (!frame.spend(1 + size / bytes_per_step) || size > text_max) return nullptr;
    return static_cast<char*>(frame.arena.allocate(size));
}

char* put(char* to, std::string_view text) {
    if (!text.empty()) std::memcpy(to, text.data(), text.size());
    return to + text.size();
}

/// What strings.TrimSpace of Go trims: Unicode's White_Space.
bool is_blank(std::uint32_t code_point) {
    if (code_point >= 0x2000 && code_point <= 0x200A) return true;
    constexpr std::array<std::uint32_t, 14> blanks = {0x09, 0x0A, 0x0B, 0x0C, 0x0D, 0x20, 0x85, 0xA0, 0x1680, 0x2028, 0x2029, 0x202F, 0x205F, 0x3000};
    for (const std::uint32_t each : blanks)
        if (each == code_point) return true;
    return false;
}

template <class Change>
Value changed_bytes(const Value& text, Change change, Frame& frame) {
    if (text.kind() != Kind::string) return no_overload();
    char* const made = room_for(text.as_text().size(), frame);
    if (made == nullptr) return out_of_budget();
    for (std::size_t i = 0; i < text.as_text().size(); ++i) made[i] = change(text.as_text()[i]);
    return Value::string({made, text.as_text().size()});
}

/// A limit that may be left out: below zero is none.
bool limit_of(const Value* arguments, std::size_t count, std::size_t place, std::size_t& limit) {
    limit = std::numeric_limits<std::size_t>::max();
    if (count <= place) return true;
    if (arguments[place].kind() != Kind::integer) return false;
    if (arguments[place].as_integer() >= 0) limit = static_cast<std::size_t>(arguments[place].as_integer());
    return true;
}

/// Where `wanted` is found next, an empty one after each code point; false at the end.
bool find_next(std::string_view text, std::string_view wanted, std::size_t from, bool first, std::size_t& found) {
    if (wanted.empty()) {
        if (first) {
            found = 0;
            return true;
        }
        if (from >= text.size()) return false;
        found = from + offset_of(text.substr(from), 1);
        return true;
    }
    found = text.find(wanted, from);
    return found != text.npos;
}

}  // namespace

Value join(const Value* arguments, std::size_t count, Frame& frame) {
    if (arguments[0].kind() != Kind::list || (count > 1 && arguments[1].kind() != Kind::string)) return no_overload();
    const List& list = arguments[0].as_list();
    const std::string_view between = count > 1 ? arguments[1].as_text() : std::string_view{};
    const std::size_t items = list.size();
    std::size_t size = items > 1 ? (items - 1) * between.size() : 0;
    if (!frame.spend(items)) return out_of_budget();
    for (std::size_t i = 0; i < items; ++i) {
        const Value item = list.at(i);
        if (item.kind() != Kind::string) return no_overload();
        size += item.as_text().size();
    }
    char* const made = room_for(size, frame);
    if (made == nullptr) return out_of_budget();
    char* to = made;
    for (std::size_t i = 0; i < items; ++i) to = put(i > 0 ? put(to, between) : to, list.at(i).as_text());
    return Value::string({made, size});
}

Value split(const Value* arguments, std::size_t count, Frame& frame) {
    std::size_t limit = 0;
    if (arguments[0].kind() != Kind::string || arguments[1].kind() != Kind::string || !limit_of(arguments, count, 2, limit)) return no_overload();
    std::string_view text = arguments[0].as_text();
    const std::string_view at = arguments[1].as_text();
    if (!frame.spend((text.size() / bytes_per_step + 1) * (at.size() / bytes_per_step + 1))) return out_of_budget();
    ListBuilder parts{frame.arena};
    if (limit == 0) return parts.finish();
    while (parts.size() + 1 < limit) {
        const std::size_t found = at.empty() ? offset_of(text, 1) : text.find(at);
        if (found == text.npos || (at.empty() && found >= text.size())) break;
        if (!frame.spend(2)) return out_of_budget();
        parts.add(Value::string(text.substr(0, found)));
        text.remove_prefix(found + at.size());
    }
    if (!(at.empty() && text.empty())) parts.add(Value::string(text));
    return parts.finish();
}

Value replace(const Value* arguments, std::size_t count, Frame& frame) {
    std::size_t limit = 0;
    for (std::size_t i = 0; i < 3; ++i)
        if (arguments[i].kind() != Kind::string) return no_overload();
    if (!limit_of(arguments, count, 3, limit)) return no_overload();
    const std::string_view text = arguments[0].as_text();
    const std::string_view old = arguments[1].as_text();
    const std::string_view put_in = arguments[2].as_text();
    if (!frame.spend((text.size() / bytes_per_step + 1) * (old.size() / bytes_per_step + 1))) return out_of_budget();
    std::size_t times = 0;
    std::size_t found = 0;
    for (std::size_t from = 0; times < limit && find_next(text, old, from, times == 0, found); ++times) from = found + old.size();
    if (times == 0) return arguments[0];
    const std::size_t size = text.size() - times * old.size() + times * put_in.size();
    char* const made = room_for(size, frame);
    if (made == nullptr) return out_of_budget();
    char* to = made;
    std::size_t from = 0;
    for (std::size_t i = 0; i < times; ++i) {
        find_next(text, old, from, i == 0, found);
        to = put(put(to, text.substr(from, found - from)), put_in);
        from = found + old.size();
    }
    put(to, text.substr(from));
    return Value::string({made, size});
}

Value trim(const Value* arguments, std::size_t, Frame& frame) {
    if (arguments[0].kind() != Kind::string) return no_overload();
    std::string_view text = arguments[0].as_text();
    frame.spend(text.size() / bytes_per_step);
    std::uint32_t code_point = 0;
    for (std::size_t at = 0; !text.empty() && next_code_point(text, at, code_point) && is_blank(code_point); at = 0) text.remove_prefix(at);
    while (!text.empty()) {
        std::size_t last = text.size() - 1;
        while (last > 0 && (static_cast<unsigned char>(text[last]) & 0xC0U) == 0x80U) --last;
        std::size_t at = last;
        if (!next_code_point(text, at, code_point) || !is_blank(code_point)) break;
        text.remove_suffix(text.size() - last);
    }
    return Value::string(text);
}

Value lower_ascii(const Value* arguments, std::size_t, Frame& frame) {
    return changed_bytes(
        arguments[0], [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }, frame);
}

Value upper_ascii(const Value* arguments, std::size_t, Frame& frame) {
    return changed_bytes(
        arguments[0], [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c; }, frame);
}

/// The code points in the opposite order.
Value reverse(const Value* arguments, std::size_t, Frame& frame) {
    if (arguments[0].kind() != Kind::string) return no_overload();
    const std::string_view text = arguments[0].as_text();
    char* const made = room_for(text.size(), frame);
    if (made == nullptr) return out_of_budget();
    std::uint32_t ignored = 0;
    char* to = made + text.size();
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t begin = at;
        next_code_point(text, at, ignored);
        to -= at - begin;
        std::memcpy(to, text.data() + begin, at - begin);
    }
    return Value::string({made, text.size()});
}

Value quote(const Value* arguments, std::size_t, Frame& frame) {
    if (arguments[0].kind() != Kind::string) return no_overload();
    if (!frame.spend(1 + arguments[0].as_text().size() / bytes_per_step)) return out_of_budget();
    return Value::string(frame.arena.keep(quoted(arguments[0].as_text())));
}

}  // namespace puente::cel
