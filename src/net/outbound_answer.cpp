#include "net/outbound_answer.hpp"

#include <algorithm>
#include <charconv>

namespace puente::net {

namespace {

struct Chunks {
    std::string body;
    bool ended = false;
};

/// As many whole or begun chunks as are there. RFC 9112 7.1.
Chunks unchunk(std::string_view text) {
    Chunks chunks;
    while (chunks.body.size() < answer_body_bytes_max) {
        const std::size_t line = text.find("\r\n");
        std::size_t size = 0;
        if (line == std::string_view::npos) return chunks;
        const auto [end, fault] = std::from_chars(text.data(), text.data() + line, size, 16);
        chunks.ended = fault != std::errc{} || end == text.data() || size == 0;
        if (chunks.ended) return chunks;
        text.remove_prefix(line + 2);
        chunks.body += text.substr(0, size);
        if (text.size() < size + 2) return chunks;
        text.remove_prefix(size + 2);
    }
    chunks.ended = true;
    return chunks;
}

std::string lower(std::string_view text) {
    std::string copy{text};
    std::transform(copy.begin(), copy.end(), copy.begin(), [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c; });
    return copy;
}

std::string_view trimmed(std::string_view text) {
    while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
    while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
    return text;
}

std::optional<std::size_t> number(std::string_view text) {
    std::size_t value = 0;
    const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (text.empty() || fault != std::errc{} || end != text.data() + text.size()) return std::nullopt;
    return value;
}

void take_field(AnswerHead& head, std::string_view line) {
    const std::size_t colon = line.find(':');
    if (colon == std::string_view::npos) return;
    const std::string name = lower(line.substr(0, colon));
    const std::string_view value = trimmed(line.substr(colon + 1));
    if (name == "content-length") head.content_length = number(value);
    if (name == "transfer-encoding") head.chunked = lower(value) == "chunked";
    if (name == "retry-after") {
        if (const std::optional<std::size_t> seconds = number(value))
            head.retry_after = std::chrono::seconds{std::min<std::size_t>(*seconds, 86'400)};
    }
}

}  // namespace

std::optional<AnswerHead> read_answer_head(std::string_view text) {
    const bool is_http = text.starts_with("HTTP/1.1 ") || text.starts_with("HTTP/1.0 ");
    const std::size_t end = text.find("\r\n\r\n");
    if (!is_http || end == std::string_view::npos || text.size() < 12) return std::nullopt;
    AnswerHead head;
    const std::optional<std::size_t> status = number(text.substr(9, 3));
    if (!status || *status < 100 || *status > 599 || (text[12] != ' ' && text[12] != '\r')) return std::nullopt;
    head.status = static_cast<int>(*status);
    for (std::size_t at = text.find("\r\n") + 2; at < end;) {
        const std::size_t line_end = std::min(text.find("\r\n", at), end);
        take_field(head, text.substr(at, line_end - at));
        at = line_end + 2;
    }
    return head;
}

bool is_enough(const AnswerHead& head, std::string_view received) {
    if (head.status == 204 || head.status == 304) return true;
    if (head.chunked) return unchunk(received).ended;
    return received.size() >= std::min(head.content_length.value_or(answer_body_bytes_max), answer_body_bytes_max);
}

std::string answer_body(const AnswerHead& head, std::string_view received) {
    std::string body = head.chunked ? unchunk(received).body : std::string{received};
    if (!head.chunked && head.content_length) body.resize(std::min(body.size(), *head.content_length));
    body.resize(std::min(body.size(), answer_body_bytes_max));
    return body;
}

}  // namespace puente::net
