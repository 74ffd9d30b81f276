#include "puente/crypto/key.hpp"

#include <fmt/format.h>
#include <openssl/bio.h>
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/ecdsa.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/params.h>
#include <openssl/pem.h>

#include "crypto/openssl.hpp"
#include "puente/crypto/base64url.hpp"
#include "puente/crypto/digest.hpp"

namespace puente::crypto {

namespace {

template <auto free_it>
struct Free {
    template <class T>
    void operator()(T* held) const {
        free_it(held);
    }
};
using PkeyPtr = std::unique_ptr<EVP_PKEY, Free<EVP_PKEY_free>>;
using PkeyContextPtr = std::unique_ptr<EVP_PKEY_CTX, Free<EVP_PKEY_CTX_free>>;
using BioPtr = std::unique_ptr<BIO, Free<BIO_free_all>>;
using NumberPtr = std::unique_ptr<BIGNUM, Free<BN_free>>;
using SignaturePtr = std::unique_ptr<ECDSA_SIG, Free<ECDSA_SIG_free>>;

constexpr std::size_t scalar_bytes = 32;
constexpr std::size_t pem_bytes_max = 16'384;
constexpr const char* p256 = "prime256v1";  // OpenSSL's name of P-256

/// n, the order of the group. FIPS 186-4 D.1.2.3.
constexpr std::string_view group_order{
    "\xff\xff\xff\xff\x00\x00\x00\x00\xff\xff\xff\xff\xff\xff\xff\xff\xbc\xe6\xfa\xad\xa7\x17\x9e\x84\xf3\xb9\xca\xc2\xfc\x63\x25\x51", scalar_bytes};

Result<PkeyPtr> read_pem(std::string_view pem, bool& has_private);
PkeyPtr public_key(std::string_view x, std::string_view y);
bool is_p256(EVP_PKEY* pkey);
std::string coordinate(EVP_PKEY* pkey, const char* name);
std::string pem_of(const BioPtr& bio);
std::string raw_signature(std::string_view der);
std::string der_signature(std::string_view raw);
bool is_scalar(std::string_view octets);

}  // namespace

struct Key::Inside {
    Inside(PkeyPtr from, bool with_private)
        : pkey{std::move(from)},
          has_private{with_private},
          x{base64url(coordinate(pkey.get(), OSSL_PKEY_PARAM_EC_PUB_X))},
          y{base64url(coordinate(pkey.get(), OSSL_PKEY_PARAM_EC_PUB_Y))},
          thumbprint{base64url(sha256(fmt::format(R"({{"crv":"P-256","kty":"EC","x":"{}","y":"{}"}})", x, y)))} {}

