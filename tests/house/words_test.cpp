#include <gtest/gtest.h>

#include <regex>

#include "house/tree.hpp"

namespace puente::house {

namespace {

bool is_text(const std::string& path) {
    for (const char* ending : {".cpp", ".hpp", ".md", ".yaml", ".yml", ".sql", ".proto", ".cmake", ".txt", ".sh", ".json", ".csv", ".py", ".js"}) {
        if (path.ends_with(ending)) return true;
    }
    return path.find('.') == std::string::npos;  // scripts, ROOMS, Dockerfile
}

struct Unwanted {
    const char* what;
    std::regex pattern;
};

/// Put together from halves, so that this file does not find itself.
const std::vector<Unwanted>& unwanted() {
    static const std::vector<Unwanted> all{
        {"a reminder instead of work done", std::regex{"\\b(TO"
                                                       "DO|FIX"
                                                       "ME)\\b *[:(]"}},
        {"a folder of one machine",         std::regex{"(^|[\\s\"'=(`])/(wo"
                                               "rk|ho"
                                               "me|ro"
                                               "ot|Us"
                                               "ers)/[A-Za-z]"}               },
    };
    return all;
}

}  // namespace

TEST(Words, are_those_of_a_finished_house) {
    for (const std::string& path : paths()) {
        if (!is_text(path)) continue;
        const std::string text = text_of(path);
        for (const Unwanted& each : unwanted()) {
            std::smatch found;
            if (std::regex_search(text, found, each.pattern)) {
                ADD_FAILURE() << path << ":" << line_of(text, static_cast<std::size_t>(found.position())) << ": " << each.what << ": " << found.str();
            }
        }
    }
}

TEST(Words, are_recognised) {
    const auto any = [](const std::string& text) {
        for (const Unwanted& each : unwanted()) {
            if (std::regex_search(text, each.pattern)) return true;
        }
        return false;
    };
    EXPECT_TRUE(
        any("// TO"
            "DO: later"));
    EXPECT_TRUE(
        any("// FIX"
            "ME(me) later"));
    EXPECT_TRUE(
        any("open(\"/ho"
            "me/me/file\")"));
    EXPECT_FALSE(any("vehículo todo terreno"));
    EXPECT_FALSE(any("/usr/share/puente/rules"));
}

}  // namespace puente::house
