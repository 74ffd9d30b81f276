#pragma once

#include <openssl/ssl.h>

#include <chrono>
#include <cstdint>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace puente::test {

using Fields = std::vector<std::pair<std::string, std::string>>;

/// An HTTP answer as it came.
struct Answer {
    int status = 0;
    Fields headers;
    std::string body;

    /// Value of the first field of this name (any case); empty without one.
    std::string header(std::string_view name) const;
    bool has(std::string_view name) const;
    /// The body as JSON; a discarded value when it is none.
    nlohmann::json json() const { return nlohmann::json::parse(body, nullptr, false); }
};

/// A request. Host, and Content-Length where there is a body or the method is POST, are added.
struct Ask {
    std::string method = "GET";
    std::string target;
    Fields headers{};
    std::string body{};

    std::string text() const;
};

/// The connection ended, or nothing came within the patience.
struct Lost : std::runtime_error {
    using std::runtime_error::runtime_error;
};

/// Whom the client believes and who it says it is. Shared between clients.
struct TlsIdentity {
    /// `certificate` and `key` may be empty: no client certificate then.
    explicit TlsIdentity(const std::string& authority, const std::string& certificate = {}, const std::string& key = {});
    std::shared_ptr<SSL_CTX> context;
};

/// A blocking HTTPS/1.1 client on loopback with one kept connection. Every wait is bounded by its patience; what fails throws Lost.
class HttpsClient {
public:
    HttpsClient(std::uint16_t port, const TlsIdentity& identity, std::chrono::milliseconds patience = std::chrono::seconds{20});
    ~HttpsClient();
    HttpsClient(HttpsClient&&) noexcept;
    HttpsClient& operator=(HttpsClient&&) noexcept;

    /// Connects when it is not connected, asks, and reads the answer. Closes after an answer that says so.
    Answer ask(const Ask& request);

    void connect();
    void close();
    bool connected() const;
    /// Bytes as they are.
    void send(std::string_view bytes);
    /// The next answer; `to` is the method it answers, since HEAD has no body. Throws Lost when the connection ends before it is whole.
    Answer receive(std::string_view to = "GET");
    /// Whole answers until the peer closes or is silent for `silence`.
    std::vector<Answer> receive_all(std::chrono::milliseconds silence);
    /// Of a body that goes on and on: what comes up to and with the next empty line; nothing when none comes in this time. Throws Lost at its end.
    std::optional<std::string> receive_block(std::chrono::milliseconds time);
    /// Whether the peer ends the connection within this time.
    bool closes_within(std::chrono::milliseconds time);
    void set_patience(std::chrono::milliseconds patience);

private:
    struct Inside;
    std::unique_ptr<Inside> inside_;
};

}  // namespace puente::test
