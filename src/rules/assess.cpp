#include "puente/rules/assess.hpp"

#include <algorithm>
#include <utility>

#include "rules/walk.hpp"

namespace puente::rules {

namespace {

/// Notes a finding at every place where the rule does not hold. An error in `when` does not excuse the manifest, and an error in `assert` is no
/// proof: both lead to a finding.
void judge(const Rule& rule, Workspace& workspace, std::vector<Finding>& findings) {
    Positions positions{};
    walk(
        rule, workspace,
        [&](const Positions& here) {
            workspace.arena.reset();
            if (rule.when) {
                const cel::Value applies = rule.when->run(workspace.activation, workspace.arena);
                if (!applies.is_true() && !applies.is_error()) return true;
            }
            if (!rule.assertion.run(workspace.activation, workspace.arena).is_true()) findings.push_back(finding_at(rule, here, workspace));
            return true;
        },
        positions);
}

}  // namespace

Assessment::Assessment(std::shared_ptr<const Rulebook> rulebook, std::vector<Finding> findings) : rulebook_{std::move(rulebook)}, findings_{std::move(findings)} {}

bool Assessment::rejects() const {
    return std::any_of(findings_.begin(), findings_.end(), [](const Finding& finding) { return finding.rule->severity == Severity::reject; });
}

Assessment assess(const manifest::Manifest& manifest, const v1::Facts& facts, std::shared_ptr<const Rulebook> rulebook) {
    return assess_as_of(manifest, facts, std::move(rulebook), manifest.arrival_day());
}

Assessment assess_as_of(const manifest::Manifest& manifest, const v1::Facts& facts, std::shared_ptr<const Rulebook> rulebook, std::chrono::sys_days day) {
    std::vector<Finding> findings;
    Workspace& workspace = prepared(manifest, facts, rulebook, day);
    for (const RuleSet& set : rulebook->sets) {
        for (const Rule& rule : set.rules) {
            if (rule.effective.holds(day)) judge(rule, workspace, findings);
        }
    }
    return Assessment{std::move(rulebook), std::move(findings)};
}

std::vector<Finding> apply(const Rule& rule, const std::shared_ptr<const Rulebook>& rulebook, const manifest::Manifest& manifest, const v1::Facts& facts) {
    std::vector<Finding> findings;
    judge(rule, prepared(manifest, facts, rulebook, manifest.arrival_day()), findings);
    return findings;
}

bool holds(const cel::Program& condition, const std::shared_ptr<const Rulebook>& rulebook, const manifest::Manifest& manifest, const v1::Facts& facts) {
    Workspace& workspace = prepared(manifest, facts, rulebook, manifest.arrival_day());
    workspace.arena.reset();
    return condition.run(workspace.activation, workspace.arena).is_true();
}

}  // namespace puente::rules
