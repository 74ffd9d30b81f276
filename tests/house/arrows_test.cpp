#include <gtest/gtest.h>

#include <map>
#include <regex>
#include <set>
#include <sstream>

#include "house/tree.hpp"

namespace puente::house {

namespace {

/// room -> the rooms it may look into.
using Rooms = std::map<std::string, std::set<std::string>>;

/// Reads src/ROOMS. A room may name only rooms above its line, so that there can be no circle.
Rooms read_rooms(const std::string& text, std::vector<std::string>& faults) {
    Rooms rooms;
    std::istringstream lines{text};
    for (std::string line; std::getline(lines, line);) {
        if (line.empty() || line.front() == '#') continue;
        const std::string room = line.substr(0, line.find(':'));
        std::set<std::string> seen;
        std::istringstream words{line.substr(line.find(':') + 1)};
        for (std::string word; words >> word;) {
            if (word == "everything") {
                for (const auto& [known, its] : rooms) seen.insert(known);
            } else if (rooms.count(word) == 0) {
                faults.push_back(room + " names " + word + ", which is no room above it");
            } else {
                seen.insert(word);
            }
        }
        rooms[room] = seen;
    }
    return rooms;
}

/// The room a file belongs to; empty: the hall.
std::string room_of(const std::string& path) {
    static const std::regex inside{"^(src|include/puente)/([a-z]+)/.*"};
    std::smatch match;
    return std::regex_match(path, match, inside) ? match[2].str() : std::string{};
}

std::vector<std::string> faults_of(const File& file, const Rooms& rooms) {
    static const std::regex include{"#include \"([^\"]+)\""};
    static const std::regex of_room{"^(?:puente/)?([a-z]+)/.*"};
    const std::string room = room_of(file.path);
    std::vector<std::string> faults;
    for (auto found = std::sregex_iterator{file.text.begin(), file.text.end(), include}; found != std::sregex_iterator{}; ++found) {
        const std::string named = (*found)[1].str();
        std::smatch match;
        if (named.starts_with("puente/v1/")) continue;       // generated from proto/
        if (named.find('/') == std::string::npos) continue;  // beside the file
        if (!std::regex_match(named, match, of_room)) {
            faults.push_back(file.path + " includes " + named + ", which is of no room");
            continue;
        }
        const std::string other = match[1].str();
        if (other == "puente") continue;  // the hall
        const bool is_private = !named.starts_with("puente/");
        if (rooms.count(other) == 0) {
            faults.push_back(file.path + " includes " + named + ": there is no such room in src/ROOMS");
        } else if (other != room && (room.empty() || rooms.at(room).count(other) == 0)) {
            faults.push_back(file.path + " includes " + named + ": " + (room.empty() ? "the hall" : room) + " may not look into " + other);
        } else if (other != room && is_private) {
            faults.push_back(file.path + " includes " + named + ", which is private to " + other);
        }
    }
    return faults;
}

}  // namespace

TEST(Arrows, point_down) {
    std::vector<std::string> faults;
    const Rooms rooms = read_rooms(text_of("src/ROOMS"), faults);
    for (const File& file : files({"src", "include"}, {".cpp", ".hpp"})) {
        for (const std::string& fault : faults_of(file, rooms)) faults.push_back(fault);
    }
    for (const std::string& fault : faults) ADD_FAILURE() << fault;
}

TEST(Arrows, are_known_for_every_room) {
    std::vector<std::string> faults;
    const Rooms rooms = read_rooms(text_of("src/ROOMS"), faults);
    for (const File& file : files({"src", "include"}, {".cpp", ".hpp"})) {
        const std::string room = room_of(file.path);
        EXPECT_TRUE(room.empty() || rooms.count(room) > 0) << file.path << " is in a room that src/ROOMS does not name";
    }
}

struct ArrowCase {
    const char* name;
    const char* path;
    const char* include;
    bool allowed;
};

class Arrow : public testing::TestWithParam<ArrowCase> {};

TEST_P(Arrow, is_judged_by_the_line_of_the_room) {
    std::vector<std::string> faults;
    const Rooms rooms = read_rooms("# comment\nlow:\nmiddle: low\nhigh: middle\nmain: everything\n", faults);
    ASSERT_TRUE(faults.empty());
    const File file{GetParam().path, std::string{"#include \""} + GetParam().include + "\"\n"};
    EXPECT_EQ(faults_of(file, rooms).empty(), GetParam().allowed);
}

INSTANTIATE_TEST_SUITE_P(Includes, Arrow,
                         testing::Values(ArrowCase{"own_private", "src/low/a.cpp", "low/b.hpp", true},
                                         ArrowCase{"own_door", "src/low/a.cpp", "puente/low/a.hpp", true},
                                         ArrowCase{"down", "src/middle/a.cpp", "puente/low/a.hpp", true},
                                         ArrowCase{"private_of_another", "src/middle/a.cpp", "low/b.hpp", false},
                                         ArrowCase{"up", "include/puente/low/a.hpp", "puente/middle/a.hpp", false},
                                         ArrowCase{"not_named", "src/high/a.cpp", "puente/low/a.hpp", false},
                                         ArrowCase{"main_sees_all", "src/main/a.cpp", "puente/low/a.hpp", true},
                                         ArrowCase{"hall", "src/low/a.cpp", "puente/uuid.hpp", true},
                                         ArrowCase{"hall_looks_up", "src/uuid.cpp", "puente/low/a.hpp", false},
                                         ArrowCase{"no_room", "src/low/a.cpp", "attic/a.hpp", false},
                                         ArrowCase{"beside_the_file", "src/low/a.cpp", "a.hpp", true},
                                         ArrowCase{"generated", "src/low/a.cpp", "puente/v1/facts.pb.h", true}),
                         [](const auto& each) { return std::string{each.param.name}; });

TEST(Arrows, cannot_run_in_a_circle) {
    std::vector<std::string> faults;
    read_rooms("low: high\nhigh: low\n", faults);
    EXPECT_EQ(faults.size(), 1u);
}

}  // namespace puente::house
