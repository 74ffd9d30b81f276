#pragma once

#include <boost/asio/awaitable.hpp>
#include <optional>
#include <string>
#include <vector>

#include "puente/access/token.hpp"
#include "puente/access/token_cache.hpp"
#include "puente/clearance/clearance.hpp"

namespace puente::clearance {

/// What is needed to give and check access tokens.
struct AccessDesk {
    access::TokenIssuer issuer;
    access::TokenCache& tokens;
    std::vector<std::string> assertion_audiences;  ///< what a client assertion may be meant for: the token endpoint or the issuer
    bool secrets_allowed = true;                   ///< client_secret_basic and client_secret_post: for the sandbox
};

/// How a client shows who it is: by assertion (private_key_jwt, RFC 7523) or by secret.
struct TokenRequest {
    std::string client_id;
    std::string secret;
    std::string assertion;
    std::string scope;               ///< as asked for; empty: all the client may have
    std::string certificate_sha256;  ///< of the connection's client certificate, to bind the token to it (RFC 8705)
};

struct Granted {
    std::string access_token;
    std::chrono::seconds lifetime;
    std::string scope;
};

/// Gives an access token. Errors: unauthorized (the client is not known, or did not prove who it is: RFC 6749 invalid_client), forbidden (invalid_scope),
/// overloaded.
boost::asio::awaitable<Result<Granted>> grant(TokenRequest request, const AccessDesk& desk, Clearance& clearance);

/// Who presents this access token. A token is checked in full, with its client's registration, at least every half minute; in between it is remembered.
/// Errors: unauthorized, overloaded.
boost::asio::awaitable<Result<access::Caller>> identify(std::string_view token, const std::string& certificate_sha256, const AccessDesk& desk, Clearance& clearance);

}  // namespace puente::clearance
