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

/// "0.5,2,60": seconds.
Result<std::vector<std::chrono::milliseconds>> waits_of(const std::string& text) {
    std::vector<std::chrono::milliseconds> waits;
    for (std::size_t at = 0; at <= text.size();) {
        const std::size_t end = std::min(text.find(',', at), text.size());
        const std::string number = text.substr(at, end - at);
        char* stopped = nullptr;
        const double seconds = std::strtod(number.c_str(), &stopped);
        const bool whole = !number.empty() && stopped == number.c_str() + number.size();
        if (!whole || !(seconds >= 0.0) || seconds > 7.0 * 86'400) return Error{ErrorKind::malformed, "--webhook-retry-seconds: numbers of seconds up to a week, with commas"};
        waits.push_back(std::chrono::milliseconds{static_cast<std::int64_t>(seconds * 1000.0)});
        at = end + 1;
    }
    return waits;
}

Result<void> complete_webhooks(Settings& settings) {
    push::WebhookSettings& webhooks = settings.webhooks;
    for (const std::string& text : settings.webhook_allowed_networks) {
        const Result<net::Network> network = net::Network::parse(text);
        if (!network) return Error{ErrorKind::malformed, fmt::format("--webhook-allowed-network '{}': {}", text, network.error().detail())};
        webhooks.outbound.allowed_networks.push_back(*network);
    }
    if (!settings.webhook_retry_seconds.empty()) {
        Result<std::vector<std::chrono::milliseconds>> waits = waits_of(settings.webhook_retry_seconds);
        if (!waits) return waits.error();
        webhooks.plan.waits = std::move(*waits);
    }
    webhooks.answer_time = std::chrono::seconds{settings.webhook_answer_seconds};
    webhooks.patience = std::chrono::hours{settings.webhook_disable_hours};
    webhooks.overlap = std::chrono::hours{settings.webhook_overlap_hours};
    return {};
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
    option(app, "--expiry-hours", settings.expiry_hours, "a trip that has not arrived so long after its estimated arrival expires")->check(CLI::Range(1, 8760));
    option(app, "--registry-stale-seconds", settings.registry_stale_seconds, "how long standing counts when the registers cannot be read")->check(CLI::Range(2, 86'400));

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
    option(app, "--event-milliseconds", settings.event_milliseconds, "pause between two looks for new events while anybody listens")->check(CLI::Range(1, 10'000));
    option(app, "--streams-per-client", settings.streams_per_client, "event streams, and waiting reads of events, that one client may have at once; over it 429")->check(CLI::Range(1, 1'000'000));
    option(app, "--drain-seconds", settings.drain_seconds, "how long requests in flight may take after SIGTERM")->check(CLI::Range(1, 600));

    push::WebhookSettings& webhooks = settings.webhooks;
    option(app, "--webhooks", webhooks.deliver, "take part in delivering to webhooks");
    option(app, "--webhook-allowed-network", settings.webhook_allowed_networks, "network that webhooks may be in besides the public internet, such as 10.1.0.0/16 (may be repeated)");
    option(app, "--webhook-port", webhooks.outbound.ports, "ports that webhooks may be at (may be repeated)");
    option(app, "--webhook-ca", webhooks.outbound.authorities, "PEM file: authorities believed about webhooks besides the system's");
    option(app, "--webhook-secret-key-file", settings.webhook_secret_key_file, "file that seals webhook secrets in the database; without it they are kept as they are");
    option(app, "--webhook-answer-seconds", settings.webhook_answer_seconds, "longest time for one delivery, from resolving the name to the status")->check(CLI::Range(1, 60));
    option(app, "--webhook-retry-seconds", settings.webhook_retry_seconds, "longest wait before each further try, with commas; by default 10, 60, 300, 1200, then 1 to 24 hours over five days at most");
    option(app, "--webhook-disable-hours", settings.webhook_disable_hours, "an endpoint without a success for so long is disabled")->check(CLI::Range(1, 720));
    option(app, "--webhook-overlap-hours", settings.webhook_overlap_hours, "how long the old secret signs as well after a rotation")->check(CLI::Range(0, 168));
    option(app, "--webhook-in-flight", webhooks.in_flight_max, "most deliveries of this gateway under way")->check(CLI::Range(2, 4096));
    option(app, "--webhook-per-endpoint", webhooks.per_endpoint_max, "most deliveries to one endpoint under way, of all gateways")->check(CLI::Range(1, 256));

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
    if (const Result<void> webhooks = complete_webhooks(settings); !webhooks) return webhooks.error();
    return {};
}

}  // namespace puente::main
