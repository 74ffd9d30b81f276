// What a session does on the wire: waiting, reading, writing, deadlines.
#include <sys/socket.h>

#include <algorithm>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <cerrno>

#include "net/lane.hpp"
#include "net/session.hpp"

namespace puente::net {

namespace asio = boost::asio;

namespace {

constexpr std::size_t wire_bytes = 4096;  // what an idle connection keeps
constexpr std::size_t wire_bytes_for_bodies = 32 * 1024;
constexpr std::size_t linger_bytes_max = 64 * 1024;
constexpr std::chrono::seconds linger_time{1};
/// A client that asked less than busy_time ago may be sending its next request while the drain begins: that one is awaited for last_request_time
/// and answered with `Connection: close`, rather than reset.
constexpr std::chrono::seconds busy_time{1};
constexpr std::chrono::milliseconds last_request_time{100};

}  // namespace

Session::Session(asio::ip::tcp::socket socket, Lane& lane, SSL_CTX* tls, Place place)
    : lane_{lane},
      door_{lane.door()},
      place_{std::move(place)},
      socket_{std::move(socket)},
      stream_{tls, socket_.native_handle()},
      cancellation_{std::make_shared<asio::cancellation_signal>()},
      peer_address_{place_.address().to_string()} {}

Session::~Session() {
    if (bell_) bell_->session = nullptr;
    lane_.remove(*this);
}

asio::awaitable<bool> Session::shake_hands() {
    enter(Phase::handshake, door_.limits.handshake_time);
    while (true) {
        const TlsStream::Step step = stream_.accept();
        if (step == TlsStream::Step::done) co_return true;
        if (!co_await satisfy(step)) co_return false;
    }
}

/// Bytes read, at least one; 0 when no more come: closed, cut off without close_notify, or past the deadline.
asio::awaitable<std::size_t> Session::read(char* data, std::size_t size) {
    while (true) {
        std::size_t got = 0;
        const TlsStream::Step step = stream_.read({data, size}, got);
        if (step == TlsStream::Step::done) co_return got;
        if (!co_await satisfy(step)) co_return 0;
    }
}

/// The bytes have to stay where they are until it is done: they are a constant, the session's output or the body of the caller's answer.
asio::awaitable<bool> Session::write(std::string_view rest) {
    while (true) {
        const TlsStream::Step step = stream_.write(rest);
        if (step == TlsStream::Step::done) co_return true;
        if (!co_await satisfy(step)) co_return false;
    }
}

/// Waits for what the stream wants; false when it cannot have it.
asio::awaitable<bool> Session::satisfy(TlsStream::Step step) {
    if (step == TlsStream::Step::over) co_return false;
    if (phase_ == Phase::idle && door_.draining()) co_return take_what_is_there();

    boost::system::error_code error;
    if (step == TlsStream::Step::wants_room) {
        co_await socket_.async_wait(asio::socket_base::wait_write, asio::redirect_error(asio::use_awaitable, error));
        co_return !error && !expired_;
    }
    const bool large_body = phase_ == Phase::body && body_length_ - body_received_ > wire_bytes;
    const std::size_t wanted = large_body ? wire_bytes_for_bodies : wire_bytes;
    if (wire_.size() != wanted) wire_ = std::vector<char>(wanted);  // the stream has used all that was in it, or it would not want more
    const asio::mutable_buffer buffer{wire_.data(), wire_.size()};
    const std::size_t got = co_await socket_.async_receive(buffer, asio::redirect_error(asio::use_awaitable, error));
    if (error == asio::error::operation_aborted && phase_ == Phase::idle && !expired_) co_return take_what_is_there();
    if (error || expired_) co_return false;
    stream_.feed({wire_.data(), got});
    co_return true;
}

/// A request that had come when the drain began is still answered.
bool Session::take_what_is_there() {
    wire_.resize(wire_bytes);
    const ssize_t got = ::recv(socket_.native_handle(), wire_.data(), wire_.size(), MSG_DONTWAIT);
    if (got <= 0) return false;
    stream_.feed({wire_.data(), static_cast<std::size_t>(got)});
    return true;
}

/// Lets the peer read the last answer: closing a socket with unread bytes would reset it, and the answer with it.
asio::awaitable<void> Session::linger() {
    boost::system::error_code error;
    socket_.shutdown(asio::socket_base::shutdown_send, error);
    enter(Phase::linger, linger_time);
    wire_.resize(wire_bytes);
    for (std::size_t drained = 0; !error && !expired_ && drained < linger_bytes_max;) {
        const asio::mutable_buffer buffer{wire_.data(), wire_.size()};
        drained += co_await socket_.async_receive(buffer, asio::redirect_error(asio::use_awaitable, error));
    }
}

void Session::enter(Phase phase, Clock::duration limit) {
    phase_ = phase;
    expired_ = false;
    phase_began_ = Clock::now();
    deadline_ = limit == Clock::duration::max() ? Clock::time_point::max() : phase_began_ + limit;
}

void Session::check(Clock::time_point now) {
    const bool slow = phase_ == Phase::body && too_slow(now - phase_began_, body_received_);
    if (expired_ || (now < deadline_ && !slow)) return;
    expired_ = true;
    boost::system::error_code ignored;
    socket_.cancel(ignored);
}

void Session::leave_if_idle() {
    if (phase_ == Phase::rest) return wake();
    if (phase_ != Phase::idle) return;
    const Clock::time_point now = Clock::now();
    if (now - phase_began_ < busy_time) {
        deadline_ = std::min(deadline_, now + last_request_time);
        return;
    }
    boost::system::error_code ignored;
    socket_.cancel(ignored);
}

void Session::cut() {
    // A local copy: the session may end, and be gone, while it is being told.
    const std::shared_ptr<asio::cancellation_signal> signal = cancellation_;
    boost::system::error_code ignored;
    socket_.close(ignored);
    signal->emit(asio::cancellation_type::terminal);
}

}  // namespace puente::net
