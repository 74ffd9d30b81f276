#include "puente/rules/assess.hpp"

#include <algorithm>
#include <utility>

#include "rules/walk.hpp"

namespace puente::rules {

namespace {

/// Whether a rule holds at the place where the workspace stands. An error in `when` does not excuse the manifest, and an error in `assert` is no
/// proof: neither counts as holding.
bool holds_here(const Rule& rule, bool when_is_known, Workspace& workspace) {
    workspace.arena.reset();
    if (rule.when && !when_is_known) {
        const cel::Value applies = rule.when->run(workspace.activation, workspace.arena);
        if (!applies.is_true() && !applies.is_error()) return true;
    }
    return rule.assertion.run(workspace.activation, workspace.arena).is_true();
}

enum Gate : std::uint8_t { not_asked, open, shut, unclear };

Gate gate(std::uint32_t index, const Plan& plan, Workspace& workspace) {
    std::uint8_t& said = workspace.gates[index];
    if (said != not_asked) return static_cast<Gate>(said);
    workspace.arena.reset();
    const cel::Value value = plan.gates[index].run(workspace.activation, workspace.arena);
    said = value.is_error() ? unclear : value.is_true() ? open : shut;
    return static_cast<Gate>(said);
}

/// A step that applies somewhere, with what its gates say.
bool may_apply(const Plan::Step& step, const Plan& plan, std::chrono::sys_days day, Workspace& workspace) {
    if (!step.rule->effective.holds(day)) return false;
    return std::none_of(step.gates.begin(), step.gates.end(), [&](std::uint32_t index) { return gate(index, plan, workspace) == shut; });
}

bool when_is_known(const Plan::Step& step, const Workspace& workspace) {
    return step.gates_are_all &&
           std::all_of(step.gates.begin(), step.gates.end(), [&](std::uint32_t index) { return workspace.gates[index] == open; });
}

/// A finding with its rule's place among all rules.
struct Noted {
    std::uint32_t ordinal;
    Finding finding;
};

void judge_group(const Plan::Group& group, const Plan& plan, std::chrono::sys_days day, Workspace& workspace, std::vector<Noted>& noted) {
    workspace.live.clear();
    for (const Plan::Step& step : group.steps) {
        if (may_apply(step, plan, day, workspace)) workspace.live.push_back(&step);
    }
    if (workspace.live.empty()) return;
    Positions positions{};
    walk(
        *group.loops, workspace,
        [&](const Positions& here) {
            for (const Plan::Step* step : workspace.live) {
                if (!holds_here(*step->rule, when_is_known(*step, workspace), workspace))
                    noted.push_back({step->ordinal, finding_at(*step->rule, here, workspace)});
            }
            return true;
        },
        positions);
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
    const Plan& plan = *rulebook->plan;
    Workspace& workspace = prepared(manifest, facts, rulebook, day);
    workspace.gates.assign(plan.gates.size(), not_asked);
    std::vector<Noted> noted;
    for (const Plan::Group& group : plan.groups) judge_group(group, plan, day, workspace, noted);
    std::stable_sort(noted.begin(), noted.end(), [](const Noted& left, const Noted& right) { return left.ordinal < right.ordinal; });
    std::vector<Finding> findings;
    findings.reserve(noted.size());
    for (Noted& each : noted) findings.push_back(std::move(each.finding));
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
            if (!holds_here(rule, false, workspace)) findings.push_back(finding_at(rule, here, workspace));
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
