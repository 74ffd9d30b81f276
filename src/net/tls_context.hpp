#pragma once

#include <openssl/ssl.h>

#include <chrono>
#include <memory>
#include <string>

#include "puente/net/server.hpp"

namespace puente::net {

/// The certificates and rules of new TLS connections: TLS 1.2 with ECDHE and AEAD, or TLS 1.3; HTTP/1.1 only by ALPN; sessions resume for an hour.
/// Errors name the file: unreadable, key and certificate that do not belong together, certificate not valid now.
Result<std::shared_ptr<SSL_CTX>> open_tls_context(const TlsFiles& files);

/// Base64url SHA-256 of the client's certificate (x5t#S256, RFC 8705 3.1); empty when it showed none.
std::string client_thumbprint(const SSL* ssl);

/// When the server's certificate ends.
std::chrono::system_clock::time_point expiry_of(SSL_CTX& context);

}  // namespace puente::net
