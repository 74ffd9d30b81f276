#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "puente/crypto/key.hpp"
#include "puente/instant.hpp"
#include "puente/result.hpp"

namespace puente::access {

/// What an officer signs in order to take a release back.
struct Rehold {
    std::string inspection_id;
    std::string agency;
    std::int64_t fence = 0;  ///< of the release
    std::string reason;
    std::string time;  ///< RFC 3339, of the signing
};

/// The octets to sign: a JSON object of the members agency, fence, inspectionId, reason and time, in this order, without blanks (RFC 8785). The
/// reason must be UTF-8.
std::string text_to_sign(const Rehold& rehold);

/// The `typ` of such a signature: no other signature of the client can pass for one.
inline constexpr std::string_view rehold_type = "puente-rehold";

/// A detached JWS over it (RFC 7515 appendix F): header {"alg":"ES256","typ":"puente-rehold"}, nothing, signature.
std::string sign_rehold(const Rehold& rehold, const crypto::Key& key);

/// Checks such a signature and that it was made in the last five minutes; gives the moment. Errors: malformed (time), forbidden (signature).
Result<Instant> verify_rehold(const Rehold& rehold, std::string_view signature, const crypto::Key& key, Instant now);

}  // namespace puente::access
