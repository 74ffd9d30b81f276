#include "puente/telemetry/log.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <limits>
#include <nlohmann/json.hpp>
#include <sstream>
#include <thread>
#include <vector>

namespace {

using namespace puente::telemetry;
using nlohmann::ordered_json;

/// What `act` writes to the log, line by line.
template <class Act>
std::vector<std::string> lines_of(const LogSettings& settings, Act act) {
    testing::internal::CaptureStdout();
    start_log(settings);
    act();
    stop_log();
    std::istringstream text{testing::internal::GetCapturedStdout()};
    std::vector<std::string> lines;
    for (std::string line; std::getline(text, line);) lines.push_back(line);
    return lines;
}

/// Gives the value that a reader of the JSON line gets back, and checks that the line holds nothing that could deceive a person.
std::string value_read_back(const std::string& value) {
    const std::vector<std::string> lines = lines_of({}, [&value] { Event{"test"}.with("value", value); });
    if (lines.size() != 1) return "not one line";
    for (const char c : lines[0]) EXPECT_GE(static_cast<unsigned char>(c), 0x20) << lines[0];
    return ordered_json::parse(lines[0]).at("value").get<std::string>();
}

TEST(Log, writes_one_json_object_for_each_event_with_its_fields_in_order) {
    const std::vector<std::string> lines = lines_of({Level::info, true}, [] {
        Event{"manifest.filed", Level::info}
            .with("manifest_id", "m-1")
            .with("duration_ms", 1.25)
            .with("rows", 3u)
            .with("left", -4)
            .with("replayed", false);
        Event{"database.lost", Level::error};
    });
    ASSERT_EQ(lines.size(), 2u);
    const ordered_json first = ordered_json::parse(lines[0]);
    std::vector<std::string> names;
    for (const auto& [name, value] : first.items()) names.push_back(name);
    EXPECT_EQ(names, (std::vector<std::string>{"time", "level", "event", "manifest_id", "duration_ms", "rows", "left", "replayed"}));
    EXPECT_EQ(first["level"], "info");
    EXPECT_EQ(first["event"], "manifest.filed");
    EXPECT_EQ(first["manifest_id"], "m-1");
    EXPECT_EQ(first["duration_ms"], 1.25);
    EXPECT_EQ(first["rows"], 3);
    EXPECT_EQ(first["left"], -4);
    EXPECT_EQ(first["replayed"], false);
    EXPECT_EQ(ordered_json::parse(lines[1])["level"], "error");
}

TEST(Log, tells_the_time_in_utc_with_milliseconds) {
    const std::vector<std::string> lines = lines_of({}, [] { Event{"test"}; });
    ASSERT_EQ(lines.size(), 1u);
    const std::string time = ordered_json::parse(lines[0])["time"];
    ASSERT_EQ(time.size(), std::string_view{"2026-03-02T18:30:00.000Z"}.size());
    EXPECT_EQ(time[10], 'T');
    EXPECT_EQ(time[19], '.');
    EXPECT_EQ(time.back(), 'Z');
}

TEST(Log, is_readable_as_text) {
    const std::vector<std::string> lines = lines_of({Level::info, false}, [] {
        Event{"manifest.filed", Level::warning}.with("id", "m-1").with("why", "two words").with("none", "").with("ms", 0.5).with("sneaky", "a=\"b");
    });
    ASSERT_EQ(lines.size(), 1u);
    EXPECT_EQ(lines[0].substr(24), R"( WARNING manifest.filed id=m-1 why="two words" none="" ms=0.5 sneaky="a=\"b")");
}

struct LevelCase {
    Level threshold;
    std::vector<std::string> written;
};

TEST(Log, writes_events_of_its_level_and_above) {
    const std::vector<LevelCase> cases = {
        {Level::debug,   {"debug", "info", "warning", "error"}},
        {Level::info,    {"info", "warning", "error"}         },
        {Level::warning, {"warning", "error"}                 },
        {Level::error,   {"error"}                            },
        {Level::off,     {}                                   },
    };
    for (const LevelCase& one : cases) {
        std::vector<std::string> written;
        const auto every_level = [] {
            for (const Level level : {Level::debug, Level::info, Level::warning, Level::error, Level::off}) Event{"test", level}.with("a", "b");
        };
        for (const std::string& line : lines_of({one.threshold, true}, every_level)) written.push_back(ordered_json::parse(line)["level"]);
        EXPECT_EQ(written, one.written);
    }
}

struct EscapeCase {
    const char* why;
    std::string value;
    const char* escaped;
};

TEST(Log, escapes_what_breaks_a_line_or_deceives_its_reader) {
    const std::vector<EscapeCase> cases = {
        {"a line end",               "a\r\nb",                                R"(a\u000d\u000ab)"                    },
        {"a forged event",           "x\"}\n{\"level\":\"info\"",             R"(x\"}\u000a{\"level\":\"info\")"     },
        {"a backslash",              "C:\\x",                                 R"(C:\\x)"                             },
        {"a NUL",                    std::string{"a\0b", 3},                  R"(a\u0000b)"                          },
        {"a terminal escape",        "\x1b[2J\x7f",                           R"(\u001b[2J\u007f)"                   },
        {"a C1 control",             "\xc2\x9b",                              R"(\u009b)"                            },
        {"a right-to-left override", "\xe2\x80\xae",                          R"(\u202e)"                            },
        {"an isolate",               "\xe2\x81\xa6\xe2\x81\xa9",              R"(\u2066\u2069)"                      },
        {"marks of direction",       "\xe2\x80\x8e\xe2\x80\x8f\xd8\x9c",      R"(\u200e\u200f\u061c)"                },
        {"a line separator",         "\xe2\x80\xa8\xe2\x80\xa9",              R"(\u2028\u2029)"                      },
        {"a byte order mark",        "\xef\xbb\xbf",                          R"(\ufeff)"                            },
        {"not UTF-8",                "a\xff\x62",                             R"(a\ufffdb)"                          },
        {"a character cut short",    "a\xc3",                                 R"(a\ufffd)"                           },
        {"an overlong slash",        "\xc0\xaf",                              R"(\ufffd\ufffd)"                      },
        {"a surrogate",              "\xed\xa0\x80",                          R"(\ufffd\ufffd\ufffd)"                },
        {"past Unicode",             "\xf4\x90\x80\x80",                      R"(\ufffd\ufffd\ufffd\ufffd)"          },
        {"letters of two languages", "Mañana \xe2\x82\xac \xf0\x9f\x9a\x9b", "Mañana \xe2\x82\xac \xf0\x9f\x9a\x9b"},
    };
    for (const EscapeCase& one : cases) {
        for (const bool json : {true, false}) {
            const std::vector<std::string> lines =
                lines_of({Level::info, json}, [&one] { Event{"test"}.with("value", one.value).with("end", true); });
            ASSERT_EQ(lines.size(), 1u) << one.why;
            EXPECT_NE(lines[0].find(one.escaped), std::string::npos) << one.why << ": " << lines[0];
            EXPECT_EQ(ordered_json::accept(lines[0]), json) << one.why;
        }
    }
}

TEST(Log, gives_every_character_back_to_a_reader_of_json) {
    std::string ascii;
    for (char c = 0; c < 0x7f; ++c) ascii.push_back(c);
    EXPECT_EQ(value_read_back(ascii), ascii);
    EXPECT_EQ(value_read_back("camión \xe2\x80\xae"), "camión \xe2\x80\xae");
}

TEST(Log, cuts_long_texts_between_characters) {
    EXPECT_EQ(value_read_back(std::string(2048, 'x')), std::string(2048, 'x'));
    EXPECT_EQ(value_read_back(std::string(2049, 'x')), std::string(2048, 'x') + "...");
    EXPECT_EQ(value_read_back(std::string(2047, 'x') + "ññ"), std::string(2047, 'x') + "...");
}

TEST(Log, writes_numbers_json_does_not_know_as_null) {
    const std::vector<std::string> lines = lines_of({}, [] {
        Event{"test"}.with("a", std::numeric_limits<double>::quiet_NaN()).with("b", std::numeric_limits<double>::infinity());
        Event{"test"}.with("a", std::numeric_limits<std::uint64_t>::max()).with("b", std::numeric_limits<std::int64_t>::min()).with("c", 1e300);
    });
    ASSERT_EQ(lines.size(), 2u);
    EXPECT_TRUE(ordered_json::parse(lines[0])["a"].is_null());
    EXPECT_TRUE(ordered_json::parse(lines[0])["b"].is_null());
    EXPECT_EQ(ordered_json::parse(lines[1])["a"], std::numeric_limits<std::uint64_t>::max());
    EXPECT_EQ(ordered_json::parse(lines[1])["b"], std::numeric_limits<std::int64_t>::min());
    EXPECT_EQ(ordered_json::parse(lines[1])["c"], 1e300);
}

TEST(Log, writes_an_event_once) {
    const std::vector<std::string> lines = lines_of({}, [] {
        Event event{"test"};
        event.with("a", 1);
        event.write();
        event.with("late", 2);
        event.write();
    });
    ASSERT_EQ(lines.size(), 1u);
    EXPECT_FALSE(ordered_json::parse(lines[0]).contains("late"));
}

TEST(Log, that_is_not_running_swallows_events) {
    stop_log();
    EXPECT_FALSE(logs(Level::error));
    testing::internal::CaptureStdout();
    Event{"test", Level::error}.with("a", 1);
    EXPECT_EQ(testing::internal::GetCapturedStdout(), "");
}

TEST(Log, keeps_lines_of_many_threads_apart) {
    constexpr int threads_count = 4;
    constexpr int events_each = 500;
    const std::vector<std::string> lines = lines_of({}, [] {
        std::vector<std::thread> threads;
        for (int worker = 0; worker < threads_count; ++worker) {
            threads.emplace_back([worker] {
                for (int i = 0; i < events_each; ++i) Event{"test"}.with("worker", worker).with("i", i);
            });
        }
        for (std::thread& thread : threads) thread.join();
    });
    ASSERT_EQ(lines.size(), static_cast<std::size_t>(threads_count * events_each));
    for (const std::string& line : lines) ASSERT_TRUE(ordered_json::accept(line)) << line;
}

/// Standard output is a pipe that nobody reads: the writers go on, and what was lost is counted.
TEST(Log, drops_and_counts_the_oldest_lines_when_nobody_takes_them) {
    constexpr std::uint64_t events = 12'000;
    const std::uint64_t dropped_before = dropped_log_lines();
    int ends[2] = {};
    ASSERT_EQ(pipe(ends), 0);
    std::fflush(stdout);
    const int real_output = dup(STDOUT_FILENO);
    dup2(ends[1], STDOUT_FILENO);
    close(ends[1]);

    start_log({});
    for (std::uint64_t i = 0; i < events; ++i) Event{"test"}.with("i", i).with("padding", std::string(100, 'p'));
    const std::uint64_t dropped = dropped_log_lines() - dropped_before;

    std::string output;
    std::thread reader{[&output, from = ends[0]] {
        char buffer[65'536];
        for (ssize_t count = 0; (count = read(from, buffer, sizeof buffer)) > 0;) output.append(buffer, static_cast<std::size_t>(count));
    }};
    stop_log();
    dup2(real_output, STDOUT_FILENO);  // closes the last writing end of the pipe
    close(real_output);
    reader.join();
    close(ends[0]);

    EXPECT_GT(dropped, 1'000u);
    EXPECT_EQ(dropped_log_lines() - dropped_before, dropped);
    const auto written = static_cast<std::uint64_t>(std::count(output.begin(), output.end(), '\n'));
    EXPECT_EQ(written + dropped, events);
    EXPECT_NE(output.find("\"i\":11999,"), std::string::npos);
}

}  // namespace
