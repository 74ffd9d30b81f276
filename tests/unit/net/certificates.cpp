#include "unit/net/certificates.hpp"

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <cstdio>
#include <memory>

namespace {

template <class Thing, class Write>
void write_file(const std::string& path, Thing* thing, Write write) {
    const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file{std::fopen(path.c_str(), "w"), std::fclose};
    write(file.get(), thing);
}

template <class Thing, class Read, class Free>
std::shared_ptr<Thing> read_file(const std::string& path, Read read, Free free) {
    const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file{std::fopen(path.c_str(), "r"), std::fclose};
    return std::shared_ptr<Thing>{read(file.get(), nullptr, nullptr, nullptr), free};
}

void add_extension(X509* certificate, int nid, const char* value) {
    X509_EXTENSION* extension = X509V3_EXT_conf_nid(nullptr, nullptr, nid, value);
    X509_add_ext(certificate, extension, -1);
    X509_EXTENSION_free(extension);
}

}  // namespace

TestCertificate make_certificate(const std::string& directory, const std::string& file, const CertificateWish& wish) {
    const TestCertificate made{directory + "/" + file + ".pem", directory + "/" + file + ".key"};
    const std::shared_ptr<EVP_PKEY> key{EVP_EC_gen("P-256"), EVP_PKEY_free};
    const std::shared_ptr<X509> certificate{X509_new(), X509_free};
    static long serial = 1;
    X509_set_version(certificate.get(), X509_VERSION_3);
    ASN1_INTEGER_set(X509_get_serialNumber(certificate.get()), ++serial);
    X509_gmtime_adj(X509_getm_notBefore(certificate.get()), -2L * 24 * 3600);
    X509_gmtime_adj(X509_getm_notAfter(certificate.get()), 24L * 3600 * wish.days_valid);
    X509_NAME* name = X509_get_subject_name(certificate.get());
    X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, reinterpret_cast<const unsigned char*>(wish.name.c_str()), -1, -1, 0);
    X509_set_pubkey(certificate.get(), key.get());
    if (wish.issuer == nullptr) add_extension(certificate.get(), NID_basic_constraints, "critical,CA:TRUE");
    if (!wish.extended_usage.empty()) add_extension(certificate.get(), NID_ext_key_usage, wish.extended_usage.c_str());

    std::shared_ptr<EVP_PKEY> signing_key = key;
    if (wish.issuer == nullptr) {
        X509_set_issuer_name(certificate.get(), name);
    } else {
        const std::shared_ptr<X509> issuer = read_file<X509>(wish.issuer->certificate_file, PEM_read_X509, X509_free);
        X509_set_issuer_name(certificate.get(), X509_get_subject_name(issuer.get()));
        signing_key = read_file<EVP_PKEY>(wish.issuer->key_file, PEM_read_PrivateKey, EVP_PKEY_free);
    }
    X509_sign(certificate.get(), signing_key.get(), EVP_sha256());
    write_file(made.certificate_file, certificate.get(), PEM_write_X509);
    write_file(made.key_file, key.get(), [](std::FILE* out, EVP_PKEY* k) { PEM_write_PrivateKey(out, k, nullptr, nullptr, 0, nullptr, nullptr); });
    return made;
}
