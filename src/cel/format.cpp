#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <string>
#include <utility>
#include <vector>

#include "cel/compare.hpp"
#include "cel/standard.hpp"
#include "cel/time.hpp"

namespace puente::cel {

namespace {

/// One %-clause: its letter, and the digits after the decimal point.
struct Clause {
    char letter = 's';
    int precision = 6;
};
constexpr int precision_max = 100;
constexpr std::size_t bytes_per_step = 8;

/// The text being made. It stops growing when it would cost too much, or when an argument does not fit its clause.
class Writer {
public:
    explicit Writer(Frame& frame) : frame_{frame} {}
    void put(std::string_view text) {
        if (!frame_.spend(1 + text.size() / bytes_per_step)) fail(too_costly);
        if (failure_.empty()) text_ += text;
    }
    void fail(std::string_view why) {
        if (failure_.empty()) failure_ = why;
    }
    bool failed() const { return !failure_.empty(); }
    Value finish() const { return failed() ? Value::error(failure_) : Value::string(frame_.arena.keep(text_)); }

    void clause(const Clause& clause, const Value& value);
    void plain(const Value& value);

private:
    void plain_list(const List& list);
    void plain_map(const Map& map);
    void whole(const Value& value, char letter);
    void hexadecimal_text(std::string_view octets, bool upper);
    void real(const Value& value, const Clause& clause);

