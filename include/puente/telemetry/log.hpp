#pragma once

#include <concepts>
#include <cstdint>
#include <string>
#include <string_view>

namespace puente::telemetry {

/// How much an event matters to the people who run the gateway.
enum class Level : std::uint8_t { debug, info, warning, error, off };

struct LogSettings {
    Level level = Level::info;  ///< events below it cost nothing and are not written
    bool json = true;           ///< one JSON object a line; otherwise text for a person
};

/// Starts writing events to standard output, by a thread of its own. When it cannot keep up, the oldest waiting lines are dropped and counted:
/// nobody who logs ever waits. Before this call and after stop_log() events go nowhere. The process should ignore SIGPIPE.
void start_log(const LogSettings& settings);
/// Writes what is waiting and ends the thread.
void stop_log();
/// Would an event of this level be written?
bool logs(Level level);
/// Lines dropped or not written since the process began.
std::uint64_t dropped_log_lines();

/// One line of the log: a name out of a fixed list and fields in the order in which they are given, written when the event goes out of scope.
///     Event{"manifest.filed", Level::info}.with("manifest_id", id).with("duration_ms", 1.25);
/// Values may be any octets: what could break the line or deceive its reader is escaped; texts over 2048 octets are cut. Never give tokens, bodies,
/// personal data.
class Event {
public:
    /// `name` and the names of the fields are constants of the program: they are written as they stand.
    explicit Event(std::string_view name, Level level = Level::info);
    ~Event() { write(); }
    Event(const Event&) = delete;
    Event& operator=(const Event&) = delete;

    Event& with(std::string_view field, std::string_view text) { return on_ ? add_text(field, text) : *this; }
    Event& with(std::string_view field, const char* text) { return with(field, std::string_view{text}); }
    Event& with(std::string_view field, const std::string& text) { return with(field, std::string_view{text}); }
    Event& with(std::string_view field, bool value) { return on_ ? add_plain(field, value ? "true" : "false") : *this; }
    /// Not a number and infinity become null.
    Event& with(std::string_view field, std::floating_point auto number) { return on_ ? add_number(field, static_cast<double>(number)) : *this; }
    Event& with(std::string_view field, std::unsigned_integral auto number) { return on_ ? add_number(field, std::uint64_t{number}) : *this; }
    Event& with(std::string_view field, std::signed_integral auto number) { return on_ ? add_number(field, std::int64_t{number}) : *this; }

    /// Writes the line now; the destructor then does nothing.
    void write();

private:
    Event& add_text(std::string_view field, std::string_view text);
    Event& add_plain(std::string_view field, std::string_view value);
    Event& add_number(std::string_view field, double number);
    Event& add_number(std::string_view field, std::uint64_t number);
    Event& add_number(std::string_view field, std::int64_t number);

    std::string line_;
    Level level_;
    bool on_;
    bool json_ = true;
};

}  // namespace puente::telemetry
