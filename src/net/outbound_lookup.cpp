#include "net/outbound_lookup.hpp"

#include <netdb.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <cstring>
#include <utility>

namespace puente::net {

namespace asio = boost::asio;

namespace {

constexpr std::size_t threads = 16;
constexpr std::size_t addresses_max = 16;

asio::ip::address address_of(const sockaddr* address) {
    if (address->sa_family == AF_INET) {
        sockaddr_in v4;
        std::memcpy(&v4, address, sizeof v4);
        return asio::ip::address_v4{ntohl(v4.sin_addr.s_addr)};
    }
    sockaddr_in6 v6;
    std::memcpy(&v6, address, sizeof v6);
    asio::ip::address_v6::bytes_type bytes;
    std::memcpy(bytes.data(), &v6.sin6_addr, bytes.size());
    return asio::ip::address_v6{bytes, v6.sin6_scope_id};
}

/// Blocks.
std::vector<asio::ip::address> resolve(const std::string& name) {
    addrinfo hints{};
    hints.ai_family = AF_UNSPEC;
    hints.ai_socktype = SOCK_STREAM;
    hints.ai_flags = AI_ADDRCONFIG;
    addrinfo* first = nullptr;
    std::vector<asio::ip::address> found;
    if (::getaddrinfo(name.c_str(), nullptr, &hints, &first) != 0) return found;
    for (const addrinfo* each = first; each != nullptr && found.size() < addresses_max; each = each->ai_next) {
        if (each->ai_family == AF_INET || each->ai_family == AF_INET6) found.push_back(address_of(each->ai_addr));
    }
    ::freeaddrinfo(first);
    return found;
}

}  // namespace

/// The timer is touched on the executor of the one who waits only.
struct Lookup::Waiter {
    explicit Waiter(asio::any_io_executor executor) : timer{std::move(executor)} {}
    asio::steady_timer timer;
    std::vector<asio::ip::address> found;
    bool told = false;
};

Lookup::Lookup() : threads_{threads} {}

Lookup::~Lookup() {
    stop();
}

asio::awaitable<std::vector<asio::ip::address>> Lookup::find(std::string name, std::chrono::steady_clock::time_point deadline) {
    const auto waiter = std::make_shared<Waiter>(co_await asio::this_coro::executor);
    waiter->timer.expires_at(deadline);
    {
        const std::lock_guard lock{mutex_};
        std::vector<std::shared_ptr<Waiter>>& all = waiting_[name];
        all.push_back(waiter);
        if (all.size() == 1) asio::post(threads_, [this, name] { ask(name); });
    }
    boost::system::error_code woken;
    if (!waiter->told) co_await waiter->timer.async_wait(asio::redirect_error(asio::use_awaitable, woken));
    co_return std::move(waiter->found);
}

void Lookup::ask(const std::string& name) {
    const std::vector<asio::ip::address> found = resolve(name);
    std::vector<std::shared_ptr<Waiter>> all;
    {
        const std::lock_guard lock{mutex_};
        all = std::move(waiting_.extract(name).mapped());
    }
    for (const std::shared_ptr<Waiter>& waiter : all) {
        asio::post(waiter->timer.get_executor(), [waiter, found] {
            waiter->found = found;
            waiter->told = true;
            waiter->timer.cancel();
        });
    }
}

void Lookup::stop() {
    threads_.join();
}

}  // namespace puente::net
