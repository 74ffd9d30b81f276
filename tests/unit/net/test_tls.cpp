#include <gtest/gtest.h>

#include <openssl/x509.h>

#include <filesystem>

#include "net/tls_context.hpp"
#include "unit/net/loopback.hpp"

using namespace puente::net;

namespace {

TestCertificate client_certificate(const TestServer& house, const std::string& usage) {
    CertificateWish wish;
    wish.name = "broker";
    wish.extended_usage = usage;
    wish.issuer = &house.authority();
    return make_certificate(house.directory(), "client", wish);
}

/// What a client with this certificate is told; 0 when the handshake fails.
Answer ask_with(const TestServer& house, const TestCertificate* certificate) {
    TestClient::Options options;
    options.certificate = certificate;
    TestClient client{house.port(), options};
    return client.ask(get("/who"));
}

}  // namespace

struct VersionCase {
    const char* name;
    int version;
    bool accepted;
};

constexpr VersionCase version_cases[] = {
    {"tls_1_0", TLS1_VERSION,   false},
    {"tls_1_1", TLS1_1_VERSION, false},
    {"tls_1_2", TLS1_2_VERSION, true },
    {"tls_1_3", TLS1_3_VERSION, true },
};

class TlsVersion : public testing::TestWithParam<VersionCase> {};

TEST_P(TlsVersion, is_spoken_or_refused) {
    TestServer house;
    TestClient::Options options;
    options.version_max = GetParam().version;
    TestClient client{house.port(), options};
    EXPECT_EQ(client.connected(), GetParam().accepted);
    if (client.connected()) {
        EXPECT_EQ(client.ask(get("/hello")).status, 200);
        EXPECT_EQ(SSL_version(client.ssl()), GetParam().version);
        EXPECT_EQ(SSL_CIPHER_is_aead(SSL_get_current_cipher(client.ssl())), 1);
    }
}

INSTANTIATE_TEST_SUITE_P(Versions, TlsVersion, testing::ValuesIn(version_cases), [](const auto& i) { return std::string{i.param.name}; });

class TlsResumption : public testing::TestWithParam<int> {};

TEST_P(TlsResumption, keeps_the_session) {
    TestServer house;
    TestClient::Options options;
    options.version_max = GetParam();
    std::shared_ptr<SSL_SESSION> session;
    {
        TestClient first{house.port(), options};
        EXPECT_FALSE(first.resumed());
        ASSERT_EQ(first.ask(get("/hello")).status, 200);  // a TLS 1.3 ticket comes after the handshake
        session.reset(SSL_get1_session(first.ssl()), SSL_SESSION_free);
    }
    options.resume = session.get();
    TestClient second{house.port(), options};
    EXPECT_TRUE(second.resumed());
    EXPECT_EQ(second.ask(get("/hello")).status, 200);
}

INSTANTIATE_TEST_SUITE_P(Versions, TlsResumption, testing::Values(TLS1_2_VERSION, TLS1_3_VERSION));

TEST(Tls, chooses_http_1_1_and_nothing_else) {
    TestServer house;
    TestClient::Options options;
    options.alpn = "\x02h2\x08http/1.1";
    TestClient both{house.port(), options};
    const unsigned char* chosen = nullptr;
    unsigned int bytes = 0;
    SSL_get0_alpn_selected(both.ssl(), &chosen, &bytes);
    EXPECT_EQ(std::string(reinterpret_cast<const char*>(chosen), bytes), "http/1.1");
    options.alpn = "\x02h2";
    EXPECT_FALSE((TestClient{house.port(), options}.connected()));
}

TEST(Tls, does_not_renegotiate) {
    TestServer house;
    TestClient::Options options;
    options.version_max = TLS1_2_VERSION;
    TestClient client{house.port(), options};
    ASSERT_TRUE(client.connected());
    SSL_renegotiate(client.ssl());
    SSL_do_handshake(client.ssl());
    EXPECT_EQ(client.ask(get("/hello")).status, 0);
}

