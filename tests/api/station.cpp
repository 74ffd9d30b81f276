#include "api/station.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <stdexcept>
#include <thread>

#include "puente/crypto/base64url.hpp"

namespace puente::test {

namespace {

constexpr std::chrono::seconds start_patience{60};
constexpr std::chrono::seconds stop_patience{40};

void must(const Finished& finished, const std::string& what) {
    if (finished.exit_code != 0) throw std::runtime_error{what + ": " + finished.out + finished.err};
}

std::string made_certificates(const TemporaryFolder& folder) {
    must(run_to_end({PUENTE_SOURCE_DIR "/docker/dev-certificates", folder.path()}), "dev-certificates");
    return folder.file("ca.pem");
}

/// The rules of the tests, made once; a test that changes rules makes its own copy.
const std::string& shared_rules() {
    static const TemporaryFolder folder;
    static const std::string rules = rules_for_tests(folder.path());
    return rules;
}

std::string quoted(const std::string& key) {
    return "\"" + key + "\"";
}

}  // namespace

Certificates::Certificates()
    : authority{made_certificates(folder)}, plain{authority}, with_certificate{authority, folder.file("client.pem"), folder.file("client.key")} {
    write_file(folder.file("draw.secret"), "0123456789abcdef0123456789abcdef");
    must(run_to_end({"openssl", "genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256", "-out", folder.file("token.key")}), "openssl");
}

const Certificates& Certificates::shared() {
    static const Certificates certificates;
    return certificates;
}

std::uint16_t free_port() {
    const int descriptor = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    const bool bound = ::bind(descriptor, reinterpret_cast<const sockaddr*>(&address), size) == 0 &&
                       ::getsockname(descriptor, reinterpret_cast<sockaddr*>(&address), &size) == 0;
    ::close(descriptor);
    if (!bound) throw std::runtime_error{"no free port"};
    return ntohs(address.sin_port);
}

Station::Station(Options options) : rules_{shared_rules()}, options_{std::move(options)} {
    broker = add_client({"--role", "broker", "--company", "broker-one"});
    other_broker = add_client({"--role", "broker", "--company", "broker-two"});
    carrier = add_client({"--role", "carrier", "--company", "carrier-one", "--scac", "TSTA"});
    other_carrier = add_client({"--role", "carrier", "--company", "carrier-two", "--scac", "ZZZA"});
    cbp = add_client({"--role", "officer", "--agency", "CBP"});
    sat = add_client({"--role", "officer", "--agency", "SAT"});
    if (options_.start) start();
}

Station::~Station() {
    client_.reset();
    process_.reset();
    cluster_.drop_database(database_);
}

std::vector<std::string> Station::command(std::uint16_t port) const {
    const Certificates& certificates = Certificates::shared();
    const std::pair<const char*, std::string> usual[] = {
        {"--database",         cluster_.url(database_)                },
        {"--port",             std::to_string(port)                   },
        {"--certificate",      certificates.folder.file("server.pem") },
        {"--private-key",      certificates.folder.file("server.key") },
        {"--client-ca",        certificates.authority                 },
        {"--token-key-file",   certificates.folder.file("token.key")  },
        {"--draw-secret-file", certificates.folder.file("draw.secret")},
        {"--rules",            rules_                                 },
        {"--migrations",       PUENTE_SOURCE_DIR "/migrations"        },
    };
    std::vector<std::string> line{puente_program(), "serve"};
    const std::vector<std::string>& own = options_.arguments;
    for (const auto& [name, value] : usual) {
        if (std::find(own.begin(), own.end(), name) == own.end()) line.insert(line.end(), {name, value});
    }
    line.insert(line.end(), own.begin(), own.end());
    return line;
}

void Station::start() {
    client_.reset();
    process_.reset();
    process_ = std::make_unique<Process>(command(), options_.environment, Process::Files{"/dev/null", folder_.file("out"), folder_.file("err")});
    const auto deadline = std::chrono::steady_clock::now() + start_patience;
    while (std::chrono::steady_clock::now() < deadline && process_->alive()) {
        try {
            if (ask({"GET", "/readyz"}).status == 200) return;
        } catch (const Lost&) {
        }
        std::this_thread::sleep_for(std::chrono::milliseconds{20});
    }
    throw std::runtime_error{"the gateway does not become ready: " + errors() + log()};
}

void Station::start(std::vector<std::string> arguments, Environment environment) {
    options_.arguments = std::move(arguments);
    options_.environment = std::move(environment);
    start();
}

void Station::kill() {
    process_->signal(SIGKILL);
    process_->wait(stop_patience);
}

int Station::stop() {
    process_->signal(SIGTERM);
    return process_->wait(stop_patience).value_or(-1);
}

HttpsClient Station::client(std::chrono::milliseconds patience) const {
    return HttpsClient{port_, Certificates::shared().plain, patience};
}

Answer Station::ask(const Ask& request) {
    if (!client_) client_ = std::make_unique<HttpsClient>(client());
    try {
        return client_->ask(request);
    } catch (const Lost&) {
        client_->close();  // a kept connection may have ended since the last request
        return client_->ask(request);
    }
}

Answer Station::get(const Party& party, const std::string& target, Fields more) {
    more.push_back(bearer(party));
    return ask({"GET", target, std::move(more)});
}

Answer Station::post(const Party& party, const std::string& target, const nlohmann::json& body, Fields more) {
    more.push_back(bearer(party));
    more.emplace_back("Content-Type", "application/json");
    return ask({"POST", target, std::move(more), body.dump()});
}

Answer Station::submit(const Party& party, const std::string& body, const std::string& key, Fields more) {
    more.push_back(bearer(party));
    more.emplace_back("Content-Type", "application/json");
    more.emplace_back("Idempotency-Key", quoted(key.empty() ? new_uuid() : key));
    return ask({"POST", "/v1/manifests", std::move(more), body});
}

std::pair<std::string, std::string> Station::bearer(const Party& party) {
    return {"Authorization", "Bearer " + token(party)};
}

std::string Station::token(const Party& party) {
    const std::lock_guard lock{tokens_mutex_};
    std::string& token = tokens_[party.id];
    if (!token.empty()) return token;
    const std::string form = "grant_type=client_credentials&client_id=" + party.id + "&client_secret=" + party.secret;
    const Answer answer = client().ask({"POST", "/oauth2/token", {{"Content-Type", "application/x-www-form-urlencoded"}}, form});
    if (answer.status != 200) throw std::runtime_error{"no token for " + party.id + ": " + answer.body};
    return token = answer.json()["access_token"].get<std::string>();
}

Party Station::add_client(std::vector<std::string> options) const {
    options.insert(options.begin(), {"client", "add", "--json", "--database", owner_url()});
    const Finished added = puente(options);
    must(added, "puente client add");
    const nlohmann::json document = nlohmann::json::parse(added.out);
    return {document["clientId"], document.value("clientSecret", "")};
}

nlohmann::json filed(Station& station, const Json& document) {
    const Answer answer = station.submit(station.broker, document.dump());
    if (answer.status != 201) throw std::runtime_error{"not filed: " + std::to_string(answer.status) + " " + answer.body};
    return answer.json();
}

std::string inspection_of(const Station& station, const std::string& manifest_id) {
    return station.sql("SELECT inspection_id FROM puente.inspection WHERE manifest_id = '" + manifest_id + "'");
}

}  // namespace puente::test
