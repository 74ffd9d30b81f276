#include "api/json_text.hpp"

namespace puente::api {

void JsonText::separate() {
    if (!first_) json_ += ',';
    first_ = false;
}

JsonText& JsonText::open(char bracket) {
    separate();
    json_ += bracket;
    first_ = true;
    return *this;
}

JsonText& JsonText::close(char bracket) {
    json_ += bracket;
    first_ = false;
    return *this;
}

JsonText& JsonText::name(std::string_view member) {
    separate();
    quote(member);
    json_ += ':';
    first_ = true;
    return *this;
}

JsonText& JsonText::text(std::string_view value) {
    separate();
    quote(value);
    return *this;
}

JsonText& JsonText::number(std::int64_t value) { return raw(std::to_string(value)); }

JsonText& JsonText::boolean(bool value) { return raw(value ? "true" : "false"); }

JsonText& JsonText::raw(std::string_view json) {
    separate();
    json_ += json;
    return *this;
}

JsonText& JsonText::texts(std::string_view member_name, const std::vector<std::string>& values) {
    name(member_name).open_list();
    for (const std::string& value : values) text(value);
    return close_list();
}

/// Everything that is written here was checked to be UTF-8 when it came in.
void JsonText::quote(std::string_view value) {
    constexpr std::string_view hex_digits = "0123456789abcdef";
    json_ += '"';
    for (const char character : value) {
        const auto octet = static_cast<unsigned char>(character);
        if (character == '"' || character == '\\') {
            json_ += '\\';
            json_ += character;
        } else if (octet >= 0x20) {
            json_ += character;
        } else {
            json_ += "\\u00";
            json_ += hex_digits[octet >> 4];
            json_ += hex_digits[octet & 0x0f];
        }
    }
    json_ += '"';
}

}  // namespace puente::api
