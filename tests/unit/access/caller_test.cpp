#include "puente/access/caller.hpp"

#include <gtest/gtest.h>

namespace {

using namespace puente::access;

constexpr Role roles[] = {Role::broker, Role::carrier, Role::officer, Role::author};
constexpr Scope scopes[] = {Scope::manifest_write,  Scope::manifest_read,   Scope::status_read,
                            Scope::inspection_read, Scope::inspection_work, Scope::rules_read, Scope::rules_write,
                            Scope::registry_read,   Scope::registry_write};

TEST(Role, is_written_and_read) {
    for (const Role role : roles) EXPECT_EQ(parse_role(to_text(role)), role);
    for (const char* text : {"", "Broker", "broker ", "admin"}) EXPECT_EQ(parse_role(text), std::nullopt) << text;
}

TEST(Scope, is_written_and_read) {
    for (const Scope scope : scopes) EXPECT_EQ(parse_scope(to_text(scope)), scope);
    EXPECT_EQ(to_text(Scope::inspection_work), "inspection:work");
    for (const char* text : {"", "manifest", "manifest:WRITE", "manifest:write ", "*"}) EXPECT_EQ(parse_scope(text), std::nullopt) << text;
}

struct PermissionCase {
    Role role;
    const char* scopes;
};

/// Every scope each role may hold, and by that every one it may not.
TEST(ScopesOf, gives_each_role_its_own) {
    const PermissionCase cases[] = {
        {Role::broker,  "manifest:write manifest:read status:read rules:read"                 },
        {Role::carrier, "manifest:read status:read rules:read"                                },
        {Role::officer, "manifest:read status:read inspection:read inspection:work rules:read registry:read registry:write"},
        {Role::author,  "rules:read rules:write"                                              },
    };
    for (const PermissionCase& one : cases) {
        Scopes held;
        for (const Scope scope : scopes_of(one.role)) held.add(scope);
        EXPECT_EQ(held.text(), one.scopes) << to_text(one.role);
    }
}

TEST(Scopes, are_a_set_whatever_the_order) {
    const std::optional<Scopes> parsed = Scopes::parse("rules:read manifest:write rules:read");
    ASSERT_TRUE(parsed);
    EXPECT_EQ(parsed->text(), "manifest:write rules:read");
    for (const Scope scope : scopes) EXPECT_EQ(parsed->has(scope), scope == Scope::manifest_write || scope == Scope::rules_read) << to_text(scope);
}

TEST(Scopes, may_be_none) {
    ASSERT_TRUE(Scopes::parse(""));
    EXPECT_TRUE(Scopes::parse("")->empty());
    EXPECT_EQ(Scopes{}.text(), "");
    EXPECT_FALSE(Scopes::parse("status:read")->empty());
}

TEST(Scopes, refuse_a_list_with_anything_unknown) {
    for (const char* text : {" ", "status:read ", " status:read", "status:read  rules:read", "status:read,rules:read", "status:read\trules:read",
                             "status:read admin", "STATUS:READ"}) {
        EXPECT_FALSE(Scopes::parse(text)) << '"' << text << '"';
    }
}

}  // namespace
