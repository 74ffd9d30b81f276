#pragma once

#include <yaml-cpp/yaml.h>

#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "puente/rules/rule_set.hpp"
#include "rules/bind.hpp"

namespace puente::rules {

/// An environment with the loop variables of one `each` text, shared by all rules that say the same.
struct LoopScope {
    cel::Environment environment;
    std::vector<std::string> variables;
    std::vector<std::string> lists;  ///< the text of what each variable walks over
    std::vector<std::size_t> slots;
};

/// Turns the YAML of one file into rules, collecting every fault with its line and column.
class RuleReader {
public:
    RuleReader(const BoundLists& lists, std::vector<LoadFault>& faults) : lists_{lists}, faults_{faults} {}

    void read_file(const SourceFile& file, RuleSetName set, std::vector<Rule>& rules);

private:
    void read_rule(const YAML::Node& node, RuleSetName set, std::vector<Rule>& rules);
    LoopScope* read_scope(const YAML::Node& node);
    void read_loops(const YAML::Node& node, const LoopScope& scope, Rule& rule);
    void read_pointer(const YAML::Node& node, const LoopScope& scope, Rule& rule);
    void read_value(const YAML::Node& node, const LoopScope& scope, Rule& rule);
    void read_examples(const YAML::Node& node, const char* kind, bool passes, Rule& rule);
    BilingualTemplate read_template(const YAML::Node& node, const char* field, const LoopScope& scope, Rule& rule);
    Template split(const YAML::Node& node, const LoopScope& scope, Rule& rule);
    Bilingual read_bilingual(const YAML::Node& node, const char* field);
    std::string read_text(const YAML::Node& node, const char* field, bool required = true);
    bool read_flag(const YAML::Node& node);
    void check_fields(const YAML::Node& node, std::span<const std::string_view> known);
    Effective read_effective(const YAML::Node& node);
    std::optional<cel::Program> compile(const YAML::Node& at, const std::string& text, const LoopScope& scope, const char* must_be);
    void fault(const YAML::Node& at, std::string text);

    const BoundLists& lists_;
    std::vector<LoadFault>& faults_;
    std::map<std::string, std::unique_ptr<LoopScope>> scopes_;
    std::string file_;
};

/// A YAML node as JSON text: what an example's patch is handed over as.
std::string json_of(const YAML::Node& node);

/// Where the first alias (*name) of a YAML text stands, if there is one: a few of them can stand for billions of nodes. Throws what YAML does.
std::optional<YAML::Mark> first_alias(const std::string& text);

}  // namespace puente::rules
