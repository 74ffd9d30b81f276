#include <cstdint>

#include "net/ascii.hpp"
#include "puente/net/head.hpp"

namespace puente::net {

namespace {

/// Decodes the percent-escapes of `text` once onto `out`. False: a broken escape, a character that RFC 3986 does not allow here, or a control
/// character.
bool decode(std::string_view text, std::string_view also_allowed, std::string& out);
HeadVerdict read_path(std::string_view text, Request& request);
HeadVerdict read_query(std::string_view text, Request& request);
bool has_dot_segment(std::string_view path);
bool is_utf8(std::string_view text);

}  // namespace

HeadVerdict read_target(std::string_view target, const Limits& limits, Request& request) {
    if (target.size() > limits.target_bytes_max) return {414, "the request target is too long"};
    if (target.empty() || target.front() != '/') return {400, "the request target has to begin with '/' (origin-form)"};
    request.target.assign(target);
    request.path.clear();
    request.query.clear();
    const std::size_t question = target.find('?');
    HeadVerdict path = read_path(target.substr(0, question), request);
    if (path.status != 0 || question == std::string_view::npos) return path;
    return read_query(target.substr(question + 1), request);
}

namespace {

HeadVerdict read_path(std::string_view text, Request& request) {
    if (!decode(text, "/", request.path)) return {400, "the path holds a character or a percent-escape that is not allowed"};
    // Servers and proxies disagree about these, so that a check on one reading could be passed by the other. An escaped '/' adds a segment.
    if (request.path.find_first_of("\\;") != std::string::npos) return {400, "the path must not hold '\\' or ';'"};
    std::size_t slashes = 0;
    for (const char character : text) slashes += character == '/';
    for (const char character : request.path) slashes -= character == '/';
    if (slashes != 0) return {400, "the path must not hold an escaped '/'"};
    if (has_dot_segment(request.path)) return {400, "the path must not hold '.' or '..' segments"};
    if (!is_utf8(request.path)) return {400, "the path is not UTF-8"};
    return {};
}

/// Pairs between '&'. A '+' stays a plus: times with an offset are the commonest values that hold one.
HeadVerdict read_query(std::string_view text, Request& request) {
    while (!text.empty()) {
        const std::size_t end = std::min(text.find('&'), text.size());
        const std::string_view pair = text.substr(0, end);
        text.remove_prefix(std::min(end + 1, text.size()));
        if (pair.empty()) continue;
        const std::size_t equals = std::min(pair.find('='), pair.size());
        auto& [name, value] = request.query.emplace_back();
        const bool good = decode(pair.substr(0, equals), "/?", name) && decode(pair.substr(std::min(equals + 1, pair.size())), "/?=", value);
        if (!good) return {400, "the query holds a character or a percent-escape that is not allowed"};
        if (!is_utf8(name) || !is_utf8(value)) return {400, "the query is not UTF-8"};
    }
    return {};
}

int hex_value(char character) {
    if (is_digit(character)) return character - '0';
    const char letter = lower(character);
    return letter >= 'a' && letter <= 'f' ? letter - 'a' + 10 : -1;
}

bool decode(std::string_view text, std::string_view also_allowed, std::string& out) {
    constexpr std::string_view unreserved_and_more = "-._~!$&'()*+,;:@";  // RFC 3986, pchar; '=' comes as also_allowed or not at all
    out.reserve(text.size());
    for (std::size_t i = 0; i < text.size(); ++i) {
        char character = text[i];
        if (character == '%') {
            if (i + 2 >= text.size()) return false;
            const int high = hex_value(text[i + 1]);
            const int low = hex_value(text[i + 2]);
            if (high < 0 || low < 0) return false;
            character = static_cast<char>(high * 16 + low);
            i += 2;
            const auto byte = static_cast<unsigned char>(character);
            if (byte < 0x20 || byte == 0x7f) return false;
        } else if (!is_letter_or_digit(character) && unreserved_and_more.find(character) == std::string_view::npos &&
                   also_allowed.find(character) == std::string_view::npos) {
            return false;
        }
        out += character;
    }
    return true;
}

bool has_dot_segment(std::string_view path) {
    for (std::size_t slash = 0; slash != std::string_view::npos; slash = path.find('/', slash + 1)) {
        const std::string_view rest = path.substr(slash + 1);
        const std::string_view segment = rest.substr(0, rest.find('/'));
        if (segment == "." || segment == "..") return true;
    }
    return false;
}

/// Bytes that follow a leading byte in UTF-8 (RFC 3629), -1 when it cannot lead.
int followers(unsigned char lead) {
    if (lead < 0x80) return 0;
    if (lead >= 0xc2 && lead <= 0xdf) return 1;
    if (lead >= 0xe0 && lead <= 0xef) return 2;
    if (lead >= 0xf0 && lead <= 0xf4) return 3;
    return -1;
}

bool is_utf8(std::string_view text) {
    for (std::size_t i = 0; i < text.size();) {
        const auto lead = static_cast<unsigned char>(text[i++]);
        const int count = followers(lead);
        if (count < 0 || static_cast<std::size_t>(count) > text.size() - i) return false;
        std::uint32_t point = count == 0 ? lead : lead & (0x3fu >> static_cast<unsigned>(count));
        for (int k = 0; k < count; ++k) {
            const auto byte = static_cast<unsigned char>(text[i++]);
            if ((byte & 0xc0u) != 0x80u) return false;
            point = point << 6u | (byte & 0x3fu);
        }
        const bool overlong = (count == 2 && point < 0x800) || (count == 3 && point < 0x10000);
        if (overlong || point > 0x10ffff || (point >= 0xd800 && point <= 0xdfff)) return false;
    }
    return true;
}

}  // namespace

}  // namespace puente::net
