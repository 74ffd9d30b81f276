#include "puente/access/caller.hpp"

#include <array>
#include <utility>

namespace puente::access {

namespace {

constexpr std::array<std::pair<Role, std::string_view>, 4> roles{
    {
     {Role::broker, "broker"},
     {Role::carrier, "carrier"},
     {Role::officer, "officer"},
     {Role::author, "author"},
     }
};

constexpr std::array<std::pair<Scope, std::string_view>, 9> scopes{
    {
     {Scope::manifest_write, "manifest:write"},
     {Scope::manifest_read, "manifest:read"},
     {Scope::status_read, "status:read"},
     {Scope::inspection_read, "inspection:read"},
     {Scope::inspection_work, "inspection:work"},
     {Scope::rules_read, "rules:read"},
     {Scope::rules_write, "rules:write"},
     {Scope::registry_read, "registry:read"},
     {Scope::registry_write, "registry:write"},
     }
};

template <class Table, class Value>
std::string_view text_in(const Table& table, Value value) {
    for (const auto& [known, text] : table) {
        if (known == value) return text;
    }
    return {};
}

template <class Value, std::size_t count>
std::optional<Value> value_in(const std::array<std::pair<Value, std::string_view>, count>& table, std::string_view text) {
    for (const auto& [value, known] : table) {
        if (known == text) return value;
    }
    return std::nullopt;
}

}  // namespace

std::string_view to_text(Role role) {
    return text_in(roles, role);
}

std::optional<Role> parse_role(std::string_view text) {
    return value_in(roles, text);
}

std::string_view to_text(Scope scope) {
    return text_in(scopes, scope);
}

std::optional<Scope> parse_scope(std::string_view text) {
    return value_in(scopes, text);
}

const std::vector<Scope>& scopes_of(Role role) {
    using enum Scope;
    static const std::vector<Scope> broker{manifest_write, manifest_read, status_read, rules_read};
    static const std::vector<Scope> carrier{manifest_read, status_read, rules_read};
    static const std::vector<Scope> officer{manifest_read, status_read, inspection_read, inspection_work, rules_read, registry_read, registry_write};
    static const std::vector<Scope> author{rules_read, rules_write};
    switch (role) {
        case Role::broker:
            return broker;
        case Role::carrier:
            return carrier;
        case Role::officer:
            return officer;
        case Role::author:
            return author;
    }
    static const std::vector<Scope> none;
    return none;
}

std::string Scopes::text() const {
    std::string joined;
    for (const auto& [scope, name] : scopes) {
        if (!has(scope)) continue;
        if (!joined.empty()) joined += ' ';
        joined += name;
    }
    return joined;
}

std::optional<Scopes> Scopes::parse(std::string_view text) {
    Scopes parsed;
    while (!text.empty()) {
        const std::size_t end = text.find(' ');
        const std::optional<Scope> scope = parse_scope(text.substr(0, end));
        if (!scope) return std::nullopt;
        parsed.add(*scope);
        if (end == std::string_view::npos) return parsed;
        text.remove_prefix(end + 1);
        if (text.empty()) return std::nullopt;  // a space at the end
    }
    return parsed;
}

}  // namespace puente::access
