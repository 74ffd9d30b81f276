// Many listeners to GET /v1/events in one thread: event_listeners PORT COUNT TOKENS SECONDS. TOKENS is a file with one access token a line; they are
// dealt out in turn. Says "ready" when all of them listen, then hears for so long, and prints one line of JSON: how many events came, and how long
// after the time in each event (`at`, written in the transaction before its commit) they came.
#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/ssl.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <csignal>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace {

using Wall = std::chrono::system_clock;
constexpr std::size_t connecting_max = 64;

struct Listener {
    int socket = -1;
    SSL* ssl = nullptr;
    std::string request;
    std::string received;
    enum class Phase : std::uint8_t { shaking, asking, waiting, listening, lost } phase = Phase::shaking;
    std::uint64_t events = 0;
};

struct Tally {
    std::vector<float> late_ms;
    std::size_t ready = 0;
    std::size_t lost = 0;
    std::string first_refusal;
    bool counts = false;
};

/// "2026-03-02T18:30:00.123Z" as milliseconds since 1970.
std::int64_t milliseconds(std::string_view at) {
    const auto number = [at](std::size_t from, std::size_t count) {
        int value = 0;
        for (const char c : at.substr(from, count)) value = value * 10 + (c - '0');
        return value;
    };
    using namespace std::chrono;
    const sys_days day{year{number(0, 4)} / month{static_cast<unsigned>(number(5, 2))} / std::chrono::day{static_cast<unsigned>(number(8, 2))}};
    const auto time =
        day.time_since_epoch() + hours{number(11, 2)} + minutes{number(14, 2)} + seconds{number(17, 2)} + std::chrono::milliseconds{number(20, 3)};
    return duration_cast<std::chrono::milliseconds>(time).count();
}

void read_events(Listener& listener, Tally& tally, std::int64_t now) {
    std::size_t begin = 0;
    for (std::size_t end = 0; (end = listener.received.find("\n\n", begin)) != std::string::npos; begin = end + 2) {
        const std::string_view block = std::string_view{listener.received}.substr(begin, end - begin);
        const std::size_t at = block.find("\"at\":\"");
        if (at == std::string_view::npos || !tally.counts) continue;
        ++listener.events;
        tally.late_ms.push_back(static_cast<float>(now - milliseconds(block.substr(at + 6, 24))));
    }
    listener.received.erase(0, begin);
    if (listener.received.empty()) std::string{}.swap(listener.received);
}

void read_head(Listener& listener, Tally& tally) {
    const std::size_t end = listener.received.find("\r\n\r\n");
    if (end == std::string::npos) return;
    if (listener.received.compare(9, 3, "200") != 0) {
        if (tally.first_refusal.empty()) tally.first_refusal = listener.received;
        listener.phase = Listener::Phase::lost;
        ++tally.lost;
        return;
    }
    listener.received.erase(0, end + 4);
    listener.phase = Listener::Phase::listening;
    ++tally.ready;
}

/// Goes as far as it can without waiting.
void go_on(Listener& listener, Tally& tally) {
    using Phase = Listener::Phase;
    if (listener.phase == Phase::shaking && SSL_connect(listener.ssl) == 1) listener.phase = Phase::asking;
    if (listener.phase == Phase::asking && SSL_write(listener.ssl, listener.request.data(), static_cast<int>(listener.request.size())) > 0) {
        listener.phase = Phase::waiting;
        std::string{}.swap(listener.request);
    }
    if (listener.phase != Phase::waiting && listener.phase != Phase::listening) return;
    static std::array<char, 16 * 1024> buffer;
    int got = 0;
    while ((got = SSL_read(listener.ssl, buffer.data(), buffer.size())) > 0) listener.received.append(buffer.data(), static_cast<std::size_t>(got));
    const bool is_over = SSL_get_error(listener.ssl, got) != SSL_ERROR_WANT_READ;
    if (listener.phase == Phase::waiting) read_head(listener, tally);
    if (listener.phase == Phase::listening)
        read_events(listener, tally, std::chrono::duration_cast<std::chrono::milliseconds>(Wall::now().time_since_epoch()).count());
    if (is_over && listener.phase != Phase::lost) {
        listener.phase = Phase::lost;
        ++tally.lost;
        ::close(listener.socket);
    }
}

