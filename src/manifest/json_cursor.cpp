#include "manifest/json_cursor.hpp"

#include <cstdint>
#include <cstring>

namespace puente::manifest {

namespace {

/// Moves to the quote that ends a name, eight bytes at a time; stops with false at a backslash before it. Stage 1 of simdjson has seen to it that
/// every string has an end, and its padding lets the last step look over the end of the document.
bool find_quote(const char*& at) {
    constexpr std::uint64_t ones = 0x0101010101010101;
    constexpr std::uint64_t tops = 0x8080808080808080;
    const auto has = [](std::uint64_t word, char character) {
        const std::uint64_t zeroed = word ^ ones * static_cast<unsigned char>(character);
        return (zeroed - ones) & ~zeroed & tops;
    };
    for (;; at += sizeof(std::uint64_t)) {
        std::uint64_t word = 0;
        std::memcpy(&word, at, sizeof word);
        if ((has(word, '"') | has(word, '\\')) == 0) continue;
        while (*at != '"' && *at != '\\') ++at;
        return *at == '"';
    }
}

/// What stands between the quotes, its escapes replaced. False for an escape that JSON does not have.
bool replace_escapes(std::string_view raw, std::string& room, Text& text) {
    if (std::memchr(raw.data(), '\\', raw.size()) == nullptr) {
        text = {raw, TextState::sound};
        return true;
    }
    const TextState state = unescape(raw, room);
    text = {room, state};
    return state != TextState::bad_escape;
}

}  // namespace

bool look_at(simdjson::ondemand::value& value, Token& token) {
    std::string_view raw = value.raw_json_token();
    if (raw.empty()) return false;
    switch (raw.front()) {
        case '{':
            token = {JsonKind::object, raw.substr(0, 1)};
            return true;
        case '[':
            token = {JsonKind::list, raw.substr(0, 1)};
            return true;
        default:
            break;
    }
    // The token of a scalar reaches to the next one.
    std::size_t size = raw.size();
    while (raw[size - 1] == ' ' || raw[size - 1] == '\n' || raw[size - 1] == '\r' || raw[size - 1] == '\t') --size;
    raw = raw.substr(0, size);
    switch (raw.front()) {
        case '"':
            token = {JsonKind::text, raw};
            return size >= 2 && raw.back() == '"';
        case 't':
            token = {JsonKind::boolean, raw};
            return raw == "true";
        case 'f':
            token = {JsonKind::boolean, raw};
            return raw == "false";
        case 'n':
            token = {JsonKind::null, raw};
            return raw == "null";
        default:
            token = {JsonKind::number, raw};
            return number_form(raw) != NumberForm::broken;
    }
}

bool read_text(simdjson::ondemand::value& value, const Token& token, std::string& room, Text& text) {
    if (value.get_raw_json_string().error() != simdjson::SUCCESS) return false;
    return replace_escapes(token.raw.substr(1, token.raw.size() - 2), room, text);
}

bool read_name(simdjson::ondemand::field& field, std::string& room, Text& name) {
    const char* const first = field.key().raw();
    const char* last = first;
    if (!find_quote(last)) {
        while (*last != '"') last += *last == '\\' ? 2 : 1;
        return replace_escapes({first, static_cast<std::size_t>(last - first)}, room, name);
    }
    name = {
        {first, static_cast<std::size_t>(last - first)},
        TextState::sound
    };
    return true;
}

}  // namespace puente::manifest
