#include "puente/net/head.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "net/ascii.hpp"

namespace puente::net {

namespace {

constexpr std::size_t field_name_bytes_max = 64;

/// Fields on which the meaning of a request depends. Those to come `once` are refused when repeated: two readers could each believe another one.
enum class Known : std::uint8_t {
    host,
    content_length,
    authorization,
    content_type,
    idempotency_key,
    if_match,
    dpop,
    expect,
    transfer_encoding,
    content_encoding,
    connection,
    other
};

struct KnownField {
    std::string_view name;
    bool once;
};

constexpr std::array known_fields = {
    KnownField{"Host",              true },
    KnownField{"Content-Length",    true },
    KnownField{"Authorization",     true },
    KnownField{"Content-Type",      true },
    KnownField{"Idempotency-Key",   true },
    KnownField{"If-Match",          true },
    KnownField{"DPoP",              true },
    KnownField{"Expect",            true },
    KnownField{"Transfer-Encoding", false},
    KnownField{"Content-Encoding",  false},
    KnownField{"Connection",        false},
};

/// What the known fields said; all views look into the block.
struct Found {
    bool http_1_0 = false;
    bool closes = false;
    bool coded = false;
    std::array<std::string_view, known_fields.size()> values{};
    std::array<bool, known_fields.size()> seen{};

