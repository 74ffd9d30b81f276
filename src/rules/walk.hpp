#pragma once

#include <array>
#include <chrono>
#include <memory>
#include <vector>

#include "puente/manifest/manifest.hpp"
#include "puente/rules/rule_set.hpp"
#include "rules/plan.hpp"
#include "rules/rulebook.hpp"

namespace puente::rules {

inline constexpr std::size_t loops_max = 4;
/// The positions of a rule's loop variables at one place.
using Positions = std::array<std::size_t, loops_max>;

/// What a gate of the plan says at the place where the workspace stands.
enum class GateSays : std::uint8_t { not_asked, go_on, nothing_here };

/// The groups of a walk whose rules may apply somewhere in the manifest, as a part of Workspace::groups.
struct GroupsOfWalk {
    std::size_t first = 0;
    std::size_t end = 0;
    bool worth_walking = false;  ///< there are some, or a walk within has some
};

/// A finding with its rule's place among all rules, and its own among all findings as they were made.
struct Noted {
    std::uint32_t ordinal;
    std::uint32_t sequence;
    Finding finding;
};

/// The working memory of one thread: kept from manifest to manifest, so that assessing allocates nothing but the findings.
struct Workspace {
    std::shared_ptr<const Rulebook> rulebook;  ///< the one that `lists` and `activation` were made for
    std::vector<ListOnDay> lists;
    std::vector<cel::Value> activation;
    std::array<cel::Arena, loops_max> loop_arenas;  ///< by depth: the list that is being walked over there
    cel::Arena arena;
    std::vector<GateSays> gates;  ///< by number
    std::vector<const Plan::Group*> groups;
    std::vector<GroupsOfWalk> walks;       ///< by number
    std::vector<const Plan::Step*> live;   ///< the steps of the walks under way that may apply within the place around
    std::vector<Noted> noted;
};

/// The workspace of this thread, with the manifest, its facts and the lists of the day in their slots.
Workspace& prepared(const manifest::Manifest& manifest, const v1::Facts& facts, const std::shared_ptr<const Rulebook>& rulebook,
                    std::chrono::sys_days day);

/// Goes to every place of some loops with the loop variables set and calls `visit(positions)` there, until that gives false.
template <class Visit>
bool walk(const std::vector<Loop>& loops, Workspace& workspace, Visit&& visit, Positions& positions, std::size_t depth = 0) {
    if (depth == loops.size()) return visit(positions);
    const Loop& loop = loops[depth];
    workspace.loop_arenas[depth].reset();
    const cel::Value list = loop.list.run(workspace.activation, workspace.loop_arenas[depth]);
    if (list.kind() != cel::Kind::list) return true;
    const std::size_t size = list.as_list().size();
    for (std::size_t i = 0; i < size; ++i) {
        workspace.activation[loop.slot] = list.as_list().at(i);
        positions[depth] = i;
        if (!walk(loops, workspace, visit, positions, depth + 1)) return false;
    }
    return true;
}

/// The finding of a rule at the place that the workspace stands at.
Finding finding_at(const Rule& rule, const Positions& positions, Workspace& workspace);

/// A rule with its conditions as they are, or changed: what a verdict is given by. A null `when` always applies.
struct Reading {
    const Rule& rule;
    const cel::Program* when;
    const cel::Program* assertion;
    const Effective& effective;
};

Reading as_written(const Rule& rule);

/// Whether a rule so read has nothing against the manifest on its day of arrival.
bool passes(const Reading& reading, const std::shared_ptr<const Rulebook>& rulebook, const manifest::Manifest& manifest, const v1::Facts& facts);

/// Whether the rule looks at any place of the manifest at all.
bool applies_somewhere(const Rule& rule, const std::shared_ptr<const Rulebook>& rulebook, const manifest::Manifest& manifest, const v1::Facts& facts);

}  // namespace puente::rules
