#include "rules/judge.hpp"

#include <algorithm>
#include <span>
#include <utility>

namespace puente::rules {

namespace {

class Judge {
public:
    Judge(const Plan& plan, std::chrono::sys_days day, Workspace& workspace) : plan_{plan}, day_{day}, workspace_{workspace} {}

    std::vector<Finding> findings();

private:
    bool choose_groups(const Plan::Walk& walk);
    void walk(const Plan::Walk& walk, std::size_t depth);
    void stand_at(const Plan::Walk& walk, std::size_t depth, std::size_t first_live, std::size_t end_live);
    bool applies(const Plan::Step& step);
    bool is_shut(std::uint32_t gate);
    bool one_is_shut(std::span<const std::uint32_t> gates) {
        return std::any_of(gates.begin(), gates.end(), [this](std::uint32_t gate) { return is_shut(gate); });
    }
    std::span<const std::uint32_t> gates_of(const Plan::Step& step) const {
        return std::span{plan_.step_gates}.subspan(step.here.first, step.here.end - step.here.first);
    }
    cel::Value run(const cel::Program& program) {
        workspace_.arena.reset();
        return program.run(workspace_.activation, workspace_.arena);
    }

    const Plan& plan_;
    std::chrono::sys_days day_;
    Workspace& workspace_;
    Positions positions_{};
};

std::vector<Finding> Judge::findings() {
    workspace_.gates.assign(plan_.gates.size(), GateSays::not_asked);
    workspace_.walks.assign(plan_.walks, {});
    workspace_.groups.clear();
    workspace_.live.clear();
    choose_groups(plan_.whole);
    walk(plan_.whole, 0);
    std::vector<Noted>& noted = workspace_.noted;
    std::sort(noted.begin(), noted.end(), [](const Noted& left, const Noted& right) {
        return left.ordinal != right.ordinal ? left.ordinal < right.ordinal : left.sequence < right.sequence;
    });
    std::vector<Finding> findings;
    findings.reserve(noted.size());
    for (Noted& each : noted) findings.push_back(std::move(each.finding));
    noted.clear();
    return findings;
}

/// Finds the rules of a walk, and of those within, that are in force and not shut out for the whole manifest. False when there are none.
bool Judge::choose_groups(const Plan::Walk& walk) {
    GroupsOfWalk chosen{workspace_.groups.size(), 0, false};
    for (const Plan::Group& group : walk.groups) {
        if (group.effective.holds(day_) && !one_is_shut(group.whole)) workspace_.groups.push_back(&group);
    }
    chosen.end = workspace_.groups.size();
    chosen.worth_walking = chosen.first != chosen.end;
    for (const Plan::Walk& inner : walk.within) {
        if (choose_groups(inner)) chosen.worth_walking = true;
    }
    workspace_.walks[walk.number] = chosen;
    return chosen.worth_walking;
}

/// Goes to the places of one walk within the place where the workspace stands.
void Judge::walk(const Plan::Walk& walk, std::size_t depth) {
    const GroupsOfWalk& chosen = workspace_.walks[walk.number];
    if (!chosen.worth_walking) return;
    const std::size_t first = workspace_.live.size();
    for (std::size_t i = chosen.first; i < chosen.end; ++i) {
        const Plan::Group& group = *workspace_.groups[i];
        if (one_is_shut(group.outer)) continue;
        for (const Plan::Step& step : group.steps) workspace_.live.push_back(&step);
    }
    const std::size_t end = workspace_.live.size();
    if (first == end && walk.within.empty()) return;
    if (walk.loop == nullptr) {
        stand_at(walk, depth, first, end);
    } else {
        cel::Arena& arena = workspace_.loop_arenas[depth - 1];
        arena.reset();
        const cel::Value list = walk.loop->list.run(workspace_.activation, arena);
        const std::size_t size = list.kind() == cel::Kind::list ? list.as_list().size() : 0;
        for (std::size_t i = 0; i < size; ++i) {
            workspace_.activation[walk.loop->slot] = list.as_list().at(i);
            positions_[depth - 1] = i;
            stand_at(walk, depth, first, end);
        }
    }
    workspace_.live.resize(first);
}

/// Applies the live rules of a walk at one of its places, then the walks that begin there.
void Judge::stand_at(const Plan::Walk& walk, std::size_t depth, std::size_t first_live, std::size_t end_live) {
    const auto gates = workspace_.gates.begin();
    if (depth > 0) std::fill(gates + walk.first_gate, gates + walk.end_gate, GateSays::not_asked);
    for (std::size_t i = first_live; i < end_live; ++i) {
        const Plan::Step& step = *workspace_.live[i];
        if (i + 1 < end_live) workspace_.live[i + 1]->prefetch();
        if (!applies(step) || run(step.assertion).is_true()) continue;
        const auto sequence = static_cast<std::uint32_t>(workspace_.noted.size());
        workspace_.noted.push_back({step.ordinal, sequence, finding_at(*step.rule, positions_, workspace_)});
    }
    for (const Plan::Walk& inner : walk.within) this->walk(inner, depth + 1);
}

/// Whether a live rule applies at the place where the workspace stands: no part of `when` is false. An error in one does not excuse the manifest.
bool Judge::applies(const Plan::Step& step) {
    if (one_is_shut(gates_of(step))) return false;
    if (!step.rest) return true;
    const cel::Value rest = run(step.rest);
    return rest.is_true() || rest.is_error();
}

bool Judge::is_shut(std::uint32_t gate) {
    GateSays& says = workspace_.gates[gate];
    if (says == GateSays::not_asked) {
        const cel::Value value = run(plan_.gates[gate]);
        says = value.is_true() || value.is_error() ? GateSays::go_on : GateSays::nothing_here;
    }
    return says == GateSays::nothing_here;
}

}  // namespace

std::vector<Finding> judge(const Plan& plan, std::chrono::sys_days day, Workspace& workspace) {
    return Judge{plan, day, workspace}.findings();
}

}  // namespace puente::rules
