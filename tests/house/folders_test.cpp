#include <gtest/gtest.h>

#include <set>

#include "house/tree.hpp"

namespace puente::house {

namespace {

std::set<std::string> folders() {
    std::set<std::string> found;
    for (const std::string& path : paths()) {
        for (std::size_t slash = path.find('/'); slash != std::string::npos; slash = path.find('/', slash + 1))
            found.insert(path.substr(0, slash + 1));
    }
    return found;
}

}  // namespace

TEST(Architecture, names_every_folder) {
    const std::string text = text_of("docs/architecture.md");
    for (const std::string& folder : folders())
        EXPECT_NE(text.find("`" + folder + "`"), std::string::npos) << "docs/architecture.md does not name `" << folder << "`";
}

TEST(Architecture, names_no_folder_that_is_not_there) {
    const std::string text = text_of("docs/architecture.md");
    const std::set<std::string> there = folders();
    for (std::size_t open = text.find('`'); open != std::string::npos;) {
        const std::size_t close = text.find('`', open + 1);
        ASSERT_NE(close, std::string::npos);
        const std::string named = text.substr(open + 1, close - open - 1);
        const bool is_folder = named.size() > 1 && named.back() == '/' && named.front() != '/' && named.find_first_of(" <\n") == std::string::npos;
        EXPECT_TRUE(!is_folder || there.count(named) > 0) << "docs/architecture.md names `" << named << "`, which is not there";
        open = text.find('`', close + 1);
    }
}

}  // namespace puente::house
