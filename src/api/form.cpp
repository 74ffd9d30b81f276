#include "api/form.hpp"

#include <charconv>

namespace puente::api {

std::optional<std::string> decode_form_text(std::string_view text) {
    std::string decoded;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] != '%') {
            decoded += text[i] == '+' ? ' ' : text[i];
            continue;
        }
        unsigned octet = 0;
        if (i + 2 >= text.size()) return std::nullopt;
        const auto [end, fault] = std::from_chars(text.data() + i + 1, text.data() + i + 3, octet, 16);
        if (fault != std::errc{} || end != text.data() + i + 3 || octet == 0) return std::nullopt;
        decoded += static_cast<char>(octet);
        i += 2;
    }
    return decoded;
}

std::optional<std::map<std::string, std::string>> decode_form(std::string_view body) {
    std::map<std::string, std::string> form;
    while (!body.empty()) {
        const std::string_view pair = body.substr(0, body.find('&'));
        body.remove_prefix(std::min(body.size(), pair.size() + 1));
        if (pair.empty()) continue;
        const std::size_t equals = std::min(pair.find('='), pair.size());
        std::optional<std::string> name = decode_form_text(pair.substr(0, equals));
        std::optional<std::string> value = decode_form_text(pair.substr(std::min(equals + 1, pair.size())));
        if (!name || !value || !form.emplace(std::move(*name), std::move(*value)).second) return std::nullopt;
    }
    return form;
}

}  // namespace puente::api
