#pragma once

#include <openssl/ssl.h>

#include <chrono>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "puente/net/server.hpp"
#include "unit/net/certificates.hpp"

/// Answers by path: /hello, /echo (the body), /big (a megabyte), /slow (after 400 ms), /forever (until cancelled), /aside (the same, but not counted),
/// /throw, /who (the thumbprint), /stream (what make_stream gives).
class TestApplication : public puente::net::Application {
public:
    boost::asio::awaitable<puente::net::Response> answer(puente::net::Request& request, std::size_t& route) override;
    puente::net::Response refuse(int status, std::string_view detail, std::string_view request_id) override;
    std::unique_ptr<puente::net::Response> refuse_early(const puente::net::Request& request) override;
    void served(const puente::net::Served& served) override;

    std::vector<int> statuses() const;

    std::function<std::shared_ptr<puente::net::Stream>()> make_stream;  ///< set before the server is asked

private:
    mutable std::mutex mutex_;
    std::vector<int> statuses_;
};

/// A server on a free port of the loopback, stopped with the object.
class TestServer {
public:
    explicit TestServer(puente::net::Limits limits = {}, bool asks_clients = false, std::vector<std::string> host_names = {});
    ~TestServer();

    puente::net::Server& server() { return *server_; }
    std::uint16_t port() const { return server_->port(); }
    const std::string& directory() const { return directory_; }
    const TestCertificate& authority() const { return authority_; }
    const TestCertificate& certificate() const { return certificate_; }
    TestApplication application;

    /// Stops it and waits until run() has returned.
    void stop(std::chrono::milliseconds drain);

private:
    std::string directory_;
    TestCertificate authority_;
    TestCertificate certificate_;
    std::unique_ptr<puente::net::Server> server_;
    std::thread thread_;
};

/// An answer as it came.
struct Answer {
    int status = 0;  ///< 0: the connection ended before an answer
    std::string head;
    std::string body;

    /// The value of a field, or "(none)".
    std::string field(std::string_view name) const;
};

/// A blocking TLS client that sends exactly the bytes it is told. Every wait ends after five seconds.
class TestClient {
public:
    struct Options {
        int version_max = TLS1_3_VERSION;
        std::string alpn;
        const TestCertificate* certificate = nullptr;
        SSL_SESSION* resume = nullptr;
    };
    explicit TestClient(std::uint16_t port) : TestClient{port, Options{}} {}
    TestClient(std::uint16_t port, const Options& options);
    ~TestClient();

    bool connected() const { return connected_; }
    bool resumed() const { return SSL_session_reused(ssl_.get()) != 0; }
    SSL* ssl() { return ssl_.get(); }
    bool send(std::string_view bytes);
    /// Reads one answer; `with_body` false after HEAD.
    Answer receive(bool with_body = true);
    Answer ask(std::string_view bytes);
    /// What comes up to and with this text; less when the connection ends before.
    std::string receive_through(std::string_view text);
    /// Whether the server ends the connection without sending anything more.
    bool is_closed();
    /// Sends nothing more and says so, without close_notify.
    void hang_up();

private:
    bool fill();

    int socket_ = -1;
    bool connected_ = false;
    std::shared_ptr<SSL_CTX> context_;
    std::shared_ptr<SSL> ssl_;
    std::string received_;
};

/// "GET <path> HTTP/1.1" with a Host.
std::string get(std::string_view path, std::string_view more_fields = "");
/// "POST <path> HTTP/1.1" with a Host, Content-Length and the body.
std::string post(std::string_view path, std::string_view body);

/// Waits until the condition holds; false when it does not within the limit.
bool within(std::chrono::milliseconds limit, const std::function<bool()>& condition);
