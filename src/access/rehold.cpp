#include "puente/access/rehold.hpp"

#include <nlohmann/json.hpp>

#include "access/jws.hpp"
#include "puente/crypto/base64url.hpp"

namespace puente::access {

namespace {

constexpr std::chrono::minutes signed_before_max{5};

}  // namespace

std::string text_to_sign(const Rehold& rehold) {
    // nlohmann's objects are in the order of their names, and its texts escaped as RFC 8785 asks.
    const nlohmann::json object{
        {"agency",       rehold.agency       },
        {"fence",        rehold.fence        },
        {"inspectionId", rehold.inspection_id},
        {"reason",       rehold.reason       },
        {"time",         rehold.time         },
    };
    return object.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

std::string sign_rehold(const Rehold& rehold, const crypto::Key& key) {
    const nlohmann::json header{
        {"alg", "ES256"    },
        {"typ", rehold_type}
    };
    const std::string begin = crypto::base64url(header.dump());
    return begin + ".." + crypto::base64url(key.sign(begin + '.' + crypto::base64url(text_to_sign(rehold))));
}

Result<Instant> verify_rehold(const Rehold& rehold, std::string_view signature, const crypto::Key& key, Instant now) {
    const std::optional<LocalInstant> time = parse_date_time(rehold.time);
    if (!time) return Error{ErrorKind::malformed, "/time: an RFC 3339 date and time"};
    if (time->at > now + leeway || time->at < now - signed_before_max)
        return Error{ErrorKind::malformed, "/time: the signature must be of the last five minutes"};
    const std::size_t middle = signature.find("..");
    if (middle == std::string_view::npos) return Error{ErrorKind::malformed, "/signature: a detached JWS (RFC 7515, appendix F)"};
    const std::string whole =
        std::string{signature.substr(0, middle + 1)} + crypto::base64url(text_to_sign(rehold)) + std::string{signature.substr(middle + 1)};
    const HeaderNeeds needs{{rehold_type}, false, {}};
    if (const Result<nlohmann::json> opened = verified_claims(whole, key, needs); !opened) {
        return Error{ErrorKind::forbidden,
                     "the signature does not stand for this text under the client's registered key: " + opened.error().detail()};
    }
    return time->at;
}

}  // namespace puente::access
