#include "puente/clearance/rules_in_force.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>

namespace puente::clearance {

namespace {

rules::RuleSetName set_of_file(const std::string& name) {
    if (name.starts_with("cbp/")) return rules::RuleSetName::cbp;
    return name.starts_with("sat/") ? rules::RuleSetName::sat : rules::RuleSetName::shared;
}

/// All files in one order, so that the same files give the same version wherever they come from.
std::vector<rules::SourceFile> together(const RuleSources& sources) {
    std::vector<rules::SourceFile> files;
    for (const std::vector<rules::SourceFile>& set : sources.sets) files.insert(files.end(), set.begin(), set.end());
    std::sort(files.begin(), files.end(), [](const auto& left, const auto& right) { return left.name < right.name; });
    return files;
}

std::string versions_of(const rules::Rulebook& rulebook) {
    std::string versions;
    for (const rules::RuleSet& set : rulebook.sets)
        versions += fmt::format("{}\"{}\":\"{}\"", versions.empty() ? "{" : ",", to_text(set.name), set.version);
    return versions + "}";
}

MadeRules made(RuleSources sources, ActivationOfSet activations) {
    rules::Loaded loaded = rules::load(together(sources));
    if (!loaded.rulebook) return {nullptr, std::move(loaded.faults)};
    Result<selection::Policy> policy = selection::parse_policy(sources.selection, *loaded.rulebook);
    if (!policy) return {nullptr, {{"selection.yaml", 1, 1, policy.error().detail()}}};
    const Result<inspection::HeadStarts> head_starts = sources.queue.empty() ? inspection::HeadStarts{} : inspection::parse_head_starts(sources.queue);
    if (!head_starts) return {nullptr, {{"queue.yaml", 1, 1, head_starts.error().detail()}}};
    auto snapshot = std::make_shared<RulesSnapshot>();
    snapshot->head_starts = *head_starts;
    snapshot->policy = std::move(*policy);
    snapshot->versions = versions_of(*loaded.rulebook);
    snapshot->rulebook = std::move(loaded.rulebook);
    snapshot->sources = std::move(sources);
    snapshot->activations = std::move(activations);
    return {std::move(snapshot), {}};
}

}  // namespace

MadeRules make_rules(RuleSources sources, ActivationOfSet activations) {
    try {
        return made(std::move(sources), std::move(activations));
    } catch (const std::exception& error) {
        return {nullptr, {{"rules", 1, 1, fmt::format("cannot be read: {}", error.what())}}};
    }
}

std::string described(const std::vector<rules::LoadFault>& faults) {
    std::string text;
    for (const rules::LoadFault& fault : faults)
        text += fmt::format("{}{}:{}:{}: {}", text.empty() ? "" : "\n", fault.file, fault.line, fault.column, fault.text);
    return text;
}

Result<RuleSources> read_rules(const std::string& folder) {
    RuleSources sources;
    std::vector<rules::SourceFile> files = rules::read_folder(folder);
    if (files.empty()) return Error{ErrorKind::not_found, fmt::format("there are no rules in '{}'; say where they are with --rules", folder)};
    for (rules::SourceFile& file : files) sources.files(set_of_file(file.name)).push_back(std::move(file));
    std::ifstream in{std::filesystem::path{folder} / "selection.yaml", std::ios::binary};
    if (!in) return Error{ErrorKind::not_found, fmt::format("'{}/selection.yaml' is missing", folder)};
    sources.selection.assign(std::istreambuf_iterator<char>{in}, {});
    std::ifstream queue{std::filesystem::path{folder} / "queue.yaml", std::ios::binary};
    sources.queue.assign(std::istreambuf_iterator<char>{queue}, {});
    return sources;
}

Result<std::shared_ptr<const RulesSnapshot>> load_rules(const std::string& folder) {
    Result<RuleSources> sources = read_rules(folder);
    if (!sources) return sources.error();
    MadeRules rules = make_rules(std::move(*sources));
    if (!rules.snapshot) return Error{ErrorKind::malformed, described(rules.faults)};
    return rules.snapshot;
}

}  // namespace puente::clearance
