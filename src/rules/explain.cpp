#include "puente/rules/explain.hpp"

#include <utility>

#include "puente/v1/facts.pb.h"
#include "rules/walk.hpp"

namespace puente::rules {

namespace {

/// The verdict at one place. An error in `when` applies, an error in `assert` does not hold, as in an assessment.
Explanation explained(const Rule& rule, const Positions& positions, Workspace& workspace) {
    Explanation made{};
    for (std::size_t i = 0; i < rule.loops.size(); ++i) made.positions.push_back({rule.loops[i].variable, positions[i]});
    workspace.arena.reset();
    made.applies = true;
    if (rule.when) {
        const cel::Value applies = rule.when->explain(workspace.activation, workspace.arena, made.when);
        made.applies = applies.is_true() || applies.is_error();
    }
    made.holds = !made.applies || rule.assertion.explain(workspace.activation, workspace.arena, made.assertion).is_true();
    Finding finding = finding_at(rule, positions, workspace);
    made.message = {rule.message.en.fill(finding), rule.message.es.fill(finding)};
    made.pointer = std::move(finding.pointer);
    made.value = std::move(finding.value);
    return made;
}

}  // namespace

std::vector<Explanation> explain(const Rule& rule, const std::shared_ptr<const Rulebook>& rulebook, const manifest::Manifest& manifest,
                                 const v1::Facts& facts, std::size_t places_max) {
    return explain_as_of(rule, rulebook, manifest, facts, manifest.arrival_day(), places_max);
}

std::vector<Explanation> explain_as_of(const Rule& rule, const std::shared_ptr<const Rulebook>& rulebook, const manifest::Manifest& manifest,
                                       const v1::Facts& facts, std::chrono::sys_days day, std::size_t places_max) {
    std::vector<Explanation> told;
    Workspace& workspace = prepared(manifest, facts, rulebook, day);
    Positions positions{};
    walk(
        rule.loops, workspace,
        [&](const Positions& here) {
            if (told.size() >= places_max) return false;
            told.push_back(explained(rule, here, workspace));
            return true;
        },
        positions);
    return told;
}

}  // namespace puente::rules
