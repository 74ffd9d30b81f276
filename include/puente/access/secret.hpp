#pragma once

#include <string>
#include <string_view>

namespace puente::access {

/// A client secret on the day it is made: the text is shown once, only the digest is kept.
struct NewSecret {
    std::string text;    ///< "pnt_" and 32 random octets, base64url
    std::string sha256;  ///< of the text, 32 octets
};

NewSecret make_secret();

/// Is this the secret with that digest? Takes the same time wherever they differ; never true for a client without a secret (empty digest).
/// A plain digest is enough to keep: the secret has 256 random bits, nothing to guess.
bool secret_matches(std::string_view text, std::string_view sha256);

}  // namespace puente::access
