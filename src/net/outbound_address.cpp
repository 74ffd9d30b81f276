#include <algorithm>
#include <array>
#include <boost/asio/ip/address.hpp>
#include <charconv>

#include "puente/net/outbound.hpp"

namespace puente::net {

namespace ip = boost::asio::ip;

namespace {

constexpr std::size_t url_bytes_max = 2'048;
constexpr std::size_t name_bytes_max = 253;  // RFC 1035 2.3.4, in text
constexpr std::size_t label_bytes_max = 63;

// IANA IPv4 special-purpose address registry, multicast (RFC 5771) and reserved space (RFC 1112), and the one public address at which a cloud keeps
// what only its own machines should ask (Azure: 168.63.129.16).
constexpr std::array closed_v4{"0.0.0.0/8",      "10.0.0.0/8",   "100.64.0.0/10",  "127.0.0.0/8",     "169.254.0.0/16", "172.16.0.0/12",
                               "192.0.0.0/24",   "192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16",  "198.18.0.0/15",  "198.51.100.0/24",
                               "203.0.113.0/24", "224.0.0.0/4",  "240.0.0.0/4",    "168.63.129.16/32"};
// Of IPv6 only 2000::/3 is unicast on the internet; these are closed within it (IANA IPv6 special-purpose address registry).
constexpr const char* open_v6 = "2000::/3";
constexpr std::array closed_v6{"2001::/23", "2001:db8::/32", "3fff::/20"};
// The IPv4 address begins at this byte. RFC 4291 2.5.5.2, RFC 6052 2.1, RFC 3056.
struct Embedding {
    const char* network;
    std::size_t at;
};
constexpr std::array embeddings{
    Embedding{"::ffff:0:0/96", 12},
    Embedding{"64:ff9b::/96",  12},
    Embedding{"2002::/16",     2 },
};

std::vector<Network> networks_of(const auto& texts) {
    std::vector<Network> networks;
    for (const char* text : texts) networks.push_back(*Network::parse(text));
    return networks;
}

bool in_any(const std::vector<Network>& networks, const ip::address& address) {
    return std::any_of(networks.begin(), networks.end(), [&](const Network& network) { return network.holds(address); });
}

std::optional<ip::address> embedded(const ip::address& address) {
    if (!address.is_v6()) return std::nullopt;
    const ip::address_v6::bytes_type bytes = address.to_v6().to_bytes();
    for (const Embedding& each : embeddings) {
        if (!Network::parse(each.network)->holds(address)) continue;
        return ip::address_v4{
            {bytes[each.at], bytes[each.at + 1], bytes[each.at + 2], bytes[each.at + 3]}
        };
    }
    return std::nullopt;
}

bool is_public(const ip::address& address) {
    static const std::vector<Network> v4 = networks_of(closed_v4);
    static const std::vector<Network> v6 = networks_of(closed_v6);
    static const Network unicast = *Network::parse(open_v6);
    if (address.is_v4()) return !in_any(v4, address);
    if (address.to_v6().scope_id() != 0) return false;
    return unicast.holds(address) && !in_any(v6, address);
}

Error unfit(const char* why) {
    return Error{ErrorKind::malformed, why};
}

bool is_letter_or_digit(char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

/// Letters, digits and hyphens (RFC 952, RFC 1123), and a last label that is no number: "127.1" and "0x7f000001" are addresses to some readers.
bool is_name(const std::string& host) {
    if (host.empty() || host.size() > name_bytes_max) return false;
    std::size_t begin = 0;
    for (std::size_t at = 0; at <= host.size(); ++at) {
        if (at < host.size() && host[at] != '.') {
            if (!is_letter_or_digit(host[at]) && host[at] != '-') return false;
            continue;
        }
        if (at == begin || at - begin > label_bytes_max || host[begin] == '-' || host[at - 1] == '-') return false;
        if (at == host.size()) return !(host[begin] >= '0' && host[begin] <= '9');
        begin = at + 1;
    }
    return false;
}

/// Characters of a path and query as they may stand in a request line. RFC 3986 3.3, 3.4.
bool is_target(std::string_view text) {
    return std::all_of(text.begin(), text.end(), [](char c) {
        return is_letter_or_digit(static_cast<char>(c | 0x20)) || std::string_view{"-._~!$&'()*+,;=:@/?%"}.find(c) != std::string_view::npos;
    });
}

Result<void> take_port(HttpsUrl& url, std::string_view text) {
    if (text.empty()) return {};
    unsigned port = 0;
    const auto [end, fault] = std::from_chars(text.data() + 1, text.data() + text.size(), port);
    const bool whole = text.front() == ':' && text.size() > 1 && fault == std::errc{} && end == text.data() + text.size();
    if (!whole || port == 0 || port > 65'535) return unfit("the port is a number from 1 to 65535");
    url.port = static_cast<std::uint16_t>(port);
    return {};
}

}  // namespace

Result<HttpsUrl> HttpsUrl::parse(std::string_view text) {
    constexpr std::string_view scheme = "https://";
    if (text.size() > url_bytes_max) return unfit("an address has at most 2048 characters");
    if (!text.starts_with(scheme)) return unfit("an address begins with https://");
    text.remove_prefix(scheme.size());
    const std::size_t slash = std::min(text.find_first_of("/?#\\"), text.size());
    std::string_view place = text.substr(0, slash);
    const std::string_view target = text.substr(slash);
    HttpsUrl url;
    if (!target.empty()) url.target = target.front() == '?' ? "/" + std::string{target} : std::string{target};
    if (!is_target(target)) return unfit("path and query hold letters, digits and -._~!$&'()*+,;=:@/?% only, and there is no fragment");
    if (place.find('@') != std::string_view::npos) return unfit("no user or password in an address");
    if (place.starts_with('[')) {
        const std::size_t close = place.find(']');
        if (close == std::string_view::npos) return unfit("an IPv6 address ends with ]");
        url.host = place.substr(1, close - 1);
        place.remove_prefix(close + 1);
        boost::system::error_code fault;
        const ip::address_v6 address = ip::make_address_v6(url.host, fault);
        if (fault || address.scope_id() != 0 || url.host.find('%') != std::string::npos) return unfit("not an IPv6 address");
        url.host = address.to_string();
        url.is_address = true;
    } else {
        const std::size_t colon = std::min(place.find(':'), place.size());
        url.host = place.substr(0, colon);
        std::transform(url.host.begin(), url.host.end(), url.host.begin(),
                       [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c; });
        place.remove_prefix(colon);
        boost::system::error_code fault;
        const ip::address_v4 address = ip::make_address_v4(url.host, fault);
        url.is_address = !fault && address.to_string() == url.host;
        if (!url.is_address && !is_name(url.host)) return unfit("the host is a name of letters, digits and hyphens, or an IP address");
    }
    if (const Result<void> port = take_port(url, place); !port) return port.error();
    return url;
}

std::string HttpsUrl::authority() const {
    const std::string written = host.find(':') == std::string::npos ? host : "[" + host + "]";
    return port == 443 ? written : written + ":" + std::to_string(port);
}

Result<Network> Network::parse(std::string_view text) {
    const std::size_t slash = text.find('/');
    boost::system::error_code fault;
    const ip::address address = ip::make_address(std::string{text.substr(0, slash)}, fault);
    if (fault) return unfit("a network is an IP address and a number of bits, such as 10.0.0.0/8");
    Network network;
    if (address.is_v4()) {
        const auto bytes = address.to_v4().to_bytes();
        network.bytes_.assign(bytes.begin(), bytes.end());
    } else {
        const auto bytes = address.to_v6().to_bytes();
        network.bytes_.assign(bytes.begin(), bytes.end());
    }
    network.bits_ = static_cast<unsigned>(network.bytes_.size() * 8);
    if (slash != std::string_view::npos) {
        const std::string_view bits = text.substr(slash + 1);
        const unsigned most = network.bits_;
        const auto [end, wrong] = std::from_chars(bits.data(), bits.data() + bits.size(), network.bits_);
        if (bits.empty() || wrong != std::errc{} || end != bits.data() + bits.size() || network.bits_ > most) {
            return unfit("a network is an IP address and a number of bits, such as 10.0.0.0/8");
        }
    }
    return network;
}

bool Network::holds(const ip::address& address) const {
    std::string bytes;
    if (address.is_v4()) {
        const auto raw = address.to_v4().to_bytes();
        bytes.assign(raw.begin(), raw.end());
    } else {
        const auto raw = address.to_v6().to_bytes();
        bytes.assign(raw.begin(), raw.end());
    }
    if (bytes.size() != bytes_.size()) return false;
    for (unsigned bit = 0; bit < bits_; bit += 8) {
        const unsigned mask = bits_ - bit >= 8 ? 0xffU : 0xffU << (8 - (bits_ - bit)) & 0xffU;
        if (((static_cast<unsigned char>(bytes[bit / 8]) ^ static_cast<unsigned char>(bytes_[bit / 8])) & mask) != 0) return false;
    }
    return true;
}

bool may_call(const ip::address& address, const std::vector<Network>& allowed) {
    const std::optional<ip::address> inner = embedded(address);
    const ip::address& meant = inner ? *inner : address;
    return in_any(allowed, meant) || is_public(meant);
}

}  // namespace puente::net