    PkeyPtr pkey;
    bool has_private;
    std::string x;
    std::string y;
    std::string thumbprint;
};

Key::Key(std::shared_ptr<const Inside> inside) : inside_{std::move(inside)} {}

Key Key::generate() {
    PkeyPtr pkey{must(EVP_EC_gen(p256), "a P-256 key could not be made")};
    return Key{std::make_shared<const Inside>(std::move(pkey), true)};
}

Result<Key> Key::from_pem(std::string_view pem) {
    if (pem.size() > pem_bytes_max) return Error{ErrorKind::malformed, "a PEM key has at most 16384 characters"};
    bool has_private = false;
    Result<PkeyPtr> pkey = read_pem(pem, has_private);
    ERR_clear_error();
    if (!pkey) return pkey.error();
    return Key{std::make_shared<const Inside>(std::move(*pkey), has_private)};
}

Result<Key> Key::from_jwk(std::string_view crv, std::string_view x, std::string_view y) {
    if (crv != "P-256") return Error{ErrorKind::malformed, "crv: only P-256 is taken"};
    const std::optional<std::string> x_octets = from_base64url(x);
    const std::optional<std::string> y_octets = from_base64url(y);
    if (!x_octets || !y_octets || x_octets->size() != scalar_bytes || y_octets->size() != scalar_bytes) {
        return Error{ErrorKind::malformed, "x and y: 32 octets each, base64url without padding (RFC 7518 6.2.1)"};
    }
    PkeyPtr pkey = public_key(*x_octets, *y_octets);
    ERR_clear_error();
    if (pkey == nullptr) return Error{ErrorKind::malformed, "x and y: not a point of P-256"};
    return Key{std::make_shared<const Inside>(std::move(pkey), false)};
}

bool Key::has_private() const {
    return inside_->has_private;
}

std::string Key::private_pem() const {
    if (!has_private()) throw std::logic_error{"a public key has no private PEM"};
    const BioPtr bio{must(BIO_new(BIO_s_secmem()), "no memory")};
    must(PEM_write_bio_PKCS8PrivateKey(bio.get(), inside_->pkey.get(), nullptr, nullptr, 0, nullptr, nullptr), "PEM: private key");
    return pem_of(bio);
}

std::string Key::public_pem() const {
    const BioPtr bio{must(BIO_new(BIO_s_mem()), "no memory")};
    must(PEM_write_bio_PUBKEY(bio.get(), inside_->pkey.get()), "PEM: public key");
    return pem_of(bio);
}

std::pair<std::string, std::string> Key::jwk_xy() const {
    return {inside_->x, inside_->y};
}

std::string Key::thumbprint() const {
    return inside_->thumbprint;
}

std::string Key::sign(std::string_view octets) const {
    if (!has_private()) throw std::logic_error{"a public key cannot sign"};
    const PkeyContextPtr context{must(EVP_PKEY_CTX_new_from_pkey(nullptr, inside_->pkey.get(), nullptr), "ES256: no context")};
    const std::string digest = sha256(octets);
    std::size_t size = 0;
    must(EVP_PKEY_sign_init(context.get()), "ES256: start");
    must(EVP_PKEY_sign(context.get(), nullptr, &size, unsigned_octets(digest), digest.size()), "ES256: size");
    std::string der(size, '\0');
    must(EVP_PKEY_sign(context.get(), unsigned_octets(der), &size, unsigned_octets(digest), digest.size()), "ES256: sign");
    der.resize(size);
    return raw_signature(der);
}

bool Key::verify(std::string_view octets, std::string_view signature) const {
    if (signature.size() != 2 * scalar_bytes) return false;
    if (!is_scalar(signature.substr(0, scalar_bytes)) || !is_scalar(signature.substr(scalar_bytes))) return false;
    const PkeyContextPtr context{must(EVP_PKEY_CTX_new_from_pkey(nullptr, inside_->pkey.get(), nullptr), "ES256: no context")};
    const std::string digest = sha256(octets);
    const std::string der = der_signature(signature);
    must(EVP_PKEY_verify_init(context.get()), "ES256: start");
    const int outcome = EVP_PKEY_verify(context.get(), unsigned_octets(der), der.size(), unsigned_octets(digest), digest.size());
    if (outcome != 1) ERR_clear_error();
    return outcome == 1;
}

namespace {

/// Never asks at the terminal for the password of an encrypted key.
int no_password(char*, int, int, void*) {
    return -1;
}

Result<PkeyPtr> read_pem(std::string_view pem, bool& has_private) {
    has_private = pem.find("PRIVATE KEY-----") != std::string_view::npos;
    const BioPtr bio{must(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())), "no memory")};
    PkeyPtr pkey{has_private ? PEM_read_bio_PrivateKey(bio.get(), nullptr, no_password, nullptr)
                             : PEM_read_bio_PUBKEY(bio.get(), nullptr, no_password, nullptr)};
    if (pkey == nullptr) return Error{ErrorKind::malformed, "not a key in PEM (PKCS#8, SEC 1 or SubjectPublicKeyInfo, not encrypted)"};
    if (!is_p256(pkey.get())) return Error{ErrorKind::malformed, "not an ECDSA key on P-256"};
    const PkeyContextPtr context{must(EVP_PKEY_CTX_new_from_pkey(nullptr, pkey.get(), nullptr), "no memory")};
    const int sound = has_private ? EVP_PKEY_check(context.get()) : EVP_PKEY_public_check(context.get());
    if (sound != 1) return Error{ErrorKind::malformed, "the parts of the key do not belong together"};
    return pkey;
}

