#pragma once

#include <openssl/ssl.h>

#include <cstddef>
#include <memory>
#include <span>
#include <string_view>

namespace puente::net {

/// One TLS connection over a non-blocking socket: received bytes are fed to it, what it sends goes straight to the socket. Never waits.
///
/// Asio's ssl::stream is not used: it keeps four 17 kB buffers for each connection (70 kB, against about 20 kB here) and copies every byte once more
/// each way. What is left of it, after that, is these hundred lines.
class TlsStream {
public:
    enum class Step {
        done,         ///< it is finished, or some bytes moved
        wants_bytes,  ///< feed() it first
        wants_room,   ///< wait until the socket takes bytes, then repeat
        over,         ///< closed by the peer or broken
    };

    /// Serves on this socket, which stays the caller's.
    TlsStream(SSL_CTX* context, int socket);
    TlsStream(const TlsStream&) = delete;
    TlsStream& operator=(const TlsStream&) = delete;

    /// Hands over received bytes; they have to stay where they are until the next step asks for more.
    void feed(std::span<const char> received) { received_ = received; }
    bool has_unread() const { return !received_.empty() || SSL_pending(ssl_.get()) > 0; }

    Step accept();
    /// Reads at most buffer.size() bytes; `got` says how many.
    Step read(std::span<char> buffer, std::size_t& got);
    /// Writes all of `rest` if the socket takes it; leaves in it what has still to be written.
    Step write(std::string_view& rest);
    /// Says good-bye (close_notify), if the socket takes it.
    void close();

    const SSL* ssl() const { return ssl_.get(); }

private:
    friend struct SocketBio;
    Step step_after(int result);

    int socket_;
    std::span<const char> received_;
    std::unique_ptr<SSL, decltype(&SSL_free)> ssl_;
};

}  // namespace puente::net
