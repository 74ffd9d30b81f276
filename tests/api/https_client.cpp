#include "api/https_client.hpp"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/err.h>
#include <poll.h>
#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <cstdlib>

namespace puente::test {

namespace {

using Clock = std::chrono::steady_clock;

bool same_name(std::string_view a, std::string_view b) {
    const auto same = [](char x, char y) { return std::tolower(static_cast<unsigned char>(x)) == std::tolower(static_cast<unsigned char>(y)); };
    return std::equal(a.begin(), a.end(), b.begin(), b.end(), same);
}

/// Status line and fields of the head in front of `text`; false when it is no HTTP/1.1 head.
bool read_answer_head(std::string_view head, Answer& answer) {
    if (!head.starts_with("HTTP/1.1 ") || head.size() < 12) return false;
    answer.status = std::atoi(std::string{head.substr(9, 3)}.c_str());
    std::size_t at = head.find("\r\n");
    while (at != std::string_view::npos && at + 2 < head.size()) {
        const std::size_t end = std::min(head.find("\r\n", at + 2), head.size());
        const std::string_view line = head.substr(at + 2, end - at - 2);
        const std::size_t colon = line.find(':');
        if (colon == std::string_view::npos) return line.empty();
        const std::size_t value = std::min(line.find_first_not_of(' ', colon + 1), line.size());
        answer.headers.emplace_back(line.substr(0, colon), line.substr(value));
        at = end;
    }
    return true;
}

std::size_t body_length(const Answer& answer, std::string_view to) {
    if (to == "HEAD" || answer.status / 100 == 1 || answer.status == 204 || answer.status == 304) return 0;
    return static_cast<std::size_t>(std::atoll(answer.header("Content-Length").c_str()));
}

}  // namespace

std::string Answer::header(std::string_view name) const {
    for (const auto& [known, value] : headers) {
        if (same_name(known, name)) return value;
    }
    return {};
}

bool Answer::has(std::string_view name) const {
    return std::any_of(headers.begin(), headers.end(), [name](const auto& field) { return same_name(field.first, name); });
}

std::string Ask::text() const {
    std::string text = method + " " + target + " HTTP/1.1\r\nHost: localhost\r\n";
    for (const auto& [name, value] : headers) text += name + ": " + value + "\r\n";
    if (!body.empty() || method == "POST" || method == "PUT") text += "Content-Length: " + std::to_string(body.size()) + "\r\n";
    return text + "\r\n" + body;
}

TlsIdentity::TlsIdentity(const std::string& authority, const std::string& certificate, const std::string& key)
    : context{SSL_CTX_new(TLS_client_method()), SSL_CTX_free} {
    SSL_CTX_set_min_proto_version(context.get(), TLS1_2_VERSION);
    SSL_CTX_set_verify(context.get(), SSL_VERIFY_PEER, nullptr);
    if (SSL_CTX_load_verify_locations(context.get(), authority.c_str(), nullptr) != 1) throw std::runtime_error{"no authority in " + authority};
    if (certificate.empty()) return;
    const bool loaded = SSL_CTX_use_certificate_chain_file(context.get(), certificate.c_str()) == 1 &&
                        SSL_CTX_use_PrivateKey_file(context.get(), key.c_str(), SSL_FILETYPE_PEM) == 1;
    if (!loaded) throw std::runtime_error{"no client certificate in " + certificate};
}

struct HttpsClient::Inside {
    Inside(std::uint16_t to_port, const TlsIdentity& identity, std::chrono::milliseconds time)
        : port{to_port}, context{identity.context}, patience{time} {}

    bool await(short what, Clock::time_point deadline) const {
        const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(deadline - Clock::now());
        pollfd entry{descriptor, what, 0};
        return ::poll(&entry, 1, static_cast<int>(std::max<std::int64_t>(left.count(), 0))) == 1;
    }

    /// Repeats an OpenSSL step until it is done: > 0 done, 0 the connection ended, -1 the deadline passed.
    template <class Step>
    int drive(Step step, Clock::time_point deadline) {
        while (true) {
            ERR_clear_error();
            const int done = step();
            if (done > 0) return done;
            const int error = SSL_get_error(ssl.get(), done);
            if (error != SSL_ERROR_WANT_READ && error != SSL_ERROR_WANT_WRITE) return 0;
            if (!await(error == SSL_ERROR_WANT_READ ? POLLIN : POLLOUT, deadline)) return -1;
        }
    }

    /// Reads some more; as drive().
    int fill(Clock::time_point deadline) {
        std::array<char, 16 * 1024> buffer;
        const int got = drive([&] { return SSL_read(ssl.get(), buffer.data(), static_cast<int>(buffer.size())); }, deadline);
        if (got > 0) received.append(buffer.data(), static_cast<std::size_t>(got));
        return got;
    }

    /// A whole answer out of what was received, or nothing yet.
    std::optional<Answer> take(std::string_view to) {
        const std::size_t end = received.find("\r\n\r\n");
        if (end == std::string::npos) return std::nullopt;
        Answer answer;
        if (!read_answer_head(std::string_view{received}.substr(0, end), answer)) throw Lost{"this is no HTTP answer: " + received.substr(0, 200)};
        const std::size_t length = body_length(answer, to);
        if (received.size() < end + 4 + length) return std::nullopt;
        answer.body = received.substr(end + 4, length);
        received.erase(0, end + 4 + length);
        return answer;
    }

