#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "puente/identifiers/agency_code.hpp"

namespace puente::access {

/// Who a client is.
enum class Role : std::uint8_t { broker, carrier, officer, author };

std::string_view to_text(Role role);
std::optional<Role> parse_role(std::string_view text);
/// Officers and rule authors belong to an agency, all others to a company.
constexpr bool is_of_agency(Role role) { return role == Role::officer || role == Role::author; }

/// What a token allows. Texts: manifest:write, manifest:read, status:read, inspection:read, inspection:work, rules:read, rules:write,
/// registry:read, registry:write.
enum class Scope : std::uint8_t { manifest_write, manifest_read, status_read, inspection_read, inspection_work, rules_read, rules_write, registry_read, registry_write };

std::string_view to_text(Scope scope);
std::optional<Scope> parse_scope(std::string_view text);
/// The scopes a role may hold at all.
const std::vector<Scope>& scopes_of(Role role);

/// A set of scopes.
class Scopes {
public:
    void add(Scope scope) { bits_ |= 1u << static_cast<unsigned>(scope); }
    bool has(Scope scope) const { return (bits_ >> static_cast<unsigned>(scope)) & 1u; }
    bool empty() const { return bits_ == 0; }
    /// Every scope of the other is in this one.
    bool covers(Scopes other) const { return (other.bits_ & ~bits_) == 0; }
    /// Space-separated, as in OAuth 2.0.
    std::string text() const;
    /// Nothing when a scope is unknown.
    static std::optional<Scopes> parse(std::string_view text);

private:
    std::uint32_t bits_ = 0;
};

/// Who is asking: what every use case is told about the client.
struct Caller {
    std::string client_id;
    Role role = Role::broker;
    std::string company;                        ///< the company whose records it sees
    std::string scac;                           ///< carriers: the SCAC under which trips are theirs
    std::optional<identifiers::AgencyCode> agency;  ///< officers and rule authors only; an author's is a customs agency
    Scopes scopes;
    std::string certificate_sha256;  ///< base64url x5t#S256; when not empty: the token is good only over this client certificate (RFC 8705)
};

/// A registered client.
struct Client {
    Caller caller;  ///< with all scopes it may ask for
    std::string name;
    std::string secret_sha256;  ///< 32 octets; empty: no secret
    std::string public_key;     ///< PEM; empty: no private_key_jwt
    bool revoked = false;
};

}  // namespace puente::access
