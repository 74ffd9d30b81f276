#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace puente::net {

/// The methods that any route uses; everything else is answered before a handler sees it (501).
enum class Method : std::uint8_t { get, head, post, put, delete_, options };

std::string_view to_text(Method method);

/// Header fields in the order they came. Names compare without regard to case.
class Headers {
public:
    void add(std::string name, std::string value) { fields_.emplace_back(std::move(name), std::move(value)); }
    /// The value of the first field of this name, or nothing.
    std::optional<std::string_view> find(std::string_view name) const;
    const std::vector<std::pair<std::string, std::string>>& fields() const { return fields_; }

private:
    std::vector<std::pair<std::string, std::string>> fields_;
};

/// A request as everyone above this room sees it: read to its end, within every limit, with exactly one possible reading.
struct Request {
    Method method = Method::get;
    std::string target;                                      ///< as received: path and query
    std::string path;                                        ///< decoded once, validated: no dot segments, no control characters
    std::vector<std::pair<std::string, std::string>> query;  ///< decoded pairs in order
    Headers headers;
    std::string body;
    std::string request_id;  ///< UUIDv7 made here; the answer and every log line carry it
    std::string peer_address;
    std::string client_certificate_sha256;                         ///< base64url SHA-256 of the client's certificate (RFC 8705 x5t#S256), or empty
    std::vector<std::pair<std::string, std::string>> path_values;  ///< what the route's {names} stood for

    std::optional<std::string_view> query_value(std::string_view name) const;
    /// The value of a route's {name}; empty when the route has none.
    std::string_view path_value(std::string_view name) const;
};

/// An answer. Content-Length, Date, Connection and Puente-Request-Id are added by the session.
struct Response {
    int status = 200;
    std::string content_type;  ///< empty: no body
    std::string body;
    Headers headers;
    bool close = false;  ///< end the connection after this answer
};

}  // namespace puente::net
