#include "push/webhook_signature.hpp"

#include <openssl/evp.h>

#include "puente/crypto/digest.hpp"

namespace puente::push {

namespace {

/// RFC 4648 section 4, with padding.
std::string base64(std::string_view octets) {
    std::vector<unsigned char> text(4 * ((octets.size() + 2) / 3) + 1);
    const int size = EVP_EncodeBlock(text.data(), reinterpret_cast<const unsigned char*>(octets.data()), static_cast<int>(octets.size()));
    return std::string(text.begin(), text.begin() + size);
}

}  // namespace

std::string secret_text(std::string_view octets) {
    return "whsec_" + base64(octets);
}

std::string webhook_signature(std::string_view secret, std::string_view id, std::int64_t timestamp, std::string_view body) {
    std::string text{id};
    text += '.';
    text += std::to_string(timestamp);
    text += '.';
    text += body;
    return "v1," + base64(crypto::hmac_sha256(secret, text));
}

std::string webhook_signatures(const std::vector<std::string>& secrets, std::string_view id, std::int64_t timestamp, std::string_view body) {
    std::string value;
    for (const std::string& secret : secrets) {
        if (!value.empty()) value += ' ';
        value += webhook_signature(secret, id, timestamp, body);
    }
    return value;
}

}  // namespace puente::push
