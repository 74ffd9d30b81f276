#include "api/headers.hpp"

#include <algorithm>
#include <charconv>
#include <vector>

#include "puente/crypto/digest.hpp"

namespace puente::api {

namespace {

std::string_view trimmed(std::string_view text) {
    while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
    while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
    return text;
}

std::string lower(std::string_view text) {
    std::string lower_case{text};
    std::transform(lower_case.begin(), lower_case.end(), lower_case.begin(), [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
    return lower_case;
}

std::vector<std::string_view> split(std::string_view text, char separator) {
    std::vector<std::string_view> parts;
    while (true) {
        const std::size_t end = text.find(separator);
        parts.push_back(trimmed(text.substr(0, end)));
        if (end == std::string_view::npos) return parts;
        text.remove_prefix(end + 1);
    }
}

/// One item of a preference list such as Accept: "es-MX;q=0.8".
struct Preference {
    std::string value;
    double quality = 1.0;
};

std::vector<Preference> preferences(std::string_view header) {
    std::vector<Preference> list;
    for (const std::string_view item : split(header, ',')) {
        const std::vector<std::string_view> parts = split(item, ';');
        Preference preference{lower(parts[0])};
        for (std::size_t i = 1; i < parts.size(); ++i) {
            if (parts[i].size() < 3 || (parts[i][0] != 'q' && parts[i][0] != 'Q') || parts[i][1] != '=') continue;
            std::from_chars(parts[i].data() + 2, parts[i].data() + parts[i].size(), preference.quality);
        }
        list.push_back(std::move(preference));
    }
    return list;
}

}  // namespace

rules::Language language_of(const net::Request& request) {
    const std::optional<std::string_view> header = request.headers.find("Accept-Language");
    if (!header) return rules::Language::en;
    double english = 0;
    double spanish = 0;
    for (const Preference& each : preferences(*header)) {
        if (each.value == "es" || each.value.starts_with("es-")) spanish = std::max(spanish, each.quality);
        if (each.value == "en" || each.value.starts_with("en-")) english = std::max(english, each.quality);
    }
    return spanish > english ? rules::Language::es : rules::Language::en;
}

bool accepts(const net::Request& request, std::string_view media_type) {
    const std::optional<std::string_view> header = request.headers.find("Accept");
    if (!header || trimmed(*header).empty()) return true;
    const std::string_view family = media_type.substr(0, media_type.find('/') + 1);
    const std::vector<Preference> list = preferences(*header);
    return std::any_of(list.begin(), list.end(), [&](const Preference& each) {
        return each.quality > 0 && (each.value == "*/*" || each.value == media_type || (each.value.starts_with(family) && each.value.substr(family.size()) == "*"));
    });
}

std::string media_type_of(const net::Request& request) {
    const std::optional<std::string_view> header = request.headers.find("Content-Type");
    if (!header) return {};
    const std::vector<std::string_view> parts = split(*header, ';');
    for (std::size_t i = 1; i < parts.size(); ++i) {
        const std::string parameter = lower(parts[i]);
        if (parameter.starts_with("charset=") && parameter != "charset=utf-8" && parameter != "charset=\"utf-8\"") return {};
    }
    return lower(parts[0]);
}

Result<std::string> idempotency_key(const net::Request& request) {
    const std::optional<std::string_view> header = request.headers.find("Idempotency-Key");
    if (!header) return Error{ErrorKind::malformed, "the Idempotency-Key header is required: a fresh quoted text for each submission, the same for its retries"};
    std::string_view key = trimmed(*header);
    if (key.size() >= 2 && key.front() == '"' && key.back() == '"') key = key.substr(1, key.size() - 2);
    const bool plain = std::all_of(key.begin(), key.end(), [](char c) { return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_'; });
    if (key.size() < 16 || key.size() > 64 || !plain) {
        return Error{ErrorKind::malformed, "an Idempotency-Key is 16 to 64 letters, digits, '-' and '_' in quotes, such as a UUID"};
    }
    return std::string{key};
}

std::string etag_of_text(std::string_view text) { return "\"" + crypto::hex(crypto::sha256(text)).substr(0, 32) + "\""; }

bool none_match_hits(const net::Request& request, std::string_view etag) {
    const std::optional<std::string_view> header = request.headers.find("If-None-Match");
    if (!header) return false;
    for (std::string_view item : split(*header, ',')) {
        if (item.starts_with("W/")) item.remove_prefix(2);
        if (item == "*" || item == etag) return true;
    }
    return false;
}

std::string known_etag(const net::Request& request) {
    std::string_view tag = request.headers.find("If-None-Match").value_or("");
    tag = trimmed(tag);
    if (tag.starts_with("W/")) tag.remove_prefix(2);
    return std::string{tag};
}

std::chrono::seconds preferred_wait(const net::Request& request, std::chrono::seconds most) {
    for (const std::string_view item : split(request.headers.find("Prefer").value_or(""), ',')) {
        if (!item.starts_with("wait=")) continue;
        unsigned seconds = 0;
        std::from_chars(item.data() + 5, item.data() + item.size(), seconds);
        return std::min(std::chrono::seconds{seconds}, most);
    }
    return std::chrono::seconds{0};
}

std::optional<std::string_view> bearer_token(const net::Request& request) {
    const std::optional<std::string_view> header = request.headers.find("Authorization");
    if (!header || header->size() < 8 || lower(header->substr(0, 7)) != "bearer ") return std::nullopt;
    return trimmed(header->substr(7));
}

}  // namespace puente::api
