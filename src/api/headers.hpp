#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "puente/net/message.hpp"
#include "puente/result.hpp"
#include "puente/rules/finding.hpp"

namespace puente::api {

/// The language asked for: Spanish when Accept-Language prefers it, English otherwise.
rules::Language language_of(const net::Request& request);

/// Whether the caller takes an answer of this media type ("application/json").
bool accepts(const net::Request& request, std::string_view media_type);

/// The media type of the body, lower case, without parameters. A charset other than UTF-8 gives "".
std::string media_type_of(const net::Request& request);

/// Idempotency-Key: a structured-field string ("..."), or the bare token. Errors: malformed when it is missing or not 16 to 64 letters, digits, '-' and '_'.
Result<std::string> idempotency_key(const net::Request& request);

/// A strong entity tag that stands for exactly this text.
std::string etag_of_text(std::string_view text);
/// Whether If-None-Match names this entity tag (weak comparison).
bool none_match_hits(const net::Request& request, std::string_view etag);
/// The single entity tag of If-None-Match, or empty.
std::string known_etag(const net::Request& request);

/// Seconds of `Prefer: wait=N`, at most `most`; zero without it.
std::chrono::seconds preferred_wait(const net::Request& request, std::chrono::seconds most);

/// The token of `Authorization: Bearer`, or nothing.
std::optional<std::string_view> bearer_token(const net::Request& request);

}  // namespace puente::api
