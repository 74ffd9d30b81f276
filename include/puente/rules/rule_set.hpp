#pragma once

#include <array>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "puente/codes/code_lists.hpp"
#include "puente/rules/rule.hpp"

namespace puente::rules {

/// A file of a rule set or a code list, read by the caller: rules never open files themselves.
struct SourceFile {
    std::string name;  ///< "cbp/entry.yaml"
    std::string text;
};

/// Where a rule file is wrong.
struct LoadFault {
    std::string file;
    std::size_t line;
    std::size_t column;
    std::string text;  ///< what was expected
};

/// The rules of one agency in one version. Immutable.
struct RuleSet {
    RuleSetName name;
    std::string version;  ///< SHA-256 over its files, hexadecimal; the code lists count among those of `shared`
    std::vector<Rule> rules;
};

struct Plan;

/// The rule sets in force with the code lists they read. Immutable; shared by every request that began under it.
struct Rulebook {
    std::shared_ptr<const codes::CodeLists> lists;
    std::array<RuleSet, rule_set_count> sets;
    const RuleSet& set(RuleSetName name) const { return sets[static_cast<std::size_t>(name)]; }
    const Rule* find(std::string_view id) const;
    std::size_t rule_count() const;

    struct Bound;  ///< variables, functions and lists as bound for evaluation
    std::shared_ptr<const Bound> bound;
    std::shared_ptr<const Plan> plan;  ///< in which order the rules are applied
};

struct Loaded {
    std::shared_ptr<const Rulebook> rulebook;  ///< null when there are faults
    std::vector<LoadFault> faults;
};

/// Parses, checks and binds all rules. Files are named "<set>/<topic>.yaml" and "codes/<list>.csv". All faults come back at once, with file,
/// line and column.
Loaded load(const std::vector<SourceFile>& files);

/// A condition over `manifest`, `facts` and the code lists of a rulebook, such as the weights of a selection policy are.
cel::Compiled compile_condition(std::string_view text, const Rulebook& rulebook);

/// Reads the folder rules/ from disk for load(); an empty answer means that it is not there. The only function of this room that opens files.
std::vector<SourceFile> read_folder(const std::string& folder);

}  // namespace puente::rules
