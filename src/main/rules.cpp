#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>

#include "main/commands.hpp"
#include "main/rule_workshop.hpp"
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
    CLI::App app{"Checks, tests or explains a folder of rules.", "puente rules"};
    app.require_subcommand(1);
    WorkshopWishes wishes;
    wishes.folder = shipped_folder("rules");
    wishes.samples = shipped_folder("tests/samples");
    const auto command = [&](const char* name, const char* purpose) {
        CLI::App* const made = app.add_subcommand(name, purpose);
        if (std::string_view{name} == "explain") {
            made->add_option("--rules", wishes.folder, "folder of rules")->capture_default_str();
        } else {
            made->add_option("folder", wishes.folder, "folder of rules")->capture_default_str();
        }
        return made;
    };
    const auto with_samples = [&](CLI::App* made) {
        made->add_option("--samples", wishes.samples, "folder of the samples that the examples name")->capture_default_str();
        return made;
    };
    command("check", "parse and type-check every rule, list every fault with file, line and column");
    CLI::App* const run_tests = with_samples(command("test", "check, then run every rule's own examples"));
    CLI::App* const vectors = with_samples(command("vectors", "write what each rule says of at least 40 changed samples, one JSON object a line"));
    vectors->add_option("--rule", wishes.rule, "only this rule");
    vectors->add_option("--out", wishes.out, "file to write to; by default standard output");
    CLI::App* const mutants =
        with_samples(command("mutants", "change each rule in one place after the other; list the changes that no vector notices"));
    mutants->add_option("--rule", wishes.rule, "only this rule");
    mutants->add_flag("--all", wishes.all, "also list those that are noticed, and those known to be equivalent");
    CLI::App* const explain = command("explain", "show place by place how a rule comes to its verdict on a manifest file");
    explain->add_option("rule", wishes.rule, "id of the rule")->required();
    explain->add_option("file", wishes.file, "manifest file, JSON")->required();
    explain->add_option("--received", wishes.received,
                        "when the manifest is taken to reach the gateway (RFC 3339); by default three hours before its arrival");
    explain->add_flag("--json", wishes.json, "one JSON object for each place instead of text");
    int exit_code = 0;
    if (!parsed(app, argc, argv, exit_code)) return exit_code;
    if (run_tests->parsed()) return test(wishes.folder, wishes.samples);
    if (vectors->parsed()) return write_vectors(wishes);
    if (mutants->parsed()) return list_mutants(wishes);
    if (explain->parsed()) return explain_rule(wishes);
    const auto snapshot = loaded(wishes.folder);
    if (snapshot) print_counts(*snapshot->rulebook);
    return snapshot ? 0 : 1;
}

}  // namespace puente::main
