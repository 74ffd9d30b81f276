#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>

#include "main/commands.hpp"
#include "puente/clearance/rules_in_force.hpp"
#include "puente/rules/examples.hpp"

namespace puente::main {

namespace {

std::shared_ptr<const clearance::RulesSnapshot> loaded(const std::string& folder) {
    const auto rules = clearance::load_rules(folder);
    if (rules) return *rules;
    std::cerr << rules.error().detail() << "\n";
    return nullptr;
}

void print_counts(const rules::Rulebook& rulebook) {
    for (const rules::RuleSet& set : rulebook.sets) {
        std::cout << fmt::format("{:<7} {:>4} rules  {}\n", to_text(set.name), set.rules.size(), set.version);
    }
    std::cout << fmt::format("{:<7} {:>4} lists\n", "codes", rulebook.lists->size());
}

rules::Samples samples_of(const std::string& folder) {
    return [folder](const std::string& name) -> std::optional<std::string> {
        std::ifstream in{std::filesystem::path{folder} / (name + ".json"), std::ios::binary};
        if (!in) return std::nullopt;
        return std::string{std::istreambuf_iterator<char>{in}, {}};
    };
}

int test(const std::string& folder, const std::string& samples) {
    const auto snapshot = loaded(folder);
    if (!snapshot) return 1;
    std::size_t count = 0;
    for (const rules::RuleSet& set : snapshot->rulebook->sets) {
        for (const rules::Rule& rule : set.rules) count += rule.examples.size();
    }
    const std::vector<rules::ExampleFault> faults = rules::run_examples(snapshot->rulebook, samples_of(samples));
    for (const rules::ExampleFault& fault : faults) {
        std::cerr << fmt::format("{}:{}: {} on {}: {}\n", fault.rule->file, fault.example->line, fault.rule->id, fault.example->sample, fault.text);
    }
    print_counts(*snapshot->rulebook);
    std::cout << fmt::format("{} examples behave, {} do not\n", count - faults.size(), faults.size());
    return faults.empty() ? 0 : 1;
}

}  // namespace

int rules(int argc, const char* const* argv) {
    CLI::App app{"Checks or tests a folder of rules.", "puente rules"};
    app.require_subcommand(1);
    std::string folder = shipped_folder("rules");
    std::string samples = shipped_folder("tests/samples");
    CLI::App* check = app.add_subcommand("check", "parse and type-check every rule, list every fault with file, line and column");
    check->add_option("folder", folder, "folder of rules")->capture_default_str();
    CLI::App* run_tests = app.add_subcommand("test", "check, then run every rule's own examples");
    run_tests->add_option("folder", folder, "folder of rules")->capture_default_str();
    run_tests->add_option("--samples", samples, "folder of the samples that the examples name")->capture_default_str();
    int exit_code = 0;
    if (!parsed(app, argc, argv, exit_code)) return exit_code;
    if (run_tests->parsed()) return test(folder, samples);
    const auto snapshot = loaded(folder);
    if (snapshot) print_counts(*snapshot->rulebook);
    return snapshot ? 0 : 1;
}

}  // namespace puente::main
