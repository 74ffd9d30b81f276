#pragma once

#include <boost/asio/awaitable.hpp>
#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "puente/result.hpp"

namespace boost::asio::ip {
class address;
}

namespace puente::net {

/// An address to call: https only, without user, password or fragment. Parsed strictly; what several readers could take differently is refused.
struct HttpsUrl {
    std::string host;  ///< lower case; of an IPv6 address without brackets
    std::uint16_t port = 443;
    std::string target = "/";  ///< path and query
    bool is_address = false;   ///< the host is an IP address, not a name

    /// Errors: malformed, with the reason.
    static Result<HttpsUrl> parse(std::string_view text);
    /// Value of the Host header.
    std::string authority() const;
};

/// A range of IP addresses, "10.0.0.0/8" or "fd00::/8".
class Network {
public:
    static Result<Network> parse(std::string_view text);
    bool holds(const boost::asio::ip::address& address) const;

private:
    std::string bytes_;  ///< 4 or 16
    unsigned bits_ = 0;
};

/// Where calls may go.
struct OutboundRules {
    std::vector<Network> allowed_networks;  ///< besides what is public: for private installations and tests
    std::vector<std::uint16_t> ports{443, 8443};
    std::string authorities;  ///< PEM file of authorities believed besides the system's; may be empty
};

/// Whether an address belongs to the public internet, or to a network that is allowed. IPv4 addresses inside IPv6 ones (mapped, NAT64, 6to4) count as
/// what they stand for. Source: IANA special-purpose address registries (RFC 6890 and updates).
bool may_call(const boost::asio::ip::address& address, const std::vector<Network>& allowed);

struct OutboundRequest {
    HttpsUrl url;
    std::vector<std::pair<std::string, std::string>> headers;  ///< besides Host, Content-Type: application/json, Content-Length
    std::string body;
    std::chrono::milliseconds time{15'000};  ///< for everything together
    bool wants_body = false;                 ///< read the answer's body, at most 4 KiB; otherwise the status is enough
};

struct OutboundAnswer {
    int status = 0;     ///< 0: no answer, see `error`
    std::string error;  ///< one of a few fixed texts; tells nothing of addresses
    std::string body;   ///< at most 4 KiB
    std::optional<std::chrono::seconds> retry_after;
};

/// Calls out over TLS: the name is resolved once, every address it has must be allowed, and the connection goes to the very address that was checked.
/// Redirects are answers like any other. Certificates are verified against the system's authorities. Any thread.
class Outbound {
public:
    /// Errors: malformed (the file of authorities cannot be read).
    static Result<std::unique_ptr<Outbound>> open(OutboundRules rules);
    ~Outbound();

    /// Whether a call to this address would be let out: port, host, and what its name stands for now. Errors: malformed.
    boost::asio::awaitable<Result<void>> check(HttpsUrl url);
    /// POST. Never throws; runs on the executor of the caller, which must have one thread or a strand.
    boost::asio::awaitable<OutboundAnswer> post(OutboundRequest request);
    /// Ends the threads that resolve names: before the executors of the callers end.
    void stop();

    struct Inside;
    explicit Outbound(std::unique_ptr<Inside> inside);

private:
    std::unique_ptr<Inside> inside_;
};

}  // namespace puente::net