void connect(Listener& listener, SSL_CTX* context, std::uint16_t port, int poll, const std::string& token) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    listener.socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (::connect(listener.socket, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
        std::perror("connect");
        std::exit(1);
    }
    ::fcntl(listener.socket, F_SETFL, O_NONBLOCK);
    listener.ssl = SSL_new(context);
    SSL_set_fd(listener.ssl, listener.socket);
    listener.request = "GET /v1/events HTTP/1.1\r\nHost: localhost\r\nAccept: text/event-stream\r\nAuthorization: Bearer " + token + "\r\n\r\n";
    epoll_event wanted{};
    wanted.events = EPOLLIN | EPOLLET;
    wanted.data.ptr = &listener;
    ::epoll_ctl(poll, EPOLL_CTL_ADD, listener.socket, &wanted);
}

void hear(int poll, std::chrono::milliseconds time, Tally& tally) {
    std::array<epoll_event, 256> happened;
    const int count = ::epoll_wait(poll, happened.data(), happened.size(), static_cast<int>(time.count()));
    for (int i = 0; i < count; ++i) go_on(*static_cast<Listener*>(happened[static_cast<std::size_t>(i)].data.ptr), tally);
}

float percentile(std::vector<float>& sorted, double part) {
    return sorted.empty() ? 0 : sorted[std::min(sorted.size() - 1, static_cast<std::size_t>(part * static_cast<double>(sorted.size())))];
}

}  // namespace

int main(int argc, char** argv) {
    if (argc != 5) return std::fprintf(stderr, "Usage: event_listeners PORT COUNT TOKENS SECONDS\n"), 2;
    std::signal(SIGPIPE, SIG_IGN);
    const auto port = static_cast<std::uint16_t>(std::atoi(argv[1]));
    std::vector<Listener> listeners(static_cast<std::size_t>(std::atoi(argv[2])));
    std::vector<std::string> tokens;
    std::ifstream file{argv[3]};
    for (std::string line; std::getline(file, line);) tokens.push_back(line);
    if (tokens.empty()) return std::fprintf(stderr, "no tokens\n"), 2;
    rlimit files{};
    ::getrlimit(RLIMIT_NOFILE, &files);
    files.rlim_cur = files.rlim_max;
    ::setrlimit(RLIMIT_NOFILE, &files);

    SSL_CTX* context = SSL_CTX_new(TLS_client_method());
    SSL_CTX_set_mode(context, SSL_MODE_RELEASE_BUFFERS);
    const int poll = ::epoll_create1(EPOLL_CLOEXEC);
    Tally tally;
    for (std::size_t begun = 0; tally.ready + tally.lost < listeners.size();) {
        for (; begun < listeners.size() && begun - tally.ready - tally.lost < connecting_max; ++begun) {
            connect(listeners[begun], context, port, poll, tokens[begun % tokens.size()]);
            go_on(listeners[begun], tally);
        }
        hear(poll, std::chrono::milliseconds{100}, tally);
    }
    std::printf("ready %zu, refused %zu %s\n", tally.ready, tally.lost, tally.first_refusal.substr(0, 400).c_str());
    std::fflush(stdout);
    tally.counts = true;
    const auto until = std::chrono::steady_clock::now() + std::chrono::seconds{std::atoi(argv[4])};
    while (std::chrono::steady_clock::now() < until) hear(poll, std::chrono::milliseconds{50}, tally);

    std::sort(tally.late_ms.begin(), tally.late_ms.end());
    const auto [least, most] =
        std::minmax_element(listeners.begin(), listeners.end(), [](const Listener& a, const Listener& b) { return a.events < b.events; });
    std::printf(
        "{\"listeners\": %zu, \"lost\": %zu, \"events\": %zu, \"least\": %llu, \"most\": %llu, \"p50_ms\": %.0f, \"p99_ms\": %.0f, \"p999_ms\": "
        "%.0f, \"max_ms\": %.0f}\n",
        listeners.size(), tally.lost, tally.late_ms.size(), static_cast<unsigned long long>(least->events),
        static_cast<unsigned long long>(most->events), percentile(tally.late_ms, 0.5), percentile(tally.late_ms, 0.99),
        percentile(tally.late_ms, 0.999), tally.late_ms.empty() ? 0.0F : tally.late_ms.back());
    return 0;
}
