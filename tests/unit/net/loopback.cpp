#include "unit/net/loopback.hpp"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <csignal>
#include <filesystem>
#include <stdexcept>

using namespace puente::net;
namespace asio = boost::asio;

asio::awaitable<Response> TestApplication::answer(Request& request, std::size_t& route) {
    route = 7;
    Response response;
    response.content_type = "text/plain";
    response.body = "hello";
    if (request.path == "/echo") response.body = request.body;
    if (request.path == "/big") response.body.assign(1'000'000, 'b');
    if (request.path == "/who") response.body = request.client_certificate_sha256;
    if (request.path == "/split") response.headers.add("Location", "/a\r\nEvil: yes");
    if (request.path == "/throw") throw std::runtime_error{"planned"};
    if (request.path == "/stream") response.stream = make_stream();
    const auto aside = request.path == "/aside" ? std::make_unique<Aside>(request) : nullptr;
    if (request.path == "/slow" || request.path == "/forever" || aside) {
        asio::steady_timer timer{co_await asio::this_coro::executor};
        timer.expires_after(request.path == "/slow" ? std::chrono::milliseconds{400} : std::chrono::hours{1});
        co_await timer.async_wait(asio::use_awaitable);
    }
    co_return response;
}

Response TestApplication::refuse(int status, std::string_view detail, std::string_view) {
    Response response;
    response.status = status;
    response.content_type = "text/plain";
    response.body = detail;
    return response;
}

std::unique_ptr<Response> TestApplication::refuse_early(const Request& request) {
    if (request.path != "/private") return nullptr;
    auto response = std::make_unique<Response>();
    response->status = 401;
    return response;
}

void TestApplication::served(const Served& served) {
    const std::lock_guard lock{mutex_};
    statuses_.push_back(served.response.status);
}

std::vector<int> TestApplication::statuses() const {
    const std::lock_guard lock{mutex_};
    return statuses_;
}

TestServer::TestServer(Limits limits, bool asks_clients, std::vector<std::string> host_names) {
    std::signal(SIGPIPE, SIG_IGN);  // the client writes with write()
    std::string pattern = (std::filesystem::temp_directory_path() / "puente-net-XXXXXX").string();
    directory_ = mkdtemp(pattern.data());
    CertificateWish authority;
    authority.name = "Test authority";
    authority_ = make_certificate(directory_, "authority", authority);
    CertificateWish wish;
    wish.issuer = &authority_;
    certificate_ = make_certificate(directory_, "server", wish);
    Server::Options options;
    options.port = 0;
    options.threads = 2;
    options.host_names = std::move(host_names);
    options.tls = {certificate_.certificate_file, certificate_.key_file, asks_clients ? authority_.certificate_file : ""};
    options.limits = limits;
    server_ = std::move(Server::open(options, application).value());
    thread_ = std::thread{[this] { server_->run(); }};
}

TestServer::~TestServer() {
    stop(std::chrono::milliseconds{0});
    std::filesystem::remove_all(directory_);
}

void TestServer::stop(std::chrono::milliseconds drain) {
    if (!thread_.joinable()) return;
    server_->stop(drain);
    thread_.join();
}

std::string Answer::field(std::string_view name) const {
    const std::string start = "\r\n" + std::string{name} + ": ";
    const std::size_t at = head.find(start);
    if (at == std::string::npos) return "(none)";
    return head.substr(at + start.size(), head.find("\r\n", at + 2) - at - start.size());
}

TestClient::TestClient(std::uint16_t port, const Options& options) : context_{SSL_CTX_new(TLS_client_method()), SSL_CTX_free} {
    SSL_CTX_set_min_proto_version(context_.get(), TLS1_VERSION);
    SSL_CTX_set_max_proto_version(context_.get(), options.version_max);
    if (options.version_max < TLS1_2_VERSION) SSL_CTX_set_security_level(context_.get(), 0);
    if (options.certificate != nullptr) {
        SSL_CTX_use_certificate_chain_file(context_.get(), options.certificate->certificate_file.c_str());
        SSL_CTX_use_PrivateKey_file(context_.get(), options.certificate->key_file.c_str(), SSL_FILETYPE_PEM);
    }
    ssl_ = std::shared_ptr<SSL>{SSL_new(context_.get()), SSL_free};
    if (!options.alpn.empty()) {
        SSL_set_alpn_protos(ssl_.get(), reinterpret_cast<const unsigned char*>(options.alpn.data()), static_cast<unsigned int>(options.alpn.size()));
    }
    if (options.resume != nullptr) SSL_set_session(ssl_.get(), options.resume);
    socket_ = ::socket(AF_INET, SOCK_STREAM, 0);
    const timeval patience{5, 0};
    setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    setsockopt(socket_, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    const bool reached = ::connect(socket_, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
    SSL_set_fd(ssl_.get(), socket_);
    connected_ = reached && SSL_connect(ssl_.get()) == 1;
}

TestClient::~TestClient() {
    SSL_shutdown(ssl_.get());
    ::close(socket_);
}

bool TestClient::send(std::string_view bytes) {
    return SSL_write(ssl_.get(), bytes.data(), static_cast<int>(bytes.size())) == static_cast<int>(bytes.size());
}

std::string TestClient::receive_through(std::string_view text) {
    std::size_t at = received_.find(text);
    while (at == std::string::npos && fill()) at = received_.find(text);
    const std::string taken = received_.substr(0, at == std::string::npos ? at : at + text.size());
    received_.erase(0, taken.size());
    return taken;
}

bool TestClient::fill() {
    char buffer[16 * 1024];
    const int got = SSL_read(ssl_.get(), buffer, sizeof buffer);
    if (got > 0) received_.append(buffer, static_cast<std::size_t>(got));
    return got > 0;
}

Answer TestClient::receive(bool with_body) {
    Answer answer;
    std::size_t end = 0;
    while ((end = received_.find("\r\n\r\n")) == std::string::npos) {
        if (!fill()) return answer;
    }
    answer.head = received_.substr(0, end + 2);
    received_.erase(0, end + 4);
    answer.status = std::stoi(answer.head.substr(9, 3));
    const std::string length = answer.field("Content-Length");
    const std::size_t wanted = with_body && length != "(none)" ? std::stoul(length) : 0;
    while (received_.size() < wanted && fill()) {
    }
    answer.body = received_.substr(0, wanted);
    received_.erase(0, wanted);
    return answer;
}

Answer TestClient::ask(std::string_view bytes) {
    send(bytes);
    return receive();
}

bool TestClient::is_closed() {
    const auto start = std::chrono::steady_clock::now();
    const bool more = fill();
    return !more && received_.empty() && std::chrono::steady_clock::now() - start < std::chrono::milliseconds{4500};
}

void TestClient::hang_up() {
    ::shutdown(socket_, SHUT_WR);
}

std::string get(std::string_view path, std::string_view more_fields) {
    return "GET " + std::string{path} + " HTTP/1.1\r\nHost: localhost\r\n" + std::string{more_fields} + "\r\n";
}

std::string post(std::string_view path, std::string_view body) {
    return "POST " + std::string{path} + " HTTP/1.1\r\nHost: localhost\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" +
           std::string{body};
}

bool within(std::chrono::milliseconds limit, const std::function<bool()>& condition) {
    const auto end = std::chrono::steady_clock::now() + limit;
    while (!condition()) {
        if (std::chrono::steady_clock::now() > end) return false;
        std::this_thread::sleep_for(std::chrono::milliseconds{2});
    }
    return true;
}
