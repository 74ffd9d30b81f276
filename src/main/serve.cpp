#include <CLI/CLI.hpp>
#include <iostream>
#include <map>

#include "main/commands.hpp"
#include "main/house.hpp"
#include "main/signals.hpp"
#include "puente/telemetry/log.hpp"

namespace puente::main {

namespace {

telemetry::LogSettings log_settings(const Settings& settings) {
    static const std::map<std::string, telemetry::Level> levels{{"debug", telemetry::Level::debug}, {"info", telemetry::Level::info}, {"warning", telemetry::Level::warning},
                                                                {"error", telemetry::Level::error}, {"off", telemetry::Level::off}};
    return {levels.at(settings.log_level), settings.log_format == "json"};
}

/// The log outlives the house.
struct Log {
    explicit Log(const telemetry::LogSettings& settings) { telemetry::start_log(settings); }
    ~Log() { telemetry::stop_log(); }
    Log(const Log&) = delete;
    Log& operator=(const Log&) = delete;
};

}  // namespace

int serve(int argc, const char* const* argv) {
    CLI::App app{"Runs the gateway until SIGTERM or SIGINT. SIGHUP makes it read its certificates and rules again.\n"
                 "Each option can also stand in a file (--config) or in the environment; the command line wins over the environment, that over the file.",
                 "puente serve"};
    Settings settings;
    declare(settings, app);
    int exit_code = 0;
    if (!parsed(app, with_environment(app, argc, argv), exit_code)) return exit_code;
    const Result<void> completed = complete(settings);
    if (!completed) {
        std::cerr << "puente serve: " << completed.error().detail() << "\n";
        return 2;
    }
    Signals signals;
    const Log log{log_settings(settings)};
    Result<std::unique_ptr<House>> house = House::open(std::move(settings));
    if (!house) {
        std::cerr << "puente serve: " << house.error().detail() << "\n";
        return 1;
    }
    signals.listen([&house] { (*house)->stop(); }, [&house] { (*house)->reread(); });
    telemetry::Event{"house.open"}.with("port", (*house)->port());
    (*house)->run();
    telemetry::Event{"house.closed"};
    return 0;
}

}  // namespace puente::main