PkeyPtr public_key(std::string_view x, std::string_view y) {
    std::string group = p256;
    std::string point = fmt::format("\x04{}{}", x, y);  // uncompressed, SEC 1 2.3.3
    OSSL_PARAM parameters[] = {OSSL_PARAM_construct_utf8_string(OSSL_PKEY_PARAM_GROUP_NAME, group.data(), 0),
                               OSSL_PARAM_construct_octet_string(OSSL_PKEY_PARAM_PUB_KEY, point.data(), point.size()), OSSL_PARAM_construct_end()};
    const PkeyContextPtr maker{must(EVP_PKEY_CTX_new_from_name(nullptr, "EC", nullptr), "EC keys are not available")};
    must(EVP_PKEY_fromdata_init(maker.get()), "EC keys are not available");
    EVP_PKEY* made = nullptr;
    if (EVP_PKEY_fromdata(maker.get(), &made, EVP_PKEY_PUBLIC_KEY, parameters) != 1) return nullptr;
    PkeyPtr pkey{made};
    const PkeyContextPtr checker{must(EVP_PKEY_CTX_new_from_pkey(nullptr, pkey.get(), nullptr), "no memory")};
    if (EVP_PKEY_public_check(checker.get()) != 1) return nullptr;
    return pkey;
}

bool is_p256(EVP_PKEY* pkey) {
    std::string group(32, '\0');
    std::size_t size = 0;
    if (EVP_PKEY_is_a(pkey, "EC") != 1 || EVP_PKEY_get_group_name(pkey, group.data(), group.size(), &size) != 1) return false;
    return std::string_view{group}.substr(0, size) == p256;
}

std::string coordinate(EVP_PKEY* pkey, const char* name) {
    BIGNUM* held = nullptr;
    must(EVP_PKEY_get_bn_param(pkey, name, &held), "EC key without coordinates");
    const NumberPtr number{held};
    std::string octets(scalar_bytes, '\0');
    if (BN_bn2binpad(number.get(), unsigned_octets(octets), static_cast<int>(scalar_bytes)) < 0) throw std::runtime_error{"EC coordinate too long"};
    return octets;
}

std::string pem_of(const BioPtr& bio) {
    char* start = nullptr;
    const long size = BIO_get_mem_data(bio.get(), &start);
    return std::string{start, static_cast<std::size_t>(size)};
}

/// From what OpenSSL makes to what JWS says: r and s, 32 octets each, big-endian (RFC 7518 3.4).
std::string raw_signature(std::string_view der) {
    const unsigned char* position = unsigned_octets(der);
    const SignaturePtr signature{must(d2i_ECDSA_SIG(nullptr, &position, static_cast<long>(der.size())), "ES256: not a signature")};
    std::string raw(2 * scalar_bytes, '\0');
    const int width = static_cast<int>(scalar_bytes);
    const int r_written = BN_bn2binpad(ECDSA_SIG_get0_r(signature.get()), unsigned_octets(raw), width);
    const int s_written = BN_bn2binpad(ECDSA_SIG_get0_s(signature.get()), unsigned_octets(raw) + scalar_bytes, width);
    if (r_written != width || s_written != width) throw std::runtime_error{"ES256: a signature of another curve"};
    return raw;
}

std::string der_signature(std::string_view raw) {
    const SignaturePtr signature{must(ECDSA_SIG_new(), "no memory")};
    const int width = static_cast<int>(scalar_bytes);
    NumberPtr r{must(BN_bin2bn(unsigned_octets(raw), width, nullptr), "no memory")};
    NumberPtr s{must(BN_bin2bn(unsigned_octets(raw) + scalar_bytes, width, nullptr), "no memory")};
    must(ECDSA_SIG_set0(signature.get(), r.release(), s.release()), "ES256: signature");
    unsigned char* made = nullptr;
    const int size = i2d_ECDSA_SIG(signature.get(), &made);
    if (size <= 0) throw std::runtime_error{"ES256: signature"};
    std::string der{reinterpret_cast<const char*>(made), static_cast<std::size_t>(size)};
    OPENSSL_free(made);
    return der;
}

/// 1..n-1. Big-endian numbers of one length compare like texts.
bool is_scalar(std::string_view octets) {
    return octets.find_first_not_of('\0') != std::string_view::npos && octets < group_order;
}

}  // namespace

}  // namespace puente::crypto