    Frame& frame_;
    std::string text_;
    std::string_view failure_;
};

bool special_number(double number, std::string_view& text) {
    text = std::isnan(number) ? "NaN" : number < 0 ? "-Infinity" : "Infinity";
    return !std::isfinite(number);
}

std::string fixed_text(double number) {
    std::string_view special;
    if (special_number(number, special)) return std::string{special};
    char text[400];
    const auto written = std::to_chars(text, text + sizeof text, number, std::chars_format::fixed);
    return {text, written.ptr};
}

void Writer::plain(const Value& value) {
    switch (value.kind()) {
        case Kind::null:
            return put("null");
        case Kind::boolean:
            return put(value.as_boolean() ? "true" : "false");
        case Kind::integer:
            return put(std::to_string(value.as_integer()));
        case Kind::unsigned_integer:
            return put(std::to_string(value.as_unsigned()));
        case Kind::floating:
            return put(fixed_text(value.as_floating()));
        case Kind::string:
        case Kind::bytes:
        case Kind::type:
            return put(value.as_text());
        case Kind::timestamp:
            return put(write_timestamp(value));
        case Kind::duration:
            return put(write_duration(value));
        case Kind::list:
            return plain_list(value.as_list());
        case Kind::map:
            return plain_map(value.as_map());
        case Kind::message:
        case Kind::error:
            break;
    }
    fail("%s cannot write a message");
}

void Writer::plain_list(const List& list) {
    put("[");
    for (std::size_t i = 0; i < list.size() && !failed(); ++i) {
        if (i > 0) put(", ");
        plain(list.at(i));
    }
    put("]");
}

/// Entries in the order of their keys as text, so that equal maps are written alike.
void Writer::plain_map(const Map& map) {
    if (!frame_.spend(map.size())) return fail(too_costly);
    std::vector<std::pair<std::string, Value>> entries;
    for (std::size_t i = 0; i < map.size(); ++i) {
        Writer key{frame_};
        key.plain(map.key_at(i));
        if (key.failed()) return fail(key.failure_);
        entries.emplace_back(std::move(key.text_), map.value_at(i));
    }
    std::sort(entries.begin(), entries.end(), [](const auto& left, const auto& right) { return left.first < right.first; });
    put("{");
    for (std::size_t i = 0; i < entries.size() && !failed(); ++i) {
        if (i > 0) put(", ");
        put(entries[i].first);
        put(": ");
        plain(entries[i].second);
    }
    put("}");
}

void Writer::whole(const Value& value, char letter) {
    if (value.kind() != Kind::integer && value.kind() != Kind::unsigned_integer) return fail("a %d, %b, %o or %x clause needs an integer");
    const bool negative = value.kind() == Kind::integer && value.as_integer() < 0;
    const std::uint64_t size = negative ? 0 - value.as_unsigned() : value.as_unsigned();
    if (negative) put("-");
    switch (letter) {
        case 'd':
            return put(fmt::format("{}", size));
        case 'b':
            return put(fmt::format("{:b}", size));
        case 'o':
            return put(fmt::format("{:o}", size));
        case 'x':
            return put(fmt::format("{:x}", size));
        default:
            return put(fmt::format("{:X}", size));
    }
}

void Writer::hexadecimal_text(std::string_view octets, bool upper) {
    if (!frame_.spend(octets.size() / bytes_per_step)) return fail(too_costly);
    std::string text;
    for (const char octet : octets) {
        const auto code = static_cast<unsigned char>(octet);
        text += upper ? fmt::format("{:02X}", code) : fmt::format("{:02x}", code);
    }
    put(text);
}

void Writer::real(const Value& value, const Clause& clause) {
    if (!is_number(value.kind())) return fail("a %e or %f clause needs a number");
    const double number = value.kind() == Kind::floating  ? value.as_floating()
                          : value.kind() == Kind::integer ? static_cast<double>(value.as_integer())
                                                          : static_cast<double>(value.as_unsigned());
    std::string_view special;
    if (special_number(number, special)) return put(special);
    put(clause.letter == 'e' ? fmt::format("{:.{}e}", number, clause.precision) : fmt::format("{:.{}f}", number, clause.precision));
}

void Writer::clause(const Clause& clause, const Value& value) {
    std::string_view special;
    switch (clause.letter) {
        case 's':
            return plain(value);
        case 'd':
            if (value.kind() == Kind::floating && special_number(value.as_floating(), special)) return put(special);
            return whole(value, 'd');
        case 'b':
            if (value.kind() == Kind::boolean) return put(value.as_boolean() ? "1" : "0");
            return whole(value, 'b');
        case 'o':
            return whole(value, 'o');
        case 'x':
        case 'X':
            if (value.kind() == Kind::string || value.kind() == Kind::bytes) return hexadecimal_text(value.as_text(), clause.letter == 'X');
            return whole(value, clause.letter);
        case 'e':
        case 'f':
            return real(value, clause);
        default:
            return fail("unknown letter after '%'; known are s d f e b o x X");
    }
}

/// Reads what follows a '%': ".3f". False when it does not end or asks for too many digits.
bool read_clause(std::string_view text, std::size_t& at, Clause& clause) {
    if (at < text.size() && text[at] == '.') {
        clause.precision = 0;
        const std::size_t digits = ++at;
        for (; at < text.size() && text[at] >= '0' && text[at] <= '9' && clause.precision <= precision_max; ++at)
            clause.precision = clause.precision * 10 + (text[at] - '0');
        if (at == digits || clause.precision > precision_max) return false;
    }
    if (at >= text.size()) return false;
    clause.letter = text[at++];
    return true;
}

}  // namespace

Value format(const Value* arguments, std::size_t, Frame& frame) {
    if (arguments[0].kind() != Kind::string || arguments[1].kind() != Kind::list) return no_overload();
    const std::string_view text = arguments[0].as_text();
    const List& values = arguments[1].as_list();
    Writer writer{frame};
    std::size_t next = 0;
    for (std::size_t at = 0; at < text.size() && !writer.failed();) {
        const std::size_t percent = std::min(text.find('%', at), text.size());
        writer.put(text.substr(at, percent - at));
        at = percent + 1;
        if (percent == text.size()) break;
        if (at < text.size() && text[at] == '%') {
            writer.put("%");
            ++at;
            continue;
        }
        Clause clause;
        if (!read_clause(text, at, clause)) return Value::error("incomplete % clause");
        if (next >= values.size()) return Value::error("fewer values than % clauses");
        writer.clause(clause, values.at(next++));
    }
    return writer.finish();
}

}  // namespace puente::cel
