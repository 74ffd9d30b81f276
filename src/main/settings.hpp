#pragma once

#include <string>
#include <vector>

#include "puente/api/api.hpp"
#include "puente/net/server.hpp"
#include "puente/push/webhooks.hpp"
#include "puente/store/pool.hpp"
#include "puente/telemetry/log.hpp"

namespace CLI {
class App;
}

namespace puente::main {

/// Everything that can be set about `puente serve`. A later source wins: default, configuration file, environment, command line.
struct Settings {
    net::Server::Options server;
    store::DatabaseSettings database;
    api::ApiSettings api;
    std::string rules_folder;
    std::string migrations_folder;
    std::string samples_folder;    ///< what the examples of published rules are run on
    std::string token_key_file;    ///< PEM, P-256 private key; every gateway of an installation has the same
    std::string draw_secret_file;  ///< master secret of the keyed draw; every gateway of an installation has the same
    std::string issuer;            ///< empty: the public URL
    unsigned token_minutes = 60;
    bool client_secrets = true;
    bool migrate_first = false;
    unsigned lease_minutes = 15;
    unsigned expiry_hours = 72;
    unsigned registry_stale_seconds = 60;
    unsigned drain_seconds = 20;
    unsigned idle_seconds = 75;
    unsigned header_seconds = 10;
    unsigned body_seconds = 30;
    unsigned handshake_seconds = 10;
    unsigned write_seconds = 30;
    unsigned answer_seconds = 10;
    unsigned long_poll_seconds = 60;
    unsigned event_milliseconds = 25;
    std::size_t streams_per_client = 100;
    push::WebhookSettings webhooks;
    std::vector<std::string> webhook_allowed_networks;
    std::string webhook_retry_seconds;  ///< empty: the usual plan
    std::string webhook_secret_key_file;
    unsigned webhook_answer_seconds = 15;
    unsigned webhook_disable_hours = 72;
    unsigned webhook_overlap_hours = 24;
    std::string log_level = "info";
    std::string log_format = "json";
};

/// Declares every setting once: name, environment variable, default, meaning. `--help`, the configuration file and docs/configuration.md follow.
void declare(Settings& settings, CLI::App& app);

/// The arguments with what the environment says put before them, where the command line itself is silent: so that the environment wins over the
/// configuration file, as the command line wins over both.
std::vector<std::string> with_environment(const CLI::App& app, int argc, const char* const* argv);

/// Brings the plain numbers into the forms that the rooms take. The error says which setting is missing or wrong.
Result<void> complete(Settings& settings);

}  // namespace puente::main
