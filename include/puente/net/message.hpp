#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
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
    std::atomic<std::size_t>* counted = nullptr;                   ///< the count of requests being answered, while it is in it

    std::optional<std::string_view> query_value(std::string_view name) const;
    /// The value of a route's {name}; empty when the route has none.
    std::string_view path_value(std::string_view name) const;
};

/// While it lives its request is not counted among those being answered: it only waits for something to happen.
class Aside {
public:
    explicit Aside(Request& request) : counted_{request.counted} {
        if (counted_ != nullptr) counted_->fetch_sub(1);
    }
    Aside(const Aside&) = delete;
    Aside& operator=(const Aside&) = delete;
    ~Aside() {
        if (counted_ != nullptr) counted_->fetch_add(1);
    }

private:
    std::atomic<std::size_t>* counted_;
};

/// A body that is written while it is being sent, such as server-sent events. It ends with its connection, and lives no longer than that. Everything
/// is called on the thread of the connection.
class Stream {
public:
    virtual ~Stream() = default;
    /// Called once, first. `ring` makes the session take again soon; it may be called from any thread, and after the stream has ended does nothing.
    virtual void begin(std::function<void()> ring) = 0;
    /// Appends what is to be sent now; nothing: rest until the bell rings or the pulse is due. `quiet`: the pulse is due. False: this was the last.
    virtual bool take(std::string& out, bool quiet) = 0;
    /// How long it may rest.
    virtual std::chrono::milliseconds pulse() const = 0;
};

/// An answer. Content-Length, Date, Connection and Puente-Request-Id are added by the session.
struct Response {
    int status = 200;
    std::string content_type;  ///< empty: no body
    std::string body;
    Headers headers;
    bool close = false;              ///< end the connection after this answer
    std::shared_ptr<Stream> stream;  ///< in place of the body: sent until it or the connection ends; it is the last answer of its connection
};

}  // namespace puente::net