    std::uint16_t port;
    std::shared_ptr<SSL_CTX> context;
    std::chrono::milliseconds patience;
    int descriptor = -1;
    std::unique_ptr<SSL, decltype(&SSL_free)> ssl{nullptr, SSL_free};
    std::string received;
};

HttpsClient::HttpsClient(std::uint16_t port, const TlsIdentity& identity, std::chrono::milliseconds patience)
    : inside_{std::make_unique<Inside>(port, identity, patience)} {
    [[maybe_unused]] static const auto ignored = ::signal(SIGPIPE, SIG_IGN);
}

HttpsClient::~HttpsClient() {
    if (inside_) close();
}

HttpsClient::HttpsClient(HttpsClient&&) noexcept = default;

HttpsClient& HttpsClient::operator=(HttpsClient&& other) noexcept {
    if (inside_) close();
    inside_ = std::move(other.inside_);
    return *this;
}

void HttpsClient::set_patience(std::chrono::milliseconds patience) {
    inside_->patience = patience;
}

bool HttpsClient::connected() const {
    return inside_->descriptor >= 0;
}

void HttpsClient::connect() {
    close();
    Inside& in = *inside_;
    in.descriptor = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(in.port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (::connect(in.descriptor, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
        close();
        throw Lost{"nobody listens"};
    }
    const int on = 1;
    ::setsockopt(in.descriptor, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    ::fcntl(in.descriptor, F_SETFL, O_NONBLOCK);
    in.ssl.reset(SSL_new(in.context.get()));
    SSL_set_fd(in.ssl.get(), in.descriptor);
    SSL_set1_host(in.ssl.get(), "localhost");
    const int done = in.drive([&] { return SSL_connect(in.ssl.get()); }, Clock::now() + in.patience);
    if (done > 0) return;
    const char* reason = ERR_reason_error_string(ERR_peek_error());
    close();
    throw Lost{std::string{"no TLS handshake: "} + (reason == nullptr ? "the connection ended" : reason)};
}

void HttpsClient::close() {
    Inside& in = *inside_;
    if (in.ssl && SSL_is_init_finished(in.ssl.get()) != 0) {
        ERR_clear_error();
        SSL_shutdown(in.ssl.get());
    }
    in.ssl.reset();
    if (in.descriptor >= 0) ::close(in.descriptor);
    in.descriptor = -1;
    in.received.clear();
}

void HttpsClient::send(std::string_view bytes) {
    Inside& in = *inside_;
    if (!connected()) connect();
    const auto deadline = Clock::now() + in.patience;
    while (!bytes.empty()) {
        const std::string_view part = bytes.substr(0, 16 * 1024);
        const int sent = in.drive([&] { return SSL_write(in.ssl.get(), part.data(), static_cast<int>(part.size())); }, deadline);
        if (sent <= 0) throw Lost{sent == 0 ? "the peer closed while a request was being sent" : "the peer takes no bytes"};
        bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
}

Answer HttpsClient::receive(std::string_view to) {
    Inside& in = *inside_;
    if (!connected()) throw Lost{"not connected"};
    const auto deadline = Clock::now() + in.patience;
    while (true) {
        if (std::optional<Answer> answer = in.take(to)) return std::move(*answer);
        const int got = in.fill(deadline);
        if (got > 0) continue;
        close();
        throw Lost{got == 0 ? "the connection ended before the answer" : "no answer in time"};
    }
}

std::vector<Answer> HttpsClient::receive_all(std::chrono::milliseconds silence) {
    Inside& in = *inside_;
    std::vector<Answer> all;
    while (connected()) {
        if (std::optional<Answer> answer = in.take("GET")) {
            all.push_back(std::move(*answer));
        } else if (in.fill(Clock::now() + silence) <= 0) {
            break;
        }
    }
    return all;
}

std::optional<std::string> HttpsClient::receive_block(std::chrono::milliseconds time) {
    Inside& in = *inside_;
    const auto deadline = Clock::now() + time;
    std::size_t end = in.received.find("\n\n");
    for (; end == std::string::npos; end = in.received.find("\n\n")) {
        const int got = connected() ? in.fill(deadline) : 0;
        if (got < 0) return std::nullopt;
        if (got == 0) throw Lost{"the stream has ended"};
    }
    std::string block = in.received.substr(0, end + 2);
    in.received.erase(0, end + 2);
    return block;
}

bool HttpsClient::closes_within(std::chrono::milliseconds time) {
    Inside& in = *inside_;
    const auto deadline = Clock::now() + time;
    while (connected()) {
        const int got = in.fill(deadline);
        if (got == 0) return true;
        if (got < 0) return false;
    }
    return true;
}

Answer HttpsClient::ask(const Ask& request) {
    if (!connected()) connect();
    try {
        send(request.text());
    } catch (const Lost&) {
        // A refusal may have come before all was sent; it is read below, or there is none and receive() says so.
    }
    Answer answer = receive(request.method);
    if (same_name(answer.header("Connection"), "close")) close();
    return answer;
}

}  // namespace puente::test
