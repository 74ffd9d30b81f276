#pragma once

#include <openssl/ssl.h>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "api/https_client.hpp"

namespace puente::test {

/// One call that a receiver got.
struct Call {
    Fields headers;
    std::string body;
    std::chrono::steady_clock::time_point at;

    std::string header(const std::string& name) const;
    nlohmann::json json() const { return nlohmann::json::parse(body, nullptr, false); }
    /// Whether one of the signatures is that of this secret ("whsec_...").
    bool signed_by(const std::string& secret) const;
};

/// An HTTPS server on loopback that webhooks are sent to: one thread for each connection. Answers challenges as it should, and everything else as it
/// is told to: the bytes of the answer, or nothing at all.
class Receiver {
public:
    using Answering = std::function<std::string(const Call&)>;
    explicit Receiver(Answering answering = ok);
    ~Receiver();
    Receiver(const Receiver&) = delete;
    Receiver& operator=(const Receiver&) = delete;

    std::string url(const std::string& path = "/hook") const { return "https://localhost:" + std::to_string(port_) + path; }
    std::uint16_t port() const { return port_; }
    void answer(Answering answering);
    void answer_challenges(bool yes) { challenges_ = yes; }
    /// Calls so far, challenges left out.
    std::vector<Call> calls() const;
    std::size_t challenges() const { return challenged_; }
    /// Waits until there are so many calls.
    bool got(std::size_t count, std::chrono::milliseconds patience = std::chrono::seconds{20}) const;
    std::size_t connections() const { return connections_; }

    static std::string ok(const Call& call);
    static std::string status(int number, const std::string& headers = {});

private:
    void accept();
    void serve(int socket);

    int listening_ = -1;
    std::uint16_t port_ = 0;
    std::unique_ptr<SSL_CTX, decltype(&SSL_CTX_free)> tls_;
    mutable std::mutex mutex_;
    mutable std::condition_variable changed_;
    Answering answering_;
    std::vector<Call> calls_;
    std::vector<int> open_;
    std::atomic<bool> challenges_{true};
    std::atomic<std::size_t> challenged_{0};
    std::atomic<std::size_t> connections_{0};
    bool over_ = false;
    std::thread thread_;
    std::vector<std::thread> serving_;
};

}  // namespace puente::test
