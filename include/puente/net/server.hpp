#pragma once

#include <boost/asio/awaitable.hpp>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "puente/net/message.hpp"
#include "puente/result.hpp"

namespace puente::net {

/// Every limit of the door. guarantees: a request is answered or dropped within a stated time and memory.
struct Limits {
    std::size_t header_bytes_max = 16 * 1024;
    std::size_t header_fields_max = 64;
    std::size_t target_bytes_max = 2 * 1024;
    std::size_t body_bytes_max = 16 * 1024 * 1024;
    std::size_t bodies_bytes_max = 256 * 1024 * 1024;  ///< of all requests being read or answered; over it: 503 and Retry-After
    std::chrono::milliseconds handshake_time{10'000};
    std::chrono::milliseconds header_time{10'000};    ///< from the first byte of a request to the end of its header
    std::chrono::milliseconds idle_time{75'000};      ///< between requests of a connection
    std::chrono::milliseconds body_time{30'000};      ///< for the whole body
    std::chrono::milliseconds write_time{30'000};     ///< for the whole answer
    std::size_t connections_max = 12'000;             ///< in all; further ones wait in the listen queue
    std::size_t connections_per_address_max = 2'000;  ///< further ones are closed at once
    std::size_t requests_in_flight_max = 1'024;       ///< over it: 503 and Retry-After at once
    std::size_t requests_per_connection_max = 100'000;
};

/// Certificates of the server, and whose client certificates it believes. PEM files.
struct TlsFiles {
    std::string certificate_chain;
    std::string private_key;
    std::string client_authorities;  ///< empty: clients are not asked for certificates
};

/// What the session tells about each request when its answer has been written.
struct Served {
    const Request& request;
    const Response& response;
    std::size_t route;  ///< as given back by the application, or SIZE_MAX before routing
    std::chrono::microseconds duration;
};

/// The application behind the door.
class Application {
public:
    virtual ~Application() = default;
    /// Answers a request. Exceptions become 500. Fills `route` with the index of the route taken, for the log.
    virtual boost::asio::awaitable<Response> answer(Request& request, std::size_t& route) = 0;
    /// Makes the answer to a request that never got through the door: 400, 408, 411, 413, 414, 415, 421, 431, 500, 501, 503.
    virtual Response refuse(int status, std::string_view detail, std::string_view request_id) = 0;
    /// Says whether a body that has still to come is worth reading (token, media type): a response to send at once instead, or nothing.
    /// Not asked about bodies that came together with their header: answer() has to check everything itself.
    virtual std::unique_ptr<Response> refuse_early(const Request& request) = 0;
    /// Called after each answer, for log and metrics.
    virtual void served(const Served& served) = 0;
};

struct ServerCounts {
    std::size_t connections = 0;
    std::size_t requests_in_flight = 0;
    std::uint64_t connections_refused = 0;
    std::uint64_t handshakes_failed = 0;
    std::uint64_t requests_shed = 0;
    std::chrono::system_clock::time_point certificate_expires_at;
};

/// The HTTPS server: TLS 1.2 and 1.3, HTTP/1.1, one io_context and thread for each I/O thread, no lock on the way of a request.
class Server {
public:
    struct Options {
        std::string address = "127.0.0.1";
        std::uint16_t port = 8443;            ///< 0: any free port
        std::size_t threads = 0;              ///< 0: one per core
        std::vector<std::string> host_names;  ///< allowed Host values (without port); empty: any syntactically valid one
        TlsFiles tls;
        Limits limits;
    };
    /// Binds and listens; errors name the file or address at fault.
    static Result<std::unique_ptr<Server>> open(Options options, Application& application);
    ~Server();

    /// Port it listens on.
    std::uint16_t port() const;
    /// Serves until stop() has drained everything, at most a second longer than its `drain`. Blocks. Handlers that wait for something that
    /// cannot be cancelled are left suspended then: whatever could still resume them has to end before the server is destroyed.
    void run();
    /// Stops accepting, lets requests in flight finish (connections are told `Connection: close`), cuts what remains after `drain`. Any thread.
    void stop(std::chrono::milliseconds drain);
    /// Reads the certificate files again for new connections; the old ones stay in use when the new ones do not fit. Any thread.
    Result<void> reload_tls();
    ServerCounts counts() const;

    struct Inside;
    explicit Server(std::unique_ptr<Inside> inside);

private:
    std::unique_ptr<Inside> inside_;
};

}  // namespace puente::net
