#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "puente/net/message.hpp"
#include "puente/net/server.hpp"

namespace puente::net {

/// Verdict on a raw header block or target: status 0 is good, otherwise the status to refuse it with.
struct HeadVerdict {
    int status = 0;
    std::string detail;
};

/// Checks a raw HTTP/1.1 header block, up to and including its empty line, before any parser sees it, and reads it into the request
/// (method, target, path, query, headers). Boost 1.81 mis-frames what this refuses: any Transfer-Encoding, obs-fold, bare CR or LF, repeated
/// Host, Content-Length, Authorization, Content-Type or Idempotency-Key, control characters, a malformed target.
/// `content_length` receives the length of the body to come (0 without one).
HeadVerdict read_head(std::string_view block, const Limits& limits, Request& request, std::size_t& content_length, bool& keep_alive,
                      bool& expects_continue);

/// Decodes and validates a request target (origin-form) into path and query: percent-escapes once, UTF-8, no dot segments, no backslash, no NUL.
HeadVerdict read_target(std::string_view target, const Limits& limits, Request& request);

}  // namespace puente::net
