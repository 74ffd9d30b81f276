#pragma once

#include <string>
#include <string_view>

#include "puente/net/message.hpp"

namespace puente::net {

/// What the session knows about an answer beside the answer itself.
struct ReplyFacts {
    std::string_view date;  ///< IMF-fixdate (RFC 9110, 5.6.7)
    std::string_view request_id;
    bool closes = false;
};

/// Appends the status line and the header, empty line included. Control characters in values become spaces: no answer can be split.
void append_reply_head(std::string& out, const Response& response, const ReplyFacts& facts);

/// Whether an answer to this method may carry a body (RFC 9110, 6.4.1).
bool carries_body(Method method, int status);

}  // namespace puente::net
