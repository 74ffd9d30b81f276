#include "puente/access/secret.hpp"

#include "puente/crypto/base64url.hpp"
#include "puente/crypto/digest.hpp"

namespace puente::access {

NewSecret make_secret() {
    std::string text = "pnt_" + crypto::base64url(crypto::random_octets(32));
    std::string digest = crypto::sha256(text);
    return NewSecret{std::move(text), std::move(digest)};
}

bool secret_matches(std::string_view text, std::string_view sha256) {
    return crypto::equal_constant_time(crypto::sha256(text), sha256);
}

}  // namespace puente::access
