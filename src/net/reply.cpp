#include "net/reply.hpp"

#include <array>
#include <boost/beast/http/status.hpp>
#include <charconv>

namespace puente::net {

namespace {

constexpr std::string_view always =
    "Strict-Transport-Security: max-age=63072000\r\n"
    "X-Content-Type-Options: nosniff\r\n";

void append_number(std::string& out, std::size_t number) {
    std::array<char, 20> digits;
    const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), number);
    out.append(digits.data(), end.ptr);
}

void append_field(std::string& out, std::string_view name, std::string_view value) {
    out += name;
    out += ": ";
    for (const char character : value) out += static_cast<unsigned char>(character) < 0x20 || character == 0x7f ? ' ' : character;
    out += "\r\n";
}

}  // namespace

void append_reply_head(std::string& out, const Response& response, const ReplyFacts& facts) {
    out += "HTTP/1.1 ";
    append_number(out, static_cast<std::size_t>(response.status));
    out += ' ';
    const auto reason = boost::beast::http::obsolete_reason(boost::beast::http::int_to_status(static_cast<unsigned>(response.status)));
    out.append(reason.data(), reason.size());
    out += "\r\n";
    append_field(out, "Date", facts.date);
    if (response.status != 204 && response.status != 304 && response.stream == nullptr) {
        out += "Content-Length: ";
        append_number(out, response.body.size());
        out += "\r\n";
    }
    if (!response.content_type.empty()) append_field(out, "Content-Type", response.content_type);
    append_field(out, "Puente-Request-Id", facts.request_id);
    out += always;
    for (const auto& [name, value] : response.headers.fields()) append_field(out, name, value);
    if (facts.closes) out += "Connection: close\r\n";
    out += "\r\n";
}

bool carries_body(Method method, int status) {
    return method != Method::head && status != 204 && status != 304;
}

}  // namespace puente::net
