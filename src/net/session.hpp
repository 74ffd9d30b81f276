#pragma once

#include <atomic>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "net/door.hpp"
#include "net/input.hpp"
#include "net/tls_stream.hpp"
#include "puente/net/head.hpp"

namespace puente::net {

class Lane;
class Session;

/// Whether a body that has been coming for so long has come too slowly: less than 1 kB/s, looked at after the first five seconds.
constexpr bool too_slow(Clock::duration elapsed, std::size_t received) {
    constexpr std::size_t bytes_per_second = 1000;
    const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(elapsed).count();
    return seconds >= 5 && received < static_cast<std::size_t>(seconds) * bytes_per_second;
}

/// What others hold of a session that sends a stream, to tell it that there is something to send. Outlives it.
class Bell : public std::enable_shared_from_this<Bell> {
public:
    Bell(Lane& lane, Session& rung) : session{&rung}, lane_{lane} {}
    /// Any thread.
    void ring();
    /// Whether it has rung since it was last asked.
    bool has_rung() { return rung_.exchange(false); }

    Session* session;  ///< null once it has gone; the lane's thread only

private:
    Lane& lane_;
    std::atomic<bool> rung_{false};
};

/// One connection from its handshake to its end. Lives on one lane's thread, so it needs no lock.
class Session {
public:
    Session(boost::asio::ip::tcp::socket socket, Lane& lane, SSL_CTX* tls, Place place);
    Session(const Session&) = delete;
    Session& operator=(const Session&) = delete;
    ~Session();

    boost::asio::awaitable<void> run();

    /// Wakes the session when its deadline has passed or the body comes too slowly. Called by the lane's sweep.
    void check(Clock::time_point now);
    /// The bell of its stream has rung.
    void wake();
    /// Ends the session if it waits for a request or for something to send; soon rather than now when the client is busy.
    void leave_if_idle();
    /// Ends it now, whatever it waits for.
    void cut();
    /// What the session's coroutine has to be bound to, so that cut() reaches the handler that it waits for.
    const std::shared_ptr<boost::asio::cancellation_signal>& cancellation() const { return cancellation_; }

private:
    enum class Phase : std::uint8_t { handshake, idle, head, body, answer, write, rest, linger };

    boost::asio::awaitable<bool> serve_one();
    boost::asio::awaitable<HeadVerdict> receive_head(std::size_t& head_bytes);
    boost::asio::awaitable<HeadVerdict> receive_body(std::string& body, std::size_t length, HeldBody& held);
    boost::asio::awaitable<bool> answer(Request& request, bool keep_alive);
    boost::asio::awaitable<bool> turn_away(const Request& request, const HeadVerdict& verdict);
    boost::asio::awaitable<bool> dismiss(const Request& request, const Response& response);
    boost::asio::awaitable<bool> send(const Request& request, const Response& response, bool closes);
    std::unique_ptr<Response> refuse_early(const Request& request);
    Response refusal(const Request& request, int status, std::string_view detail);
    HeadVerdict check_host(const Request& request) const;
    void tell(const Request& request, const Response& response, std::size_t route);

    boost::asio::awaitable<void> send_stream(Stream& stream);
    boost::asio::awaitable<bool> rest(Clock::duration at_most);
    bool drop_what_came();
    void slim();

    boost::asio::awaitable<bool> shake_hands();
    boost::asio::awaitable<std::size_t> read(char* data, std::size_t size);
    boost::asio::awaitable<bool> write(std::string_view rest);
    boost::asio::awaitable<bool> satisfy(TlsStream::Step step);
    boost::asio::awaitable<void> linger();
    bool take_what_is_there();
    void enter(Phase phase, Clock::duration limit);

    Lane& lane_;
    Door& door_;
    Place place_;  // before the socket: the place is free only when the descriptor is
    boost::asio::ip::tcp::socket socket_;
    TlsStream stream_;
    std::shared_ptr<boost::asio::cancellation_signal> cancellation_;
    std::string peer_address_;
    std::string thumbprint_;
    std::vector<char> wire_;  ///< received and still encrypted
    Input input_;
    std::string output_;
    std::shared_ptr<Bell> bell_;  ///< while it sends a stream
    std::size_t requests_ = 0;
    std::size_t dropped_bytes_ = 0;  ///< sent by the peer while it was to listen
    std::size_t body_length_ = 0;
    std::size_t body_received_ = 0;
    Phase phase_ = Phase::handshake;
    bool expired_ = false;
    Clock::time_point phase_began_{};
    Clock::time_point deadline_ = Clock::time_point::max();
    Clock::time_point request_began_{};
};

}  // namespace puente::net
