#include "net/tls_context.hpp"

#include <fmt/format.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/x509v3.h>

#include <array>
#include <ctime>
#include <string_view>

namespace puente::net {

namespace {

// NIST SP 800-52r2: forward secrecy and authenticated encryption only. TLS 1.3 suites are OpenSSL's own default, which holds nothing else.
constexpr const char* tls_1_2_ciphers = "ECDHE+AESGCM:ECDHE+CHACHA20";
constexpr const char* groups = "P-256:P-384:X25519";
constexpr long session_seconds = 3600;
constexpr long sessions_kept_max = 4096;

Error unusable(std::string_view what, const std::string& file);
void set_rules(SSL_CTX* context);
Result<void> load_pair(SSL_CTX* context, const TlsFiles& files);
Result<void> check_dates(SSL_CTX* context, const std::string& file);
Result<void> ask_clients(SSL_CTX* context, const std::string& authorities);

}  // namespace

Result<std::shared_ptr<SSL_CTX>> open_tls_context(const TlsFiles& files) {
    const std::shared_ptr<SSL_CTX> context{SSL_CTX_new(TLS_server_method()), SSL_CTX_free};
    if (!context) return Error{ErrorKind::internal, "OpenSSL gives no TLS context"};
    set_rules(context.get());
    if (const Result<void> loaded = load_pair(context.get(), files); !loaded) return loaded.error();
    if (const Result<void> dated = check_dates(context.get(), files.certificate_chain); !dated) return dated.error();
    if (!files.client_authorities.empty()) {
        if (const Result<void> asked = ask_clients(context.get(), files.client_authorities); !asked) return asked.error();
    }
    return context;
}

std::string client_thumbprint(const SSL* ssl) {
    const std::unique_ptr<X509, decltype(&X509_free)> certificate{SSL_get1_peer_certificate(ssl), X509_free};
    if (!certificate) return {};
    std::array<unsigned char, EVP_MAX_MD_SIZE> digest;
    unsigned int size = 0;
    if (X509_digest(certificate.get(), EVP_sha256(), digest.data(), &size) != 1) return {};
    std::array<unsigned char, 4 * (EVP_MAX_MD_SIZE / 3 + 1) + 1> base64;
    EVP_EncodeBlock(base64.data(), digest.data(), static_cast<int>(size));
    std::string thumbprint;
    for (const unsigned char character : base64) {
        if (character == '=' || character == 0) break;
        thumbprint += character == '+' ? '-' : character == '/' ? '_' : static_cast<char>(character);
    }
    return thumbprint;
}

namespace {

/// An error with OpenSSL's own reason; empties its queue.
Error unusable(std::string_view what, const std::string& file) {
    const char* reason = ERR_reason_error_string(ERR_peek_last_error());
    ERR_clear_error();
    return Error{ErrorKind::malformed, fmt::format("{}: {}{}{}", file, what, reason == nullptr ? "" : ": ", reason == nullptr ? "" : reason)};
}

int choose_protocol(SSL*, const unsigned char** chosen, unsigned char* chosen_bytes, const unsigned char* offered, unsigned int offered_bytes,
                    void*) {
    const std::string_view wanted{"\x08http/1.1"};
    for (unsigned int at = 0; at < offered_bytes; at += 1U + offered[at]) {
        const unsigned int bytes = 1U + offered[at];
        if (bytes > offered_bytes - at) break;
        if (bytes == wanted.size() &&
            std::equal(wanted.begin(), wanted.end(), offered + at, [](char a, unsigned char b) { return static_cast<unsigned char>(a) == b; })) {
            *chosen = offered + at + 1;
            *chosen_bytes = offered[at];
            return SSL_TLSEXT_ERR_OK;
        }
    }
    return SSL_TLSEXT_ERR_ALERT_FATAL;
}

/// A key file with a password is refused instead of asking for it on the terminal.
int no_password(char*, int, int, void*) {
    return 0;
}

void set_rules(SSL_CTX* context) {
    SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION);
    SSL_CTX_set_cipher_list(context, tls_1_2_ciphers);
    SSL_CTX_set1_groups_list(context, groups);
    SSL_CTX_set_options(context, SSL_OP_CIPHER_SERVER_PREFERENCE | SSL_OP_NO_COMPRESSION | SSL_OP_NO_RENEGOTIATION);
    // RELEASE_BUFFERS saves 33 kB on every idle connection. The writes may move because the session retries from a string that may have grown.
    SSL_CTX_set_mode(context, SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
    SSL_CTX_set_alpn_select_cb(context, choose_protocol, nullptr);
    SSL_CTX_set_default_passwd_cb(context, no_password);
    // Tickets are sealed with a key of this context: reading the certificates again also changes that key.
    constexpr std::string_view name{"puente"};
    SSL_CTX_set_session_id_context(context, reinterpret_cast<const unsigned char*>(name.data()), static_cast<unsigned int>(name.size()));
    SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_SERVER);
    SSL_CTX_sess_set_cache_size(context, sessions_kept_max);
    SSL_CTX_set_timeout(context, session_seconds);
    SSL_CTX_set_num_tickets(context, 1);
}

Result<void> load_pair(SSL_CTX* context, const TlsFiles& files) {
    if (SSL_CTX_use_certificate_chain_file(context, files.certificate_chain.c_str()) != 1)
        return unusable("no usable certificate chain", files.certificate_chain);
    // With a certificate in place OpenSSL compares the key with it here already; both failures mean the same to the operator.
    if (SSL_CTX_use_PrivateKey_file(context, files.private_key.c_str(), SSL_FILETYPE_PEM) != 1)
        return unusable("no usable private key", files.private_key);
    if (SSL_CTX_check_private_key(context) != 1) return unusable("the key does not belong to the certificate", files.private_key);
    return {};
}

Result<void> check_dates(SSL_CTX* context, const std::string& file) {
    const X509* certificate = SSL_CTX_get0_certificate(context);
    if (X509_cmp_current_time(X509_get0_notAfter(certificate)) <= 0)
        return Error{ErrorKind::malformed, fmt::format("{}: the certificate has expired", file)};
    if (X509_cmp_current_time(X509_get0_notBefore(certificate)) >= 0)
        return Error{ErrorKind::malformed, fmt::format("{}: the certificate is not valid yet", file)};
    return {};
}

/// OpenSSL takes a certificate without extended key usage for one of any usage; here clientAuth has to be said.
int demand_client_auth(int good, X509_STORE_CTX* chain) {
    if (good == 0 || X509_STORE_CTX_get_error_depth(chain) != 0) return good;
    X509* certificate = X509_STORE_CTX_get_current_cert(chain);
    const bool says_client_auth =
        (X509_get_extension_flags(certificate) & EXFLAG_XKUSAGE) != 0 && (X509_get_extended_key_usage(certificate) & XKU_SSL_CLIENT) != 0;
    if (says_client_auth) return 1;
    X509_STORE_CTX_set_error(chain, X509_V_ERR_INVALID_PURPOSE);
    return 0;
}

Result<void> ask_clients(SSL_CTX* context, const std::string& authorities) {
    if (SSL_CTX_load_verify_locations(context, authorities.c_str(), nullptr) != 1) return unusable("no usable authority certificates", authorities);
    STACK_OF(X509_NAME)* names = SSL_load_client_CA_file(authorities.c_str());
    if (names == nullptr) return unusable("no usable authority certificates", authorities);
    SSL_CTX_set_client_CA_list(context, names);
    SSL_CTX_set_verify(context, SSL_VERIFY_PEER | SSL_VERIFY_CLIENT_ONCE, demand_client_auth);
    return {};
}

}  // namespace

std::chrono::system_clock::time_point expiry_of(SSL_CTX& context) {
    std::tm end{};
    ASN1_TIME_to_tm(X509_get0_notAfter(SSL_CTX_get0_certificate(&context)), &end);
    return std::chrono::system_clock::from_time_t(timegm(&end));
}

}  // namespace puente::net
