#include "puente/telemetry/log.hpp"

#include <fmt/format.h>
#include <spdlog/async.h>
#include <spdlog/async_logger.h>
#include <spdlog/sinks/stdout_sinks.h>

#include <array>
#include <atomic>
#include <cmath>
#include <iterator>
#include <memory>
#include <mutex>
#include <shared_mutex>
#include <utility>

#include "puente/instant.hpp"
#include "telemetry/escape.hpp"

namespace puente::telemetry {

namespace {

constexpr std::size_t lines_waiting_max = 8192;
constexpr std::size_t text_octets_max = 2048;
constexpr std::array<std::string_view, 5> level_names{"debug", "info", "warning", "error", "off"};
constexpr std::array<std::string_view, 5> level_words{"DEBUG", "INFO", "WARNING", "ERROR", "OFF"};

/// Ends in this order: the writer writes what is waiting and joins its thread, then the logger goes.
struct Output {
    std::shared_ptr<spdlog::async_logger> logger;
    std::shared_ptr<spdlog::details::thread_pool> writer;
};

/// The one log of the process: there is one standard output.
struct Log {
    std::shared_mutex mutex;  // shared: writing; alone: starting and stopping
    Output output;
    std::uint64_t dropped_before = 0;  // by writers that have ended
    std::atomic<std::uint64_t> failed{0};
    std::atomic<Level> level{Level::off};
    std::atomic<bool> json{true};
};

Log& the_log() {
    static Log log;
    return log;
}

}  // namespace

void start_log(const LogSettings& settings) {
    stop_log();
    Log& log = the_log();
    const std::unique_lock lock{log.mutex};
    log.output.writer = std::make_shared<spdlog::details::thread_pool>(lines_waiting_max, 1);
    log.output.logger = std::make_shared<spdlog::async_logger>("puente", std::make_shared<spdlog::sinks::stdout_sink_mt>(), log.output.writer,
                                                               spdlog::async_overflow_policy::overrun_oldest);
    log.output.logger->set_pattern("%v");
    log.output.logger->set_level(spdlog::level::trace);
    log.output.logger->set_error_handler([&log](const std::string&) { ++log.failed; });
    log.json = settings.json;
    log.level = settings.level;
}

void stop_log() {
    Log& log = the_log();
    Output ending;  // ends after the lock: its lines may take a while
    const std::unique_lock lock{log.mutex};
    log.level = Level::off;
    if (log.output.writer != nullptr) log.dropped_before += log.output.writer->overrun_counter();
    ending = std::exchange(log.output, Output{});
}

bool logs(Level level) {
    return level != Level::off && level >= the_log().level.load(std::memory_order_relaxed);
}

std::uint64_t dropped_log_lines() {
    Log& log = the_log();
    const std::shared_lock lock{log.mutex};
    return log.dropped_before + log.failed + (log.output.writer == nullptr ? 0 : log.output.writer->overrun_counter());
}

Event::Event(std::string_view name, Level level) : level_{level}, on_{logs(level)} {
    if (!on_) return;
    json_ = the_log().json.load(std::memory_order_relaxed);
    const std::string time = to_text(std::chrono::floor<std::chrono::microseconds>(std::chrono::system_clock::now()));
    const std::size_t index = static_cast<std::size_t>(level);
    line_.reserve(256);
    if (json_) {
        fmt::format_to(std::back_inserter(line_), R"({{"time":"{}","level":"{}","event":"{}")", time, level_names[index], name);
    } else {
        fmt::format_to(std::back_inserter(line_), "{} {} {}", time, level_words[index], name);
    }
}

void Event::write() {
    if (!on_) return;
    on_ = false;
    if (json_) line_ += '}';
    Log& log = the_log();
    const std::shared_lock lock{log.mutex};
    if (log.output.logger == nullptr) return;
    constexpr std::array levels{spdlog::level::debug, spdlog::level::info, spdlog::level::warn, spdlog::level::err, spdlog::level::off};
    log.output.logger->log(levels[static_cast<std::size_t>(level_)], spdlog::string_view_t{line_.data(), line_.size()});
}

Event& Event::add_plain(std::string_view field, std::string_view value) {
    if (json_) {
        fmt::format_to(std::back_inserter(line_), R"(,"{}":{})", field, value);
    } else {
        fmt::format_to(std::back_inserter(line_), " {}={}", field, value);
    }
    return *this;
}

Event& Event::add_text(std::string_view field, std::string_view text) {
    std::string value = "\"";
    append_escaped(value, shortened(text, text_octets_max));
    value += '"';
    // For a person, quotes only where the text would not be one word without them.
    const bool one_word = !text.empty() && value.size() == text.size() + 2 && text.find_first_of(" =\"\\") == std::string_view::npos;
    return add_plain(field, !json_ && one_word ? text : std::string_view{value});
}

Event& Event::add_number(std::string_view field, double number) {
    return add_plain(field, std::isfinite(number) ? fmt::to_string(number) : "null");
}

Event& Event::add_number(std::string_view field, std::uint64_t number) {
    return add_plain(field, fmt::to_string(number));
}

Event& Event::add_number(std::string_view field, std::int64_t number) {
    return add_plain(field, fmt::to_string(number));
}

}  // namespace puente::telemetry
