#include "puente/net/outbound.hpp"

#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <boost/asio/buffer.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>

#include "net/outbound_answer.hpp"
#include "net/outbound_lookup.hpp"

namespace puente::net {

namespace asio = boost::asio;
using Clock = std::chrono::steady_clock;

namespace {

constexpr std::size_t tries_max = 3;  ///< addresses of one name

constexpr const char* unresolved = "the host has no address";
constexpr const char* closed_address = "the host's address is not on the public internet";
constexpr const char* closed_port = "this port is not allowed";
constexpr const char* no_connection = "no connection";
constexpr const char* no_tls = "no TLS connection: certificate not valid for this host, or not trusted, or no common protocol";
constexpr const char* too_late = "no answer in time";
constexpr const char* no_answer = "the connection ended without an answer";
constexpr const char* no_http = "the answer is not HTTP/1.1";

/// One connection, closed by itself when its time is over.
struct Line : std::enable_shared_from_this<Line> {
    Line(const asio::any_io_executor& executor, asio::ssl::context& tls) : stream{executor, tls}, timer{executor} {}

    void close_at(Clock::time_point deadline) {
        timer.expires_at(deadline);
        timer.async_wait([line = weak_from_this()](const boost::system::error_code& cancelled) {
            const std::shared_ptr<Line> there = line.lock();
            if (cancelled || !there) return;
            there->expired = true;
            boost::system::error_code ignored;
            there->stream.lowest_layer().close(ignored);
        });
    }

    asio::ssl::stream<asio::ip::tcp::socket> stream;
    asio::steady_timer timer;
    bool expired = false;
};

/// Whose certificate it has to be.
bool expect_host(SSL* ssl, const HttpsUrl& url) {
    if (url.is_address) return X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(ssl), url.host.c_str()) == 1;
    SSL_set_hostflags(ssl, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
    std::string name = url.host;  // OpenSSL takes it without const, and copies it
    return SSL_set1_host(ssl, name.c_str()) == 1 && SSL_ctrl(ssl, SSL_CTRL_SET_TLSEXT_HOSTNAME, TLSEXT_NAMETYPE_host_name, name.data()) == 1;
}

std::string text_of(const OutboundRequest& request) {
    std::string text = "POST " + request.url.target + " HTTP/1.1\r\nHost: " + request.url.authority() +
                       "\r\nUser-Agent: Puente/" PUENTE_VERSION "\r\nAccept: */*\r\nContent-Type: application/json\r\nContent-Length: " +
                       std::to_string(request.body.size()) + "\r\nConnection: close\r\n";
    for (const auto& [name, value] : request.headers) text += name + ": " + value + "\r\n";
    return text + "\r\n" + request.body;
}

/// Reads until the empty line behind a final head; what follows it stays in `received`.
asio::awaitable<std::optional<AnswerHead>> read_head(Line& line, std::string& received, bool& garbled) {
    std::string block(4 * 1024, '\0');
    while (received.size() < answer_head_bytes_max) {
        const std::size_t end = received.find("\r\n\r\n");
        if (end != std::string::npos) {
            const std::optional<AnswerHead> head = read_answer_head(received);
            garbled = !head;
            if (!head) co_return std::nullopt;
            received.erase(0, end + 4);
            if (head->status >= 200) co_return head;
            continue;  // 1xx: the answer is still to come
        }
        boost::system::error_code fault;
        const asio::mutable_buffer buffer = asio::buffer(block);
        const std::size_t got = co_await line.stream.async_read_some(buffer, asio::redirect_error(asio::use_awaitable, fault));
        if (fault) co_return std::nullopt;
        received.append(block, 0, got);
    }
    garbled = true;
    co_return std::nullopt;
}

asio::awaitable<void> read_body(Line& line, const AnswerHead& head, std::string& received) {
    std::string block(4 * 1024, '\0');
    while (!is_enough(head, received) && received.size() < 2 * answer_body_bytes_max) {
        boost::system::error_code fault;
        const asio::mutable_buffer buffer = asio::buffer(block);
        const std::size_t got = co_await line.stream.async_read_some(buffer, asio::redirect_error(asio::use_awaitable, fault));
        received.append(block, 0, got);
        if (fault) co_return;
    }
}

OutboundAnswer failed(const char* why) {
    OutboundAnswer answer;
    answer.error = why;
    return answer;
}

}  // namespace

struct Outbound::Inside {
    explicit Inside(OutboundRules given) : rules{std::move(given)} {}

    bool port_allowed(std::uint16_t port) const { return std::find(rules.ports.begin(), rules.ports.end(), port) != rules.ports.end(); }

