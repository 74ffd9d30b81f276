#include "push/webhook_secret.hpp"

#include <openssl/evp.h>

#include <memory>
#include <stdexcept>

#include "puente/crypto/digest.hpp"

namespace puente::push {

namespace {

constexpr std::size_t nonce_bytes = 12;
constexpr std::size_t tag_bytes = 16;

using Cipher = std::unique_ptr<EVP_CIPHER_CTX, decltype(&EVP_CIPHER_CTX_free)>;

const unsigned char* in(const std::string& octets, std::size_t at = 0) {
    return reinterpret_cast<const unsigned char*>(octets.data()) + at;
}

unsigned char* out(std::string& octets, std::size_t at = 0) {
    return reinterpret_cast<unsigned char*>(octets.data()) + at;
}

std::string bytes_of(const Uuid& uuid) {
    return std::string(uuid.bytes().begin(), uuid.bytes().end());
}

void must(int outcome) {
    if (outcome != 1) throw std::runtime_error{"AES-256-GCM is not available"};
}

}  // namespace

SecretBox::SecretBox(const std::string& key_material)
    : key_{key_material.empty() ? std::string{} : crypto::hmac_sha256(key_material, "puente webhook secrets")} {}

/// Nonce, ciphertext, tag.
store::KeptSecret SecretBox::keep(const std::string& secret, const Uuid& webhook_id) const {
    if (key_.empty()) return {secret, false};
    const std::string bound_to = bytes_of(webhook_id);
    std::string sealed = crypto::random_octets(nonce_bytes);
    sealed.resize(nonce_bytes + secret.size() + tag_bytes);
    const Cipher cipher{EVP_CIPHER_CTX_new(), EVP_CIPHER_CTX_free};
    int written = 0;
    must(EVP_EncryptInit_ex(cipher.get(), EVP_aes_256_gcm(), nullptr, in(key_), in(sealed)));
    must(EVP_EncryptUpdate(cipher.get(), nullptr, &written, in(bound_to), static_cast<int>(bound_to.size())));
    must(EVP_EncryptUpdate(cipher.get(), out(sealed, nonce_bytes), &written, in(secret), static_cast<int>(secret.size())));
    must(EVP_EncryptFinal_ex(cipher.get(), out(sealed, nonce_bytes + secret.size()), &written));
    must(EVP_CIPHER_CTX_ctrl(cipher.get(), EVP_CTRL_GCM_GET_TAG, static_cast<int>(tag_bytes), out(sealed, nonce_bytes + secret.size())));
    return {sealed, true};
}

std::optional<std::string> SecretBox::open(const store::KeptSecret& kept, const Uuid& webhook_id) const {
    if (!kept.sealed) return kept.octets;
    if (key_.empty() || kept.octets.size() < nonce_bytes + tag_bytes) return std::nullopt;
    const std::string bound_to = bytes_of(webhook_id);
    std::string sealed = kept.octets;
    const std::size_t size = sealed.size() - nonce_bytes - tag_bytes;
    std::string secret(size + 1, '\0');
    const Cipher cipher{EVP_CIPHER_CTX_new(), EVP_CIPHER_CTX_free};
    int written = 0;
    must(EVP_DecryptInit_ex(cipher.get(), EVP_aes_256_gcm(), nullptr, in(key_), in(sealed)));
    must(EVP_DecryptUpdate(cipher.get(), nullptr, &written, in(bound_to), static_cast<int>(bound_to.size())));
    must(EVP_DecryptUpdate(cipher.get(), out(secret), &written, in(sealed, nonce_bytes), static_cast<int>(size)));
    must(EVP_CIPHER_CTX_ctrl(cipher.get(), EVP_CTRL_GCM_SET_TAG, static_cast<int>(tag_bytes), out(sealed, nonce_bytes + size)));
    if (EVP_DecryptFinal_ex(cipher.get(), out(secret, size), &written) != 1) return std::nullopt;
    secret.resize(size);
    return secret;
}

}  // namespace puente::push
