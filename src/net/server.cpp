#include "puente/net/server.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <mutex>
#include <thread>

#include "net/lane.hpp"
#include "net/session.hpp"
#include "net/tls_context.hpp"

namespace puente::net {

namespace asio = boost::asio;
using asio::ip::tcp;

namespace {

/// Between two tries when there is no place or no descriptor left: rare enough to cost nothing, short enough for the listen queue.
constexpr std::chrono::milliseconds accept_pause{50};

Result<void> listen(tcp::acceptor& acceptor, const Server::Options& options);
asio::awaitable<void> converse(std::unique_ptr<Session> session);

}  // namespace

struct Server::Inside {
    Inside(Options given, Application& application) : options{std::move(given)}, door{options, application} {
        const std::size_t threads = options.threads > 0 ? options.threads : std::max(1u, std::thread::hardware_concurrency());
        for (std::size_t i = 0; i < threads; ++i) lanes.push_back(std::make_unique<Lane>(door));
        acceptor.emplace(lanes.front()->io());
    }

    /// One acceptor deals the connections out in turn: with SO_REUSEPORT the kernel's hash would leave a lane without any when there are few.
    asio::awaitable<void> accept_all();
    void admit(tcp::socket socket, Lane& lane);
    std::shared_ptr<SSL_CTX> current_tls() {
        const std::lock_guard lock{tls_mutex};
        return tls;
    }

    const Options options;
    std::mutex tls_mutex;
    std::shared_ptr<SSL_CTX> tls;
    Door door;
    std::vector<std::unique_ptr<Lane>> lanes;
    std::optional<tcp::acceptor> acceptor;  // on the first lane, and before it when things are destroyed
    std::uint16_t port = 0;
};

Result<std::unique_ptr<Server>> Server::open(Options options, Application& application) {
    auto inside = std::make_unique<Inside>(std::move(options), application);
    Result<std::shared_ptr<SSL_CTX>> tls = open_tls_context(inside->options.tls);
    if (!tls) return tls.error();
    inside->tls = std::move(*tls);
    if (const Result<void> listening = listen(*inside->acceptor, inside->options); !listening) return listening.error();
    boost::system::error_code ignored;
    inside->port = inside->acceptor->local_endpoint(ignored).port();
    return std::make_unique<Server>(std::move(inside));
}

Server::Server(std::unique_ptr<Inside> inside) : inside_{std::move(inside)} {}
Server::~Server() = default;

std::uint16_t Server::port() const {
    return inside_->port;
}

void Server::run() {
    inside_->door.accepting = true;
    const auto when_done = [this](std::exception_ptr) { inside_->door.accepting = false; };
    asio::co_spawn(inside_->lanes.front()->io(), inside_->accept_all(), when_done);
    std::vector<std::jthread> threads;
    for (std::size_t i = 1; i < inside_->lanes.size(); ++i) threads.emplace_back([lane = inside_->lanes[i].get()] { lane->run(); });
    inside_->lanes.front()->run();
}

void Server::stop(std::chrono::milliseconds drain) {
    inside_->door.begin_drain(Clock::now() + drain);
    asio::post(inside_->lanes.front()->io(), [inside = inside_.get()] {
        boost::system::error_code ignored;
        inside->acceptor->close(ignored);
    });
    for (const auto& lane : inside_->lanes) lane->drain();
}

Result<void> Server::reload_tls() {
    Result<std::shared_ptr<SSL_CTX>> fresh = open_tls_context(inside_->options.tls);
    if (!fresh) return fresh.error();
    const std::lock_guard lock{inside_->tls_mutex};
    inside_->tls = std::move(*fresh);
    return {};
}

ServerCounts Server::counts() const {
    const Door& door = inside_->door;
    ServerCounts counts;
    counts.connections = door.connections.load();
    counts.requests_in_flight = door.requests_in_flight.load();
    counts.connections_refused = door.connections_refused.load();
    counts.handshakes_failed = door.handshakes_failed.load();
    counts.requests_shed = door.requests_shed.load();
    counts.certificate_expires_at = expiry_of(*inside_->current_tls());
    return counts;
}

asio::awaitable<void> Server::Inside::accept_all() {
    asio::steady_timer pause{lanes.front()->io()};
    for (std::size_t turn = 0; !door.draining();) {
        boost::system::error_code error;
        bool admitted = false;
        if (!door.is_full()) {
            Lane& lane = *lanes[turn];
            tcp::socket socket{lane.io()};
            co_await acceptor->async_accept(socket, asio::redirect_error(asio::use_awaitable, error));
            if (!error) {
                admit(std::move(socket), lane);
                turn = (turn + 1) % lanes.size();
                admitted = true;
            }
        }
        if (admitted || door.draining()) continue;
        pause.expires_after(accept_pause);
        co_await pause.async_wait(asio::redirect_error(asio::use_awaitable, error));
    }
}

void Server::Inside::admit(tcp::socket socket, Lane& lane) try {
    const tcp::endpoint peer = socket.remote_endpoint();
    const bool mapped = peer.address().is_v6() && peer.address().to_v6().is_v4_mapped();
    const asio::ip::address address = mapped ? asio::ip::make_address_v4(asio::ip::v4_mapped, peer.address().to_v6()) : peer.address();
    std::optional<Place> place = door.enter(address);
    if (!place) return;
    socket.set_option(tcp::no_delay{true});
    socket.non_blocking(true);
    auto session = std::make_unique<Session>(std::move(socket), lane, current_tls().get(), std::move(*place));
    // The completion handler owns the signal: it outlives the session, and whatever escaped from it ends with this connection.
    const std::shared_ptr<asio::cancellation_signal> signal = session->cancellation();
    const auto when_done = [signal](std::exception_ptr) {};
    asio::co_spawn(lane.io(), converse(std::move(session)), asio::bind_cancellation_slot(signal->slot(), when_done));
} catch (const std::exception&) {
    // The peer had gone already, or there is no memory: this connection is dropped, the next one may fare better.
    door.connections_refused.fetch_add(1);
}

namespace {

asio::awaitable<void> converse(std::unique_ptr<Session> session) {
    co_await session->run();
}

Result<void> listen(tcp::acceptor& acceptor, const Server::Options& options) {
    boost::system::error_code error;
    const asio::ip::address address = asio::ip::make_address(options.address, error);
    if (error) return Error{ErrorKind::malformed, fmt::format("{}: not an IP address to listen on", options.address)};
    const tcp::endpoint endpoint{address, options.port};
    acceptor.open(endpoint.protocol(), error);
    if (!error) acceptor.set_option(asio::socket_base::reuse_address{true}, error);
    if (!error) acceptor.bind(endpoint, error);
    if (!error) acceptor.listen(asio::socket_base::max_listen_connections, error);
    if (error) return Error{ErrorKind::malformed, fmt::format("{} port {}: {}", options.address, options.port, error.message())};
    return {};
}

}  // namespace

}  // namespace puente::net
