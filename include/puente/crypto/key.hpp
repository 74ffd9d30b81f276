#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "puente/result.hpp"

namespace puente::crypto {

/// An ECDSA P-256 key for ES256 (RFC 7518 3.4): private, or public only. Immutable; thread-safe.
class Key {
public:
    /// A new private key.
    static Key generate();
    /// PEM, private (PKCS#8 or SEC 1) or public (SubjectPublicKeyInfo).
    static Result<Key> from_pem(std::string_view pem);
    /// A public JWK: members kty, crv, x, y as text.
    static Result<Key> from_jwk(std::string_view crv, std::string_view x, std::string_view y);

    bool has_private() const;
    std::string private_pem() const;
    std::string public_pem() const;
    /// Members x and y of the public JWK, base64url.
    std::pair<std::string, std::string> jwk_xy() const;
    /// RFC 7638 thumbprint, base64url: the kid.
    std::string thumbprint() const;

    /// ES256: 64 octets, r and s.
    std::string sign(std::string_view octets) const;
    /// Refuses signatures of another length and r or s outside 1..n-1.
    bool verify(std::string_view octets, std::string_view signature) const;

    struct Inside;

private:
    explicit Key(std::shared_ptr<const Inside> inside);
    std::shared_ptr<const Inside> inside_;
};

}  // namespace puente::crypto
