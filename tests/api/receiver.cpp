#include "api/receiver.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <stdexcept>

#include "api/station.hpp"

namespace puente::test {

namespace {

std::string base64(const unsigned char* bytes, std::size_t size) {
    std::string text(4 * ((size + 2) / 3) + 1, '\0');
    text.resize(static_cast<std::size_t>(EVP_EncodeBlock(reinterpret_cast<unsigned char*>(text.data()), bytes, static_cast<int>(size))));
    return text;
}

std::string from_base64(const std::string& text) {
    std::string bytes(text.size(), '\0');
    const int size = EVP_DecodeBlock(reinterpret_cast<unsigned char*>(bytes.data()), reinterpret_cast<const unsigned char*>(text.data()),
                                     static_cast<int>(text.size()));
    if (size < 0) return {};
    bytes.resize(static_cast<std::size_t>(size) - static_cast<std::size_t>(std::count(text.begin(), text.end(), '=')));
    return bytes;
}

/// A whole request, or false when the connection ends before.
bool read_call(SSL* ssl, Call& call) {
    std::string text;
    char block[4096];
    std::size_t end = std::string::npos;
    while ((end = text.find("\r\n\r\n")) == std::string::npos) {
        const int got = SSL_read(ssl, block, sizeof block);
        if (got <= 0) return false;
        text.append(block, static_cast<std::size_t>(got));
    }
    for (std::size_t at = text.find("\r\n") + 2; at < end;) {
        const std::size_t line_end = text.find("\r\n", at);
        const std::size_t colon = text.find(':', at);
        call.headers.emplace_back(text.substr(at, colon - at), text.substr(colon + 2, line_end - colon - 2));
        at = line_end + 2;
    }
    const std::size_t length = static_cast<std::size_t>(std::stoul(call.header("Content-Length")));
    while (text.size() < end + 4 + length) {
        const int got = SSL_read(ssl, block, sizeof block);
        if (got <= 0) return false;
        text.append(block, static_cast<std::size_t>(got));
    }
    call.body = text.substr(end + 4);
    call.at = std::chrono::steady_clock::now();
    return true;
}

void write_all(SSL* ssl, const std::string& text) {
    for (std::size_t at = 0; at < text.size();) {
        const int put = SSL_write(ssl, text.data() + at, static_cast<int>(std::min<std::size_t>(text.size() - at, 16'384)));
        if (put <= 0) return;
        at += static_cast<std::size_t>(put);
    }
    SSL_shutdown(ssl);
}

}  // namespace

std::string Call::header(const std::string& name) const {
    for (const auto& [each, value] : headers) {
        if (each == name) return value;
    }
    return {};
}

bool Call::signed_by(const std::string& secret) const {
    const std::string key = from_base64(secret.substr(6));
    const std::string text = header("webhook-id") + "." + header("webhook-timestamp") + "." + body;
    unsigned char code[EVP_MAX_MD_SIZE];
    unsigned int size = 0;
    HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()), reinterpret_cast<const unsigned char*>(text.data()), text.size(), code, &size);
    return (" " + header("webhook-signature") + " ").find(" v1," + base64(code, size) + " ") != std::string::npos;
}

std::string Receiver::status(int number, const std::string& headers) {
    return "HTTP/1.1 " + std::to_string(number) + " X\r\nContent-Length: 0\r\n" + headers + "Connection: close\r\n\r\n";
}

std::string Receiver::ok(const Call&) {
    return status(200);
}

Receiver::Receiver(Answering answering) : tls_{SSL_CTX_new(TLS_server_method()), SSL_CTX_free}, answering_{std::move(answering)} {
    const TemporaryFolder& folder = Certificates::shared().folder;
    SSL_CTX_use_certificate_chain_file(tls_.get(), folder.file("server.pem").c_str());
    SSL_CTX_use_PrivateKey_file(tls_.get(), folder.file("server.key").c_str(), SSL_FILETYPE_PEM);
    listening_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    if (::bind(listening_, reinterpret_cast<const sockaddr*>(&address), size) != 0 || ::listen(listening_, 256) != 0 ||
        ::getsockname(listening_, reinterpret_cast<sockaddr*>(&address), &size) != 0) {
        throw std::runtime_error{"the receiver cannot listen"};
    }
    port_ = ntohs(address.sin_port);
    thread_ = std::thread{[this] { accept(); }};
}

Receiver::~Receiver() {
    {
        const std::lock_guard lock{mutex_};
        over_ = true;
        for (const int each : open_) ::shutdown(each, SHUT_RDWR);
    }
    changed_.notify_all();
    ::shutdown(listening_, SHUT_RDWR);
    thread_.join();
    for (std::thread& each : serving_) each.join();
    ::close(listening_);
}

void Receiver::accept() {
    while (true) {
        const int socket = ::accept4(listening_, nullptr, nullptr, SOCK_CLOEXEC);
        if (socket < 0) return;
        const std::lock_guard lock{mutex_};
        open_.push_back(socket);
        if (over_) ::shutdown(socket, SHUT_RDWR);
        ++connections_;
        serving_.emplace_back([this, socket] { serve(socket); });
    }
}

void Receiver::serve(int socket) {
    const std::unique_ptr<SSL, decltype(&SSL_free)> ssl{SSL_new(tls_.get()), SSL_free};
    SSL_set_fd(ssl.get(), socket);
    Call call;
    if (SSL_accept(ssl.get()) == 1 && read_call(ssl.get(), call)) {
        const nlohmann::json document = call.json();
        if (document.value("type", "") == "webhook.challenge") {
            ++challenged_;
            const std::string body = challenges_ ? document["data"]["challenge"].get<std::string>() : std::string{"nothing"};
            write_all(ssl.get(), "HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body);
        } else {
            Answering answering;
            {
                const std::lock_guard lock{mutex_};
                calls_.push_back(call);
                answering = answering_;
            }
            changed_.notify_all();
            const std::string text = answering(call);
            if (text.empty()) {
                char nothing;
                ::recv(socket, &nothing, 1, 0);  // silent until the caller gives up
            } else {
                write_all(ssl.get(), text);
            }
        }
    }
    const std::lock_guard lock{mutex_};
    open_.erase(std::find(open_.begin(), open_.end(), socket));
    ::close(socket);
}

void Receiver::answer(Answering answering) {
    const std::lock_guard lock{mutex_};
    answering_ = std::move(answering);
}

std::vector<Call> Receiver::calls() const {
    const std::lock_guard lock{mutex_};
    return calls_;
}

bool Receiver::got(std::size_t count, std::chrono::milliseconds patience) const {
    std::unique_lock lock{mutex_};
    return changed_.wait_for(lock, patience, [&] { return calls_.size() >= count; });
}

}  // namespace puente::test
