#include "main/settings.hpp"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdlib>

#include "main/commands.hpp"

namespace puente::main {

namespace {

/// "--database-readers" is also PUENTE_DATABASE_READERS in the environment and database-readers in the file.
std::string environment_name(const std::string& option) {
    std::string name = "PUENTE_" + option.substr(2);
    std::transform(name.begin(), name.end(), name.begin(), [](char c) { return c == '-' ? '_' : c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; });
    return name;
}

template <class T>
CLI::Option* option(CLI::App& app, const std::string& name, T& value, const std::string& meaning) {
    return app.add_option(name, value, meaning)->envname(environment_name(name))->capture_default_str();
}

}  // namespace

void declare(Settings& settings, CLI::App& app) {
    settings.rules_folder = shipped_folder("rules");
    settings.migrations_folder = shipped_folder("migrations");
    settings.samples_folder = shipped_folder("tests/samples");
    net::Server::Options& server = settings.server;
    net::Limits& limits = server.limits;

    app.set_config("--config", "", "configuration file: lines of name = value, the names of the options without dashes in front")->envname("PUENTE_CONFIG");
    app.allow_config_extras(CLI::config_extras_mode::error);

    option(app, "--database", settings.database.url, "PostgreSQL connection URI, of a login role IN ROLE puente_gateway");
    option(app, "--database-readers", settings.database.readers, "connections for reading and for officers' work")->check(CLI::Range(1, 64));
    option(app, "--database-writers", settings.database.writers, "connections that commit filings in groups")->check(CLI::Range(1, 16));
    option(app, "--batch-rows", settings.database.batch_rows_max, "most filings in one transaction")->check(CLI::Range(1, 1000));
    option(app, "--queue", settings.database.queue_max, "most filings, and most other database jobs, that may wait")->check(CLI::Range(1, 100'000));
    option(app, "--answer-seconds", settings.answer_seconds, "longest wait for the database before 503")->check(CLI::Range(1, 120));
    app.add_flag("--migrate", settings.migrate_first, "bring the database to this program's schema before serving (needs the owner's rights)")->envname("PUENTE_MIGRATE");

    option(app, "--address", server.address, "address to listen on");
    option(app, "--port", server.port, "port to listen on; 0: any free one");
    option(app, "--host-name", server.host_names, "Host names that are answered (may be repeated); none: any");
    option(app, "--public-url", settings.api.public_url, "address of this gateway as clients know it; by default https://localhost:PORT");
    option(app, "--certificate", server.tls.certificate_chain, "PEM file: the server's certificate and its chain");
    option(app, "--private-key", server.tls.private_key, "PEM file: its private key");
    option(app, "--client-ca", server.tls.client_authorities, "PEM file: authorities whose client certificates are believed; tokens are then bound to them");
    option(app, "--threads", server.threads, "I/O threads; 0: one for each core")->check(CLI::Range(0, 256));

    option(app, "--rules", settings.rules_folder, "folder of rules, code lists and selection.yaml");
    option(app, "--samples", settings.samples_folder, "folder of the samples that the examples of published rules name");
    option(app, "--migrations", settings.migrations_folder, "folder of numbered SQL files, to check the schema against");
    option(app, "--token-key-file", settings.token_key_file, "PEM file: P-256 private key that signs access tokens; without it one is made that ends with the process");
    option(app, "--draw-secret-file", settings.draw_secret_file, "file with the master secret of the keyed draw; without it one is made that ends with the process");
    option(app, "--issuer", settings.issuer, "issuer of access tokens; by default the public URL");
    option(app, "--token-minutes", settings.token_minutes, "life of an access token")->check(CLI::Range(1, 1440));
    option(app, "--client-secrets", settings.client_secrets, "accept client secrets at the token endpoint (for the sandbox; off in production)");
    option(app, "--lease-minutes", settings.lease_minutes, "how long an officer holds a leg without a sign of life")->check(CLI::Range(1, 1440));

    option(app, "--header-bytes", limits.header_bytes_max, "largest header block")->check(CLI::Range(1024, 65'536));
    option(app, "--body-bytes", limits.body_bytes_max, "largest body")->check(CLI::Range(1024, 268'435'456));
    option(app, "--connections", limits.connections_max, "most connections in all")->check(CLI::Range(1, 1'000'000));
    option(app, "--connections-per-address", limits.connections_per_address_max, "most connections from one address")->check(CLI::Range(1, 1'000'000));
    option(app, "--requests-in-flight", limits.requests_in_flight_max, "most requests being answered; over it 503 at once")->check(CLI::Range(1, 1'000'000));
    option(app, "--client-rate", settings.api.client_rate, "requests per second that one client may send, over it 429; 0: no limit")->check(CLI::Range(0, 1'000'000));
    option(app, "--handshake-seconds", settings.handshake_seconds, "longest TLS handshake")->check(CLI::Range(1, 120));
    option(app, "--header-seconds", settings.header_seconds, "longest time from the first byte of a request to the end of its header")->check(CLI::Range(1, 120));
    option(app, "--body-seconds", settings.body_seconds, "longest time for a body")->check(CLI::Range(1, 600));
    option(app, "--write-seconds", settings.write_seconds, "longest time for an answer to be taken")->check(CLI::Range(1, 600));
    option(app, "--idle-seconds", settings.idle_seconds, "longest pause between requests of a connection")->check(CLI::Range(1, 3600));
    option(app, "--long-poll-seconds", settings.long_poll_seconds, "longest wait that Prefer: wait=N is given")->check(CLI::Range(1, 300));
    option(app, "--drain-seconds", settings.drain_seconds, "how long requests in flight may take after SIGTERM")->check(CLI::Range(1, 600));

    option(app, "--log-level", settings.log_level, "debug, info, warning, error or off")->check(CLI::IsMember({"debug", "info", "warning", "error", "off"}));
    option(app, "--log-format", settings.log_format, "json or text")->check(CLI::IsMember({"json", "text"}));
}

std::vector<std::string> with_environment(const CLI::App& app, int argc, const char* const* argv) {
    const std::vector<std::string> given{argv + 1, argv + argc};
    std::vector<std::string> arguments;
    for (const CLI::Option* each : app.get_options()) {
        const char* value = each->get_envname().empty() ? nullptr : std::getenv(each->get_envname().c_str());
        const std::string name = each->get_name();
        const bool said = std::any_of(given.begin(), given.end(), [&](const std::string& text) { return text == name || text.starts_with(name + "="); });
        if (value != nullptr && *value != '\0' && !said) arguments.push_back(name + "=" + value);
    }
    arguments.insert(arguments.end(), given.begin(), given.end());
    return arguments;
}

Result<void> complete(Settings& settings) {
    if (settings.database.url.empty()) return Error{ErrorKind::malformed, "--database (or PUENTE_DATABASE) is required"};
    if (settings.server.tls.certificate_chain.empty() || settings.server.tls.private_key.empty()) {
        return Error{ErrorKind::malformed, "--certificate and --private-key are required: the gateway speaks TLS only"};
    }
    if (settings.api.public_url.empty()) settings.api.public_url = fmt::format("https://localhost:{}", settings.server.port);
    if (settings.issuer.empty()) settings.issuer = settings.api.public_url;
    net::Limits& limits = settings.server.limits;
    limits.handshake_time = std::chrono::seconds{settings.handshake_seconds};
    limits.header_time = std::chrono::seconds{settings.header_seconds};
    limits.body_time = std::chrono::seconds{settings.body_seconds};
    limits.write_time = std::chrono::seconds{settings.write_seconds};
    limits.idle_time = std::chrono::seconds{settings.idle_seconds};
    settings.database.answer_time = std::chrono::seconds{settings.answer_seconds};
    settings.api.long_poll_max = std::chrono::seconds{settings.long_poll_seconds};
    settings.api.document.bytes_max = limits.body_bytes_max;
    return {};
}

}  // namespace puente::main
