#pragma once

#include <string>

/// Throw-away P-256 certificates, made where the test runs.
struct TestCertificate {
    std::string certificate_file;
    std::string key_file;
};

struct CertificateWish {
    std::string name = "localhost";
    int days_valid = 1;                       ///< negative: expired
    std::string extended_usage;               ///< "clientAuth", "serverAuth" or none
    const TestCertificate* issuer = nullptr;  ///< none: signs itself
};

/// Writes <directory>/<file>.pem and .key.
TestCertificate make_certificate(const std::string& directory, const std::string& file, const CertificateWish& wish);
