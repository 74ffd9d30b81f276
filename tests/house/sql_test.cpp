#include <gtest/gtest.h>

#include <regex>

#include "house/tree.hpp"

namespace puente::house {

namespace {

/// Beginnings of statements, as they are written here: in capitals.
bool says_sql(const std::string& literal) {
    static const std::regex statement{
        "\\b(SELECT [^a-z]*[a-z*1(]|INSERT INTO |UPDATE [a-z._]+ |DELETE FROM |CREATE (TABLE|ROLE|INDEX|FUNCTION|POLICY) |ALTER TABLE |DROP TABLE "
        "|SET ROLE|SET LOCAL|LISTEN [a-z]|NOTIFY "
        "[a-z]|GRANT [A-Z])"};
    return std::regex_search(literal, statement);
}

}  // namespace

TEST(Sql, is_said_in_the_store_only) {
    for (const File& file : files({"src", "include"}, {".cpp", ".hpp"})) {
        if (file.path.starts_with("src/store/")) continue;
        for (const std::string& literal : literals(file.text)) EXPECT_FALSE(says_sql(literal)) << file.path << " says SQL: " << literal;
    }
}

TEST(Sql, is_said_in_the_store) {
    bool found = false;
    for (const File& file : files({"src/store"}, {".cpp"})) {
        for (const std::string& literal : literals(file.text)) found = found || says_sql(literal);
    }
    EXPECT_TRUE(found) << "the test does not recognise SQL any more";
}

TEST(Sql, is_recognised) {
    for (const char* statement : {"SELECT 1", "SELECT status FROM puente.manifest", "INSERT INTO puente.event", "UPDATE puente.manifest SET",
                                  "SET ROLE x", "LISTEN manifest_changed"}) {
        EXPECT_TRUE(says_sql(statement)) << statement;
    }
    for (const char* text : {"selected for inspection", "The load has been selected", "UPDATE", "Select a port", "NOTIFY"})
        EXPECT_FALSE(says_sql(text)) << text;
}

}  // namespace puente::house
