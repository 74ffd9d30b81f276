#pragma once

#include <gtest/gtest.h>

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "api/documents.hpp"
#include "api/https_client.hpp"
#include "api/process.hpp"
#include "store/cluster.hpp"

namespace puente::test {

/// A registered client.
struct Party {
    std::string id;
    std::string secret;
};

/// Development certificates and keys: an authority, a server, and two clients. Made once for the program.
struct Certificates {
    static const Certificates& shared();
    Certificates();

    TemporaryFolder folder;
    std::string authority;
    TlsIdentity plain;
    TlsIdentity with_certificate;
};

/// A port of loopback that was free a moment ago.
std::uint16_t free_port();

/// A database of its own, a gateway that serves it as a child process, and one client of each kind.
class Station {
public:
    struct Options {
        std::vector<std::string> arguments{};  ///< options of `puente serve`, more or in place of the usual ones
        Environment environment{};
        bool start = true;
    };
    Station() : Station(Options{}) {}
    explicit Station(Options options);
    ~Station();

    /// Starts the gateway, on the same port as before, and waits until it is ready.
    void start();
    /// Starts it with other options.
    void start(std::vector<std::string> arguments, Environment environment);
    void kill();
    /// SIGTERM; gives the exit code, -1 when it does not end in time.
    int stop();
    Process& process() { return *process_; }
    /// The command line that start() uses.
    std::vector<std::string> command() const { return command(port_); }
    /// The same for another gateway on the same database.
    std::vector<std::string> command(std::uint16_t port) const;

    std::uint16_t port() const { return port_; }
    std::string url() const { return "https://localhost:" + std::to_string(port_); }
    const std::string& rules() const { return rules_; }
    const std::string& database() const { return database_; }
    std::string owner_url() const { return cluster_.url(database_, "puente_owner"); }
    Cluster& cluster() { return cluster_; }
    std::string sql(const std::string& text) const { return cluster_.sql(database_, text); }
    /// What the gateway has written on its standard output and error so far.
    std::string log() const { return read_file(folder_.file("out")); }
    std::string errors() const { return read_file(folder_.file("err")); }

    /// A connection to the gateway.
    HttpsClient client(std::chrono::milliseconds patience = std::chrono::seconds{20}) const;
    /// Asks on a connection of the station's own. Not for several threads.
    Answer ask(const Ask& request);
    Answer get(const Party& party, const std::string& target, Fields more = {});
    Answer post(const Party& party, const std::string& target, const nlohmann::json& body, Fields more = {});
    /// POST /v1/manifests as JSON, with a new key unless one is given.
    Answer submit(const Party& party, const std::string& body, const std::string& key = {}, Fields more = {});
    /// The bearer header of a party; asks for a token when there is none yet.
    std::pair<std::string, std::string> bearer(const Party& party);
    std::string token(const Party& party);

    /// Registers a client with `puente client add`.
    Party add_client(std::vector<std::string> options) const;

    Party broker, other_broker, carrier, other_carrier, cbp, sat;

private:
    Cluster& cluster_ = Cluster::shared();
    const std::string database_ = cluster_.new_database();
    TemporaryFolder folder_;
    std::string rules_;
    const std::uint16_t port_ = free_port();
    Options options_;
    std::unique_ptr<Process> process_;
    std::unique_ptr<HttpsClient> client_;
    std::mutex tokens_mutex_;
    std::map<std::string, std::string> tokens_;
};

/// Files a manifest that must be accepted; gives the answer's document. Throws with the answer otherwise.
nlohmann::json filed(Station& station, const Json& document);
/// The inspection of a manifest, as its officers' database says.
std::string inspection_of(const Station& station, const std::string& manifest_id);

/// A test's view of a station that all tests of its suite share.
template <class Suite>
class AtStation : public testing::Test {
protected:
    static void SetUpTestSuite() { station_ = std::make_unique<Station>(Suite::options()); }
    static void TearDownTestSuite() { station_.reset(); }
    static Station::Options options() { return {}; }
    static inline std::unique_ptr<Station> station_;
    Station& station = *station_;
};

}  // namespace puente::test
