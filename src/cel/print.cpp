#include "cel/print.hpp"

#include <fmt/format.h>
#include <google/protobuf/message.h>

#include <charconv>
#include <cmath>

#include "cel/compare.hpp"
#include "cel/time.hpp"
#include "cel/utf8.hpp"

namespace puente::cel {

namespace {

/// Writes values until there is enough.
class Printer {
public:
    explicit Printer(std::size_t characters_max) : enough_{characters_max} {}
    void write(const Value& value);
    std::string finish();

private:
    void write_list(const List& list);
    void write_map(const Map& map);
    void write_bytes(std::string_view octets);
    /// Every character has at most four bytes.
    bool full() const { return text_.size() > 4 * enough_; }

    std::size_t enough_;
    std::string text_;
};

void Printer::write(const Value& value) {
    switch (value.kind()) {
        case Kind::null:
            text_ += "null";
            break;
        case Kind::boolean:
            text_ += value.as_boolean() ? "true" : "false";
            break;
        case Kind::integer:
            text_ += std::to_string(value.as_integer());
            break;
        case Kind::unsigned_integer:
            text_ += std::to_string(value.as_unsigned()) + "u";
            break;
        case Kind::floating:
            text_ += double_text(value.as_floating());
            break;
        case Kind::string:
            text_ += quoted(value.as_text().substr(0, 4 * enough_ + 4));
            break;
        case Kind::bytes:
            write_bytes(value.as_text().substr(0, enough_ + 1));
            break;
        case Kind::list:
            write_list(value.as_list());
            break;
        case Kind::map:
            write_map(value.as_map());
            break;
        case Kind::message:
            text_ += value.as_message().GetDescriptor()->full_name() + "{...}";
            break;
        case Kind::timestamp:
            text_ += fmt::format("timestamp(\"{}\")", write_timestamp(value));
            break;
        case Kind::duration:
            text_ += fmt::format("duration(\"{}\")", write_duration(value));
            break;
        case Kind::type:
            text_ += value.as_text();
            break;
        case Kind::error:
            text_ += fmt::format("error: {}", value.as_text());
            break;
    }
}

void Printer::write_list(const List& list) {
    text_ += '[';
    for (std::size_t i = 0; i < list.size() && !full(); ++i) {
        if (i > 0) text_ += ", ";
        write(list.at(i));
    }
    text_ += ']';
}

void Printer::write_map(const Map& map) {
    text_ += '{';
    for (std::size_t i = 0; i < map.size() && !full(); ++i) {
        if (i > 0) text_ += ", ";
        write(map.key_at(i));
        text_ += ": ";
        write(map.value_at(i));
    }
    text_ += '}';
}

void Printer::write_bytes(std::string_view octets) {
    text_ += "b\"";
    for (const char octet : octets) {
        const auto code = static_cast<unsigned char>(octet);
        if (code < 0x20 || code >= 0x7F || octet == '"' || octet == '\\') {
            text_ += fmt::format("\\x{:02x}", code);
        } else {
            text_ += octet;
        }
    }
    text_ += '"';
}

std::string Printer::finish() {
    const std::size_t end = offset_of(text_, enough_);
    if (end >= text_.size()) return std::move(text_);
    return text_.substr(0, offset_of(text_, enough_ < 3 ? 0 : enough_ - 3)) + "...";
}

}  // namespace

std::string to_text(const Value& value, std::size_t characters_max) {
    Printer printer{characters_max};
    printer.write(value);
    return printer.finish();
}

std::string double_text(double number) {
    if (std::isnan(number)) return "NaN";
    if (std::isinf(number)) return number < 0 ? "-Infinity" : "Infinity";
    constexpr double exponent_from = 1e21;
    constexpr double exponent_below = 1e-4;
    const double size = std::fabs(number);
    const bool exponent = size != 0 && (size < exponent_below || size >= exponent_from);
    char text[64];
    const auto written = std::to_chars(text, text + sizeof text, number, exponent ? std::chars_format::scientific : std::chars_format::fixed);
    return {text, written.ptr};
}

std::string quoted(std::string_view text) {
    std::string made = "\"";
    for (std::size_t at = 0; at < text.size();) {
        constexpr std::string_view special = "\a\b\f\n\r\t\v\\\"";
        constexpr std::string_view letters = "abfnrtv\\\"";
        constexpr std::uint32_t replacement = 0xFFFD;
        const std::size_t place = special.find(text[at]);
        if (place != special.npos) {
            made += '\\';
            made += letters[place];
            ++at;
            continue;
        }
        std::uint32_t code_point = 0;
        append_utf8(made, next_code_point(text, at, code_point) ? code_point : replacement);
    }
    made += '"';
    return made;
}

}  // namespace puente::cel
