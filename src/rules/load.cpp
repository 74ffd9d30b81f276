#include <fmt/format.h>

#include <map>
#include <set>
#include <utility>

#include "puente/crypto/digest.hpp"
#include "puente/rules/rule_set.hpp"
#include "rules/plan.hpp"
#include "rules/rule_reader.hpp"
#include "rules/rulebook.hpp"

namespace puente::rules {

namespace {

constexpr std::string_view codes_folder = "codes/";

std::shared_ptr<const codes::CodeLists> load_lists(const std::vector<SourceFile>& files, std::vector<LoadFault>& faults) {
    std::vector<std::pair<std::string, std::string>> texts;
    for (const SourceFile& file : files) {
        if (!file.name.starts_with(codes_folder) || !file.name.ends_with(".csv")) continue;
        const std::optional<std::string> name = codes::list_name(file.name.substr(codes_folder.size()));
        if (name) texts.emplace_back(*name, file.text);
        if (!name) faults.push_back({file.name, 1, 1, "the name of a code list is snake_case and ends in .csv"});
    }
    Result<codes::CodeLists> lists = codes::CodeLists::parse(std::move(texts));
    if (lists) return std::make_shared<const codes::CodeLists>(std::move(*lists));
    faults.push_back({"codes", 1, 1, lists.error().detail()});
    return nullptr;
}

void refuse_repeated_ids(const Rulebook& rulebook, std::vector<LoadFault>& faults) {
    std::map<std::string_view, const Rule*> seen;
    for (const RuleSet& set : rulebook.sets) {
        for (const Rule& rule : set.rules) {
            const auto [earlier, fresh] = seen.emplace(rule.id, &rule);
            if (!fresh) faults.push_back({rule.file, rule.line, 1, fmt::format("rule id {} stands already in {}:{}", rule.id, earlier->second->file, earlier->second->line)});
        }
    }
}

}  // namespace

const Rule* Rulebook::find(std::string_view id) const {
    for (const RuleSet& set : sets) {
        for (const Rule& rule : set.rules) {
            if (rule.id == id) return &rule;
        }
    }
    return nullptr;
}

std::size_t Rulebook::rule_count() const {
    std::size_t count = 0;
    for (const RuleSet& set : sets) count += set.rules.size();
    return count;
}

Loaded load(const std::vector<SourceFile>& files) {
    Loaded loaded;
    auto rulebook = std::make_shared<Rulebook>();
    rulebook->lists = load_lists(files, loaded.faults);
    if (rulebook->lists == nullptr) return loaded;
    rulebook->bound = std::make_shared<const Rulebook::Bound>(rulebook->lists);

    RuleReader reader{rulebook->bound->lists, loaded.faults};
    for (const RuleSetName name : {RuleSetName::shared, RuleSetName::cbp, RuleSetName::sat}) {
        RuleSet& set = rulebook->sets[static_cast<std::size_t>(name)];
        set.name = name;
        const std::string folder = fmt::format("{}/", to_text(name));
        std::string hashed = name == RuleSetName::shared ? rulebook->lists->digest_input() : std::string{};
        for (const SourceFile& file : files) {
            if (!file.name.starts_with(folder) || !file.name.ends_with(".yaml")) continue;
            reader.read_file(file, name, set.rules);
            hashed += fmt::format("\n{} {}\n{}", file.name, file.text.size(), file.text);
        }
        set.version = crypto::hex(crypto::sha256(hashed));
        if (set.rules.empty() && loaded.faults.empty()) loaded.faults.push_back({folder, 1, 1, "the rule set is empty"});
    }
    refuse_repeated_ids(*rulebook, loaded.faults);
    if (loaded.faults.empty()) {
        rulebook->plan = make_plan(*rulebook);
        loaded.rulebook = std::move(rulebook);
    }
    return loaded;
}

cel::Compiled compile_condition(std::string_view text, const Rulebook& rulebook) { return cel::compile(text, make_environment(rulebook.bound->lists)); }

}  // namespace puente::rules
