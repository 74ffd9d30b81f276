#include <cstdint>

#include "puente/crypto/digest.hpp"
#include "puente/selection/select.hpp"

namespace puente::selection {

double draw(std::string_view day_secret, identifiers::Agency agency, std::string_view trip_number) {
    const std::string message = std::string{identifiers::code(agency)} + ":" + std::string{trip_number};
    const std::string mac = crypto::hmac_sha256(day_secret, message);
    std::uint64_t first_bits = 0;
    for (std::size_t i = 0; i < 8; ++i) first_bits = first_bits << 8 | static_cast<unsigned char>(mac[i]);
    return static_cast<double>(first_bits >> 11) / 9007199254740992.0;  // 53 bits over 2^53
}

std::string day_secret(std::string_view master_secret, std::string_view day) {
    return crypto::hmac_sha256(master_secret, day);
}

}  // namespace puente::selection