TEST(ClientCertificate, is_known_by_its_thumbprint) {
    const TestServer house{Limits{}, true};
    const TestCertificate certificate = client_certificate(house, "clientAuth");
    const std::string thumbprint = ask_with(house, &certificate).body;
    EXPECT_EQ(thumbprint.size(), 43u);
    EXPECT_EQ(thumbprint.find_first_of("+/="), std::string::npos);
    EXPECT_EQ(ask_with(house, &certificate).body, thumbprint);
}

TEST(ClientCertificate, is_still_known_when_the_session_is_resumed) {
    const TestServer house{Limits{}, true};
    const TestCertificate certificate = client_certificate(house, "clientAuth");
    TestClient::Options options;
    options.certificate = &certificate;
    TestClient first{house.port(), options};
    const std::string thumbprint = first.ask(get("/who")).body;
    const std::shared_ptr<SSL_SESSION> session{SSL_get1_session(first.ssl()), SSL_SESSION_free};
    options.resume = session.get();
    TestClient second{house.port(), options};
    EXPECT_TRUE(second.resumed());
    EXPECT_EQ(second.ask(get("/who")).body, thumbprint);
}

TEST(ClientCertificate, is_not_demanded) {
    const TestServer house{Limits{}, true};
    const Answer answer = ask_with(house, nullptr);
    EXPECT_EQ(answer.status, 200);
    EXPECT_EQ(answer.body, "");
}

TEST(ClientCertificate, has_to_be_made_for_clients) {
    TestServer house{Limits{}, true};
    for (const char* usage : {"", "serverAuth"}) {
        const TestCertificate certificate = client_certificate(house, usage);
        EXPECT_EQ(ask_with(house, &certificate).status, 0) << usage;
    }
    EXPECT_TRUE(within(std::chrono::seconds{2}, [&] { return house.server().counts().handshakes_failed == 2; }));
}

TEST(ClientCertificate, has_to_come_from_the_authority) {
    const TestServer house{Limits{}, true};
    CertificateWish wish;
    wish.extended_usage = "clientAuth";
    const TestCertificate stranger = make_certificate(house.directory(), "stranger", wish);
    EXPECT_EQ(ask_with(house, &stranger).status, 0);
}

TEST(TlsFilesOnDisk, have_to_fit_together) {
    const TestServer house;
    CertificateWish expired_wish;
    expired_wish.days_valid = -1;
    const TestCertificate expired = make_certificate(house.directory(), "expired", expired_wish);
    const TestCertificate& good = house.certificate();
    const TlsFiles mismatched{good.certificate_file, house.authority().key_file, ""};
    const TlsFiles old{expired.certificate_file, expired.key_file, ""};
    const TlsFiles missing{house.directory() + "/none.pem", good.key_file, ""};
    const TlsFiles no_authority{good.certificate_file, good.key_file, good.key_file};
    EXPECT_TRUE(open_tls_context({good.certificate_file, good.key_file, ""}));
    for (const TlsFiles& files : {mismatched, old, missing, no_authority}) {
        const auto context = open_tls_context(files);
        ASSERT_FALSE(context) << files.certificate_chain << files.private_key;
        EXPECT_NE(context.error().detail().find(house.directory()), std::string::npos) << context.error().detail();
    }
}

TEST(TlsFilesOnDisk, are_read_again_for_new_connections) {
    TestServer house;
    TestClient old{house.port()};
    const auto serial = [](TestClient& client) {
        const std::shared_ptr<X509> certificate{SSL_get1_peer_certificate(client.ssl()), X509_free};
        return ASN1_INTEGER_get(X509_get0_serialNumber(certificate.get()));
    };
    const auto first = serial(old);
    std::filesystem::copy_file(house.authority().key_file, house.certificate().key_file, std::filesystem::copy_options::overwrite_existing);
    EXPECT_FALSE(house.server().reload_tls());
    TestClient between{house.port()};
    EXPECT_EQ(serial(between), first);

    CertificateWish wish;
    wish.issuer = &house.authority();
    make_certificate(house.directory(), "server", wish);
    EXPECT_TRUE(house.server().reload_tls());
    TestClient fresh{house.port()};
    EXPECT_NE(serial(fresh), first);
    EXPECT_EQ(old.ask(get("/hello")).status, 200);
}
