#include "puente/crypto/digest.hpp"

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/params.h>

#include <memory>

#include "crypto/openssl.hpp"

namespace puente::crypto {

namespace {

constexpr std::size_t digest_bytes = 32;

struct FreeDigest {
    void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
};
struct FreeMac {
    void operator()(EVP_MAC_CTX* context) const { EVP_MAC_CTX_free(context); }
};

/// Fetched once: a fetch costs more than hashing a manifest. Never freed, so that threads may hash until the process ends.
const EVP_MD* sha256_algorithm() {
    static const EVP_MD* const algorithm = must(EVP_MD_fetch(nullptr, "SHA256", nullptr), "SHA-256 is not available");
    return algorithm;
}

std::unique_ptr<EVP_MAC_CTX, FreeMac> new_hmac() {
    static EVP_MAC* const algorithm = must(EVP_MAC_fetch(nullptr, "HMAC", nullptr), "HMAC is not available");
    std::unique_ptr<EVP_MAC_CTX, FreeMac> context{must(EVP_MAC_CTX_new(algorithm), "HMAC: no context")};
    std::string digest_name = "SHA256";
    const OSSL_PARAM parameters[] = {OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, digest_name.data(), 0), OSSL_PARAM_construct_end()};
    must(EVP_MAC_CTX_set_params(context.get(), parameters), "HMAC-SHA-256 is not available");
    return context;
}

}  // namespace

std::string sha256(std::string_view octets) {
    thread_local const std::unique_ptr<EVP_MD_CTX, FreeDigest> context{must(EVP_MD_CTX_new(), "SHA-256: no context")};
    std::string digest(digest_bytes, '\0');
    must(EVP_DigestInit_ex2(context.get(), sha256_algorithm(), nullptr), "SHA-256: start");
    must(EVP_DigestUpdate(context.get(), octets.data(), octets.size()), "SHA-256: update");
    must(EVP_DigestFinal_ex(context.get(), unsigned_octets(digest), nullptr), "SHA-256: end");
    return digest;
}

std::string hmac_sha256(std::string_view key, std::string_view octets) {
    thread_local const std::unique_ptr<EVP_MAC_CTX, FreeMac> context = new_hmac();
    // A null key would mean "the key of the last call".
    const std::string_view given_key = key.empty() ? std::string_view{""} : key;
    std::string code(digest_bytes, '\0');
    std::size_t written = 0;
    must(EVP_MAC_init(context.get(), unsigned_octets(given_key), given_key.size(), nullptr), "HMAC: start");
    must(EVP_MAC_update(context.get(), unsigned_octets(octets), octets.size()), "HMAC: update");
    must(EVP_MAC_final(context.get(), unsigned_octets(code), &written, code.size()), "HMAC: end");
    return code;
}

bool equal_constant_time(std::string_view left, std::string_view right) {
    if (left.size() != right.size()) return false;
    return left.empty() || CRYPTO_memcmp(left.data(), right.data(), left.size()) == 0;
}

std::string hex(std::string_view octets) {
    constexpr std::string_view digits = "0123456789abcdef";
    std::string text;
    text.reserve(octets.size() * 2);
    for (const char character : octets) {
        const auto octet = static_cast<unsigned char>(character);
        text.push_back(digits[octet >> 4]);
        text.push_back(digits[octet & 15u]);
    }
    return text;
}

}  // namespace puente::crypto
