#include "puente/clearance/rules_in_force.hpp"

#include <fmt/format.h>

#include <filesystem>
#include <fstream>
#include <iterator>

namespace puente::clearance {

namespace {

std::string described(const std::vector<rules::LoadFault>& faults) {
    std::string text;
    for (const rules::LoadFault& fault : faults) text += fmt::format("{}{}:{}:{}: {}", text.empty() ? "" : "\n", fault.file, fault.line, fault.column, fault.text);
    return text;
}

}  // namespace

Result<std::shared_ptr<const RulesSnapshot>> load_rules(const std::string& folder) {
    const std::vector<rules::SourceFile> files = rules::read_folder(folder);
    if (files.empty()) return Error{ErrorKind::not_found, fmt::format("there are no rules in '{}'; say where they are with --rules", folder)};
    rules::Loaded loaded = rules::load(files);
    if (!loaded.rulebook) return Error{ErrorKind::malformed, described(loaded.faults)};

    std::ifstream in{std::filesystem::path{folder} / "selection.yaml", std::ios::binary};
    if (!in) return Error{ErrorKind::not_found, fmt::format("'{}/selection.yaml' is missing", folder)};
    Result<selection::Policy> policy = selection::parse_policy({std::istreambuf_iterator<char>{in}, {}}, *loaded.rulebook);
    if (!policy) return policy.error();

    auto snapshot = std::make_shared<RulesSnapshot>();
    snapshot->policy = std::move(*policy);
    for (const rules::RuleSet& set : loaded.rulebook->sets) {
        snapshot->versions += fmt::format("{}\"{}\":\"{}\"", snapshot->versions.empty() ? "{" : ",", to_text(set.name), set.version);
    }
    snapshot->versions += "}";
    snapshot->rulebook = std::move(loaded.rulebook);
    return std::shared_ptr<const RulesSnapshot>{std::move(snapshot)};
}

}  // namespace puente::clearance
