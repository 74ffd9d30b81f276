#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace puente::net {

/// What is read of an answer at most.
inline constexpr std::size_t answer_head_bytes_max = 16 * 1024;
inline constexpr std::size_t answer_body_bytes_max = 4 * 1024;

/// The head of an HTTP/1.x answer, as far as it matters to one who sent a notice.
struct AnswerHead {
    int status = 0;
    std::optional<std::size_t> content_length;
    bool chunked = false;
    std::optional<std::chrono::seconds> retry_after;  ///< when given as a number of seconds
};

/// Reads a head, up to and with its empty line; nothing when it is none.
std::optional<AnswerHead> read_answer_head(std::string_view text);

/// Whether what has come of a body is all that will be looked at.
bool is_enough(const AnswerHead& head, std::string_view received);
/// The body out of what has come: unchunked, cut at the end and at the limit.
std::string answer_body(const AnswerHead& head, std::string_view received);

}  // namespace puente::net