    /// The addresses to try, or why there are none. One closed address closes the name: its owner would choose which one is taken.
    asio::awaitable<std::pair<std::vector<asio::ip::address>, const char*>> addresses(HttpsUrl url, Clock::time_point deadline) {
        std::pair<std::vector<asio::ip::address>, const char*> found{{}, nullptr};
        if (!port_allowed(url.port)) found.second = closed_port;
        if (found.second != nullptr) co_return found;
        if (url.is_address) {
            found.first.push_back(asio::ip::make_address(url.host));
        } else {
            found.first = co_await lookup.find(url.host, deadline);
        }
        if (found.first.empty()) found.second = Clock::now() >= deadline ? too_late : unresolved;
        for (const asio::ip::address& address : found.first) {
            if (!may_call(address, rules.allowed_networks)) found.second = closed_address;
        }
        co_return found;
    }

    /// Connected and shaken hands, or nothing.
    asio::awaitable<std::shared_ptr<Line>> connect(HttpsUrl url, asio::ip::address address, Clock::time_point deadline, const char*& why) {
        const asio::any_io_executor executor = co_await asio::this_coro::executor;
        const auto line = std::make_shared<Line>(executor, tls);
        line->close_at(deadline);
        boost::system::error_code fault;
        const asio::ip::tcp::endpoint endpoint{address, url.port};
        co_await line->stream.lowest_layer().async_connect(endpoint, asio::redirect_error(asio::use_awaitable, fault));
        why = no_connection;
        if (!fault) {
            line->stream.lowest_layer().set_option(asio::ip::tcp::no_delay{true}, fault);
            why = no_tls;
            if (!expect_host(line->stream.native_handle(), url)) co_return nullptr;
            co_await line->stream.async_handshake(asio::ssl::stream_base::client, asio::redirect_error(asio::use_awaitable, fault));
        }
        if (line->expired) why = too_late;
        if (fault) co_return nullptr;
        co_return line;
    }

    asio::awaitable<OutboundAnswer> ask(std::shared_ptr<Line> line, const OutboundRequest& request) {
        const std::string text = text_of(request);
        boost::system::error_code fault;
        const asio::const_buffer buffer = asio::buffer(text);
        co_await asio::async_write(line->stream, buffer, asio::redirect_error(asio::use_awaitable, fault));
        // Whoever answers and closes before it has read everything has answered all the same.
        std::string received;
        bool garbled = false;
        const std::optional<AnswerHead> head = co_await read_head(*line, received, garbled);
        if (!head) co_return failed(line->expired ? too_late : garbled ? no_http : no_answer);
        if (request.wants_body) co_await read_body(*line, *head, received);
        OutboundAnswer answer;
        answer.status = head->status;
        answer.retry_after = head->retry_after;
        if (request.wants_body) answer.body = answer_body(*head, received);
        co_return answer;
    }

    const OutboundRules rules;
    asio::ssl::context tls{asio::ssl::context::tls_client};
    Lookup lookup;
};

Outbound::Outbound(std::unique_ptr<Inside> inside) : inside_{std::move(inside)} {}
Outbound::~Outbound() = default;

Result<std::unique_ptr<Outbound>> Outbound::open(OutboundRules rules) {
    auto inside = std::make_unique<Inside>(std::move(rules));
    SSL_CTX* context = inside->tls.native_handle();
    SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION);
    SSL_CTX_set_verify(context, SSL_VERIFY_PEER, nullptr);
    SSL_CTX_set_default_verify_paths(context);
    const std::string& file = inside->rules.authorities;
    if (!file.empty() && SSL_CTX_load_verify_file(context, file.c_str()) != 1) {
        return Error{ErrorKind::malformed, "'" + file + "' holds no certificates of authorities"};
    }
    return std::make_unique<Outbound>(std::move(inside));
}

asio::awaitable<Result<void>> Outbound::check(HttpsUrl url) {
    constexpr std::chrono::seconds patience{3};
    const Clock::time_point deadline = Clock::now() + patience;
    const auto found = co_await inside_->addresses(std::move(url), deadline);
    // Whether a name stands for an internal address or for none is nobody's business.
    if (found.second == closed_port) co_return Error{ErrorKind::malformed, closed_port};
    if (found.second != nullptr) co_return Error{ErrorKind::malformed, "the host does not stand for an address on the public internet"};
    co_return Result<void>{};
}

asio::awaitable<OutboundAnswer> Outbound::post(OutboundRequest request) {
    const Clock::time_point deadline = Clock::now() + request.time;
    const auto found = co_await inside_->addresses(request.url, deadline);
    if (found.second != nullptr) co_return failed(found.second);
    const char* why = no_connection;
    for (std::size_t i = 0; i < std::min(found.first.size(), tries_max) && Clock::now() < deadline; ++i) {
        const std::shared_ptr<Line> line = co_await inside_->connect(request.url, found.first[i], deadline, why);
        if (line) co_return co_await inside_->ask(line, request);
    }
    co_return failed(why);
}

void Outbound::stop() {
    inside_->lookup.stop();
}

}  // namespace puente::net
