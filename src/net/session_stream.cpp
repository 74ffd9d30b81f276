// How a session sends a body that is written while it is being sent.
#include <sys/socket.h>

#include <array>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <cerrno>

#include "net/lane.hpp"
#include "net/session.hpp"

namespace puente::net {

namespace asio = boost::asio;

namespace {

/// What the kernel may hold for a reader that does not read: without a limit of our own it would grow to megabytes for each.
constexpr int unsent_bytes = 64 * 1024;
/// A listener has nothing to say. A few bytes are forgiven (a pipelined request, a new TLS key).
constexpr std::size_t dropped_bytes_max = 64 * 1024;
constexpr std::size_t output_kept_bytes = 1024;

}  // namespace

void Bell::ring() {
    if (!rung_.exchange(true)) lane_.ring(shared_from_this());
}

/// The end is the end of the connection: a stream has no length, and a reader that missed something asks for it by its last position.
asio::awaitable<void> Session::send_stream(Stream& stream) {
    bell_ = std::make_shared<Bell>(lane_, *this);
    boost::system::error_code ignored;
    socket_.set_option(asio::socket_base::send_buffer_size{unsent_bytes}, ignored);
    bool listens = drop_what_came();
    slim();
    stream.begin([bell = bell_] { bell->ring(); });
    bool quiet = false;
    for (bool goes_on = true; goes_on && listens && !door_.draining();) {
        output_.clear();
        goes_on = stream.take(output_, quiet);
        quiet = false;
        if (!output_.empty()) {
            enter(Phase::write, door_.limits.write_time);
            listens = co_await write(output_);
        } else if (goes_on) {
            slim();
            listens = co_await rest(stream.pulse());
            quiet = expired_;
        }
    }
    if (listens) phase_ = Phase::write;  // the last words are worth waiting for
}

/// Until the bell rings or the time is over; false when the peer has gone.
asio::awaitable<bool> Session::rest(Clock::duration at_most) {
    enter(Phase::rest, at_most);
    if (bell_->has_rung()) co_return true;
    boost::system::error_code error;
    co_await socket_.async_wait(asio::socket_base::wait_read, asio::redirect_error(asio::use_awaitable, error));
    bell_->has_rung();  // whatever was rung for is taken next
    if (error == asio::error::operation_aborted) co_return socket_.is_open();
    co_return !error && drop_what_came();
}

void Session::wake() {
    if (phase_ != Phase::rest) return;  // it looks by itself before it rests again
    boost::system::error_code ignored;
    socket_.cancel(ignored);
}

/// Reads what there is without waiting, so that the end of the connection is seen; false when it has come.
bool Session::drop_what_came() {
    std::array<char, 4096> received;
    std::array<char, 4096> read;
    while (true) {
        std::size_t got = 0;
        TlsStream::Step step = stream_.read(read, got);
        for (; step == TlsStream::Step::done; step = stream_.read(read, got)) dropped_bytes_ += got;
        if (step != TlsStream::Step::wants_bytes || dropped_bytes_ > dropped_bytes_max) return false;
        const ssize_t count = ::recv(socket_.native_handle(), received.data(), received.size(), MSG_DONTWAIT);
        if (count < 0 && (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR)) return true;
        if (count <= 0) return false;
        stream_.feed({received.data(), static_cast<std::size_t>(count)});
    }
}

/// Gives back what a resting stream does not need.
void Session::slim() {
    if (output_.capacity() > output_kept_bytes) std::string{}.swap(output_);
    if (!wire_.empty()) std::vector<char>{}.swap(wire_);
    input_.release();
}

}  // namespace puente::net
