#include "net/tls_stream.hpp"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <new>

namespace puente::net {

/// How OpenSSL reaches the bytes. Its own socket BIO would call read() once more for each record, and write() that can raise SIGPIPE.
struct SocketBio {
    static const BIO_METHOD* method();
    static int read(BIO* bio, char* out, int bytes);
    static int write(BIO* bio, const char* data, int bytes);
    static long control(BIO* bio, int command, long number, void* pointer);
};

TlsStream::TlsStream(SSL_CTX* context, int socket) : socket_{socket}, ssl_{SSL_new(context), SSL_free} {
    BIO* bio = BIO_new(SocketBio::method());
    if (!ssl_ || bio == nullptr) {
        BIO_free(bio);
        throw std::bad_alloc{};
    }
    BIO_set_data(bio, this);
    BIO_set_init(bio, 1);
    SSL_set_bio(ssl_.get(), bio, bio);
    SSL_set_accept_state(ssl_.get());
}

TlsStream::Step TlsStream::accept() {
    ERR_clear_error();
    return step_after(SSL_do_handshake(ssl_.get()));
}

TlsStream::Step TlsStream::read(std::span<char> buffer, std::size_t& got) {
    ERR_clear_error();  // whatever other code left in this thread's queue would be taken for our failure
    return step_after(SSL_read_ex(ssl_.get(), buffer.data(), buffer.size(), &got));
}

TlsStream::Step TlsStream::write(std::string_view& rest) {
    while (!rest.empty()) {
        ERR_clear_error();
        std::size_t written = 0;
        const Step step = step_after(SSL_write_ex(ssl_.get(), rest.data(), rest.size(), &written));
        if (step == Step::wants_bytes) return Step::over;  // only a renegotiation would, and there is none
        if (step != Step::done) return step;
        rest.remove_prefix(written);
    }
    return Step::done;
}

void TlsStream::close() {
    ERR_clear_error();
    if (SSL_is_init_finished(ssl_.get()) != 0) SSL_shutdown(ssl_.get());
    ERR_clear_error();
}

TlsStream::Step TlsStream::step_after(int result) {
    if (result > 0) return Step::done;
    switch (SSL_get_error(ssl_.get(), result)) {
        case SSL_ERROR_WANT_READ:
            return Step::wants_bytes;
        case SSL_ERROR_WANT_WRITE:
            return Step::wants_room;
        default:
            ERR_clear_error();
            return Step::over;
    }
}

const BIO_METHOD* SocketBio::method() {
    static const std::unique_ptr<BIO_METHOD, decltype(&BIO_meth_free)> made = [] {
        BIO_METHOD* fresh = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "puente socket");
        if (fresh == nullptr) throw std::bad_alloc{};
        BIO_meth_set_read(fresh, &SocketBio::read);
        BIO_meth_set_write(fresh, &SocketBio::write);
        BIO_meth_set_ctrl(fresh, &SocketBio::control);
        return std::unique_ptr<BIO_METHOD, decltype(&BIO_meth_free)>{fresh, BIO_meth_free};
    }();
    return made.get();
}

int SocketBio::read(BIO* bio, char* out, int bytes) {
    std::span<const char>& received = static_cast<TlsStream*>(BIO_get_data(bio))->received_;
    BIO_clear_retry_flags(bio);
    if (received.empty()) {
        BIO_set_retry_read(bio);
        return -1;
    }
    const std::size_t count = std::min(received.size(), static_cast<std::size_t>(bytes));
    std::copy_n(received.begin(), count, out);
    received = received.subspan(count);
    return static_cast<int>(count);
}

int SocketBio::write(BIO* bio, const char* data, int bytes) {
    BIO_clear_retry_flags(bio);
    ssize_t sent = 0;
    do {
        sent = ::send(static_cast<TlsStream*>(BIO_get_data(bio))->socket_, data, static_cast<std::size_t>(bytes), MSG_NOSIGNAL | MSG_DONTWAIT);
    } while (sent < 0 && errno == EINTR);
    if (sent < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) BIO_set_retry_write(bio);
    return static_cast<int>(sent);
}

long SocketBio::control(BIO*, int command, long, void*) {
    return command == BIO_CTRL_FLUSH ? 1 : 0;
}

}  // namespace puente::net
