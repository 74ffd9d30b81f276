#include <gtest/gtest.h>

#include <filesystem>
#include <regex>
#include <set>

#include "house/tree.hpp"

namespace puente::house {

namespace {

std::set<std::string> all_matches(const std::string& text, const std::regex& pattern) {
    std::set<std::string> found;
    for (auto each = std::sregex_iterator{text.begin(), text.end(), pattern}; each != std::sregex_iterator{}; ++each) found.insert((*each)[1].str());
    return found;
}

std::set<std::string> domain_functions() {
    return all_matches(text_of("src/rules/domain_functions.cpp"), std::regex{"(?:TextFunction\\{|add_function\\()\"([A-Za-z0-9.]+)\""});
}

bool names(const std::string& text, const std::string& function) {
    return std::regex_search(text, std::regex{"`" + std::regex_replace(function, std::regex{"\\."}, "\\.") + "[(`]"});
}

}  // namespace

TEST(RuleAuthors, are_told_every_domain_function) {
    const std::string guide = text_of("docs/rule-authors.md");
    const std::set<std::string> registered = domain_functions();
    ASSERT_GT(registered.size(), 30u) << "the test does not recognise the table of functions any more";
    for (const std::string& function : registered) EXPECT_TRUE(names(guide, function)) << "docs/rule-authors.md does not name `" << function << "`";
}

TEST(RuleAuthors, are_told_of_no_function_that_is_not_there) {
    const std::set<std::string> registered = domain_functions();
    for (const std::string& named : all_matches(text_of("docs/rule-authors.md"), std::regex{"`([A-Za-z0-9]+\\.[A-Za-z]+)[(`]"})) {
        const bool is_file = named.ends_with(".yaml") || named.ends_with(".json");
        const bool is_value = named.starts_with("facts.") || named.starts_with("list.") || named.starts_with("manifest.");
        EXPECT_TRUE(is_file || is_value || registered.count(named) > 0) << "docs/rule-authors.md names `" << named << "`, which rules cannot call";
    }
}

TEST(Configuration, is_documented_option_by_option) {
    const std::string page = text_of("docs/configuration.md");
    const std::set<std::string> options = all_matches(text_of("src/main/settings.cpp"), std::regex{"app(?:, |[.][a-z_]+\\()\"(--[a-z-]+)\""});
    ASSERT_GT(options.size(), 20u) << "the test does not recognise the table of settings any more";
    for (const std::string& option : options)
        EXPECT_NE(page.find("`" + option + "`"), std::string::npos) << "docs/configuration.md does not name `" << option << "`";
}

TEST(Dependencies, are_explained_package_by_package) {
    const std::string page = text_of("docs/dependencies.md");
    for (const char* list : {"docker/packages-build.txt", "docker/packages-run.txt"}) {
        for (const std::string& package : all_matches(text_of(list), std::regex{"(?:^|\n)([a-z0-9][a-z0-9.+-]*)"})) {
            EXPECT_NE(page.find("`" + package + "`"), std::string::npos) << "docs/dependencies.md does not name `" << package << "`";
        }
    }
}

TEST(Docs, link_only_to_what_is_there) {
    namespace fs = std::filesystem;
    const std::regex link{"\\]\\(([^)#: ]+)(?:#[^)]*)?\\)"};
    for (const std::string& path : paths()) {
        if (!path.ends_with(".md")) continue;
        for (const std::string& target : all_matches(text_of(path), link)) {
            EXPECT_TRUE(fs::exists(fs::path{PUENTE_SOURCE_DIR} / fs::path{path}.parent_path() / target)) << path << " links to " << target;
        }
    }
}

}  // namespace puente::house
