#include "puente/rules/assess.hpp"

#include <algorithm>
#include <utility>

#include "rules/judge.hpp"

namespace puente::rules {

namespace {

/// Whether a rule holds at the place where the workspace stands. An error in `when` does not excuse the manifest, and an error in `assert` is no
/// proof: neither counts as holding.
bool holds_here(const Rule& rule, Workspace& workspace) {
    workspace.arena.reset();
    if (rule.when) {
        const cel::Value applies = rule.when->run(workspace.activation, workspace.arena);
        if (!applies.is_true() && !applies.is_error()) return true;
    }
    return rule.assertion.run(workspace.activation, workspace.arena).is_true();
}

}  // namespace

Assessment::Assessment(std::shared_ptr<const Rulebook> rulebook, std::vector<Finding> findings)
    : rulebook_{std::move(rulebook)}, findings_{std::move(findings)} {}

bool Assessment::rejects() const {
    return std::any_of(findings_.begin(), findings_.end(), [](const Finding& finding) { return finding.rule->severity == Severity::reject; });
}

Assessment assess(const manifest::Manifest& manifest, const v1::Facts& facts, std::shared_ptr<const Rulebook> rulebook) {
    return assess_as_of(manifest, facts, std::move(rulebook), manifest.arrival_day());
}

Assessment assess_as_of(const manifest::Manifest& manifest, const v1::Facts& facts, std::shared_ptr<const Rulebook> rulebook,
                        std::chrono::sys_days day) {
    Workspace& workspace = prepared(manifest, facts, rulebook, day);
    std::vector<Finding> findings = judge(*rulebook->plan, day, workspace);
    return Assessment{std::move(rulebook), std::move(findings)};
}

std::vector<Finding> apply(const Rule& rule, const std::shared_ptr<const Rulebook>& rulebook, const manifest::Manifest& manifest,
                           const v1::Facts& facts) {
    std::vector<Finding> findings;
    Workspace& workspace = prepared(manifest, facts, rulebook, manifest.arrival_day());
    Positions positions{};
    walk(
        rule.loops, workspace,
        [&](const Positions& here) {
            if (!holds_here(rule, workspace)) findings.push_back(finding_at(rule, here, workspace));
            return true;
        },
        positions);
    return findings;
}

bool holds(const cel::Program& condition, const std::shared_ptr<const Rulebook>& rulebook, const manifest::Manifest& manifest,
           const v1::Facts& facts) {
    Workspace& workspace = prepared(manifest, facts, rulebook, manifest.arrival_day());
    workspace.arena.reset();
    return condition.run(workspace.activation, workspace.arena).is_true();
}

}  // namespace puente::rules