    bool has(Known field) const { return seen[static_cast<std::size_t>(field)]; }
    std::string_view value(Known field) const { return values[static_cast<std::size_t>(field)]; }
};

HeadVerdict read_request_line(std::string_view line, const Limits& limits, Request& request, Found& found);
HeadVerdict read_field(std::string_view line, Request& request, Found& found);
HeadVerdict judge_framing(const Found& found, const Limits& limits, std::size_t& content_length);

}  // namespace

// Beast's parser is not asked: the version in Debian 12 takes an unknown Transfer-Encoding for "no body" (and the body for the next request), unfolds
// folded lines, and lets repeated Host and Authorization pass. This one pass is the only reading of a head that exists in the program.
HeadVerdict read_head(std::string_view block, const Limits& limits, Request& request, std::size_t& content_length, bool& keep_alive,
                      bool& expects_continue) {
    content_length = 0;
    keep_alive = false;
    expects_continue = false;
    if (block.size() > limits.header_bytes_max) return {431, "the header is too long"};
    std::size_t line_end = block.find("\r\n");
    if (line_end == std::string_view::npos || !block.ends_with("\r\n\r\n")) return {400, "the header does not end with an empty line"};

    Found found;
    HeadVerdict verdict = read_request_line(block.substr(0, line_end), limits, request, found);
    std::string_view rest = block.substr(line_end + 2);
    for (std::size_t fields = 0; verdict.status == 0 && !rest.starts_with("\r\n"); ++fields) {
        if (fields == limits.header_fields_max) return {431, "the header has too many fields"};
        line_end = rest.find("\r\n");
        verdict = read_field(rest.substr(0, line_end), request, found);
        rest.remove_prefix(line_end + 2);
    }
    if (verdict.status != 0) return verdict;
    if (rest.size() != 2) return {400, "bytes follow the empty line of the header"};

    verdict = judge_framing(found, limits, content_length);
    keep_alive = !found.http_1_0 && !found.closes;
    expects_continue = found.has(Known::expect) && !found.http_1_0;
    return verdict;
}

namespace {

constexpr std::array<std::pair<std::string_view, Method>, 6> methods = {
    {
     {"GET", Method::get},
     {"HEAD", Method::head},
     {"POST", Method::post},
     {"PUT", Method::put},
     {"DELETE", Method::delete_},
     {"OPTIONS", Method::options},
     }
};

constexpr bool is_token_character(char character) {
    return is_letter_or_digit(character) || std::string_view{"!#$%&'*+-.^_`|~"}.find(character) != std::string_view::npos;
}

bool is_token(std::string_view text) {
    static constexpr std::array<bool, 256> table = [] {
        std::array<bool, 256> made{};
        for (int i = 0; i < 128; ++i) made[static_cast<std::size_t>(i)] = is_token_character(static_cast<char>(i));
        return made;
    }();
    return !text.empty() && std::all_of(text.begin(), text.end(), [](char character) { return table[static_cast<unsigned char>(character)]; });
}

HeadVerdict read_request_line(std::string_view line, const Limits& limits, Request& request, Found& found) {
    const std::size_t first = line.find(' ');
    const std::size_t second = first == std::string_view::npos ? first : line.find(' ', first + 1);
    if (second == std::string_view::npos) return {400, "the request line has to be: method, space, target, space, HTTP/1.1"};
    const std::string_view name = line.substr(0, first);
    const std::string_view version = line.substr(second + 1);
    const bool version_shaped =
        version.size() == 8 && version.starts_with("HTTP/") && is_digit(version[5]) && version[6] == '.' && is_digit(version[7]);
    if (!is_token(name) || !version_shaped) return {400, "the request line has to be: method, space, target, space, HTTP/1.1"};
    if (version != "HTTP/1.1" && version != "HTTP/1.0") return {505, "only HTTP/1.1 is spoken here"};
    found.http_1_0 = version.back() == '0';
    const auto* const method = std::find_if(methods.begin(), methods.end(), [name](const auto& known) { return known.first == name; });
    if (method == methods.end()) return {501, "the method is not known here"};
    request.method = method->second;
    return read_target(line.substr(first + 1, second - first - 1), limits, request);
}

std::string_view trimmed(std::string_view text) {
    while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
    while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
    return text;
}

/// Visible ASCII, space and tab. Bytes above 127 are refused as well: their meaning is undefined (RFC 9110, 5.5) and no field used here needs them.
bool is_field_value(std::string_view text) {
    return std::all_of(text.begin(), text.end(), [](char character) { return (character >= 0x20 && character < 0x7f) || character == '\t'; });
}

Known which(std::string_view name) {
    std::size_t i = 0;
    while (i < known_fields.size() && !same_name(known_fields[i].name, name)) ++i;
    return static_cast<Known>(i);
}

bool list_holds(std::string_view list, std::string_view wanted) {
    while (!list.empty()) {
        const std::size_t end = std::min(list.find(','), list.size());
        if (same_name(trimmed(list.substr(0, end)), wanted)) return true;
        list.remove_prefix(std::min(end + 1, list.size()));
    }
    return false;
}

HeadVerdict read_field(std::string_view line, Request& request, Found& found) {
    const std::size_t colon = line.find(':');
    const std::string_view name = line.substr(0, colon);
    if (colon == std::string_view::npos || !is_token(name))
        return {400, "a header line has to be: name, colon, value; folded lines are not accepted"};
    if (name.size() > field_name_bytes_max) return {431, "a header field's name is too long"};
    const std::string_view value = trimmed(line.substr(colon + 1));
    if (!is_field_value(value)) return {400, "a header field's value holds a character that is not visible ASCII"};

    const Known known = which(name);
    if (known != Known::other) {
        const auto index = static_cast<std::size_t>(known);
        if (found.seen[index] && known_fields[index].once) {
            return {400, "the header field " + std::string{known_fields[index].name} + " may come only once"};
        }
        found.seen[index] = true;
        found.values[index] = value;
        if (known == Known::content_encoding) found.coded = found.coded || !same_name(value, "identity");
        if (known == Known::connection) found.closes = found.closes || list_holds(value, "close");
    }
    request.headers.add(std::string{name}, std::string{value});
    return {};
}

/// A registered name, IPv4 or bracketed IPv6 address, with or without a port (RFC 9110, 7.2).
bool is_host(std::string_view value) {
    std::size_t end = 0;
    if (value.starts_with('[')) {
        end = value.find(']');
        if (end == std::string_view::npos || end < 3) return false;
        const std::string_view address = value.substr(1, end - 1);
        if (address.find_first_not_of("0123456789abcdefABCDEF:.") != std::string_view::npos) return false;
        ++end;
    } else {
        while (end < value.size() && (is_letter_or_digit(value[end]) || value[end] == '-' || value[end] == '.' || value[end] == '_')) ++end;
        if (end == 0 || end > 253) return false;
    }
    const std::string_view port = value.substr(end);
    if (port.empty()) return true;
    return port.front() == ':' && port.size() >= 2 && port.size() <= 6 && std::all_of(port.begin() + 1, port.end(), is_digit);
}

HeadVerdict read_content_length(std::string_view value, std::size_t body_bytes_max, std::size_t& content_length) {
    if (value.empty() || !std::all_of(value.begin(), value.end(), is_digit)) return {400, "Content-Length has to be one decimal number"};
    std::size_t length = 0;
    for (const char digit : value) {
        length = length * 10 + static_cast<std::size_t>(digit - '0');
        if (length > body_bytes_max) return {413, "the body is larger than " + std::to_string(body_bytes_max) + " bytes"};
    }
    content_length = length;
    return {};
}

/// Neither Content-Length nor Transfer-Encoding: there is no body (RFC 9112, 6.3).
HeadVerdict judge_framing(const Found& found, const Limits& limits, std::size_t& content_length) {
    if (found.has(Known::transfer_encoding)) return {411, "send the body with Content-Length; Transfer-Encoding is not accepted"};
    if (!found.has(Known::host) || !is_host(found.value(Known::host))) return {400, "exactly one valid Host is needed"};
    if (found.has(Known::content_length)) {
        HeadVerdict verdict = read_content_length(found.value(Known::content_length), limits.body_bytes_max, content_length);
        if (verdict.status != 0) return verdict;
    }
    if (found.coded) return {415, "send the body without Content-Encoding"};
    const bool expects = found.has(Known::expect) && !found.http_1_0;
    if (expects && !same_name(found.value(Known::expect), "100-continue")) return {417, "the only expectation that can be met is 100-continue"};
    return {};
}

}  // namespace

}  // namespace puente::net
