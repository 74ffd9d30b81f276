#include "rules/walk.hpp"

#include <string>
#include <string_view>

#include "puente/v1/facts.pb.h"
#include "puente/v1/manifest.pb.h"

namespace puente::rules {

namespace {

constexpr std::size_t value_characters_max = 80;

std::string shortened(std::string_view text) {
    if (text.size() <= value_characters_max) return std::string{text};
    std::size_t end = value_characters_max;
    while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xc0) == 0x80) --end;  // not inside a character
    return std::string{text.substr(0, end)} + "…";
}

/// What a program gives here, for a person to read. A block of the manifest is not shown, nor is a list of them.
std::string shown(const cel::Program& program, Workspace& workspace) {
    const cel::Value value = program.run(workspace.activation, workspace.arena);
    if (value.kind() == cel::Kind::list && value.as_list().size() > 0 && value.as_list().at(0).kind() == cel::Kind::message) return {};
    switch (value.kind()) {
        case cel::Kind::string:
            return shortened(value.as_text());
        case cel::Kind::message:
        case cel::Kind::error:
        case cel::Kind::null:
            return {};
        default:
            return cel::to_text(value, value_characters_max);
    }
}

}  // namespace

Workspace& prepared(const manifest::Manifest& manifest, const v1::Facts& facts, const std::shared_ptr<const Rulebook>& rulebook,
                    std::chrono::sys_days day) {
    thread_local Workspace workspace;
    if (workspace.rulebook != rulebook) {
        const BoundLists& bound = rulebook->bound->lists;
        workspace.lists.clear();
        for (const ListRows& rows : bound.rows) workspace.lists.emplace_back(rows);
        workspace.activation.assign(first_list_slot + workspace.lists.size() + loops_max, cel::Value::null());
        for (std::size_t i = 0; i < workspace.lists.size(); ++i) workspace.activation[first_list_slot + i] = cel::Value::map(&workspace.lists[i]);
        workspace.rulebook = rulebook;
    }
    for (ListOnDay& list : workspace.lists) list.set_day(day);
    workspace.activation[manifest_slot] = cel::Value::message(&manifest.message());
    workspace.activation[facts_slot] = cel::Value::message(&facts);
    return workspace;
}

Finding finding_at(const Rule& rule, const Positions& positions, Workspace& workspace) {
    constexpr std::size_t digits_usual = 4;
    Finding finding{&rule, {}, {}, {}};
    std::size_t size = rule.pointer_loops.size() * digits_usual;
    for (const std::string& text : rule.pointer) size += text.size();
    finding.pointer.reserve(size);
    finding.pointer = rule.pointer[0];
    for (std::size_t i = 0; i < rule.pointer_loops.size(); ++i) {
        finding.pointer += std::to_string(positions[rule.pointer_loops[i]]);
        finding.pointer += rule.pointer[i + 1];
    }
    if (rule.value) finding.value = shown(*rule.value, workspace);
    finding.arguments.reserve(rule.placeholders.size());
    for (const cel::Program& placeholder : rule.placeholders) finding.arguments.push_back(shown(placeholder, workspace));
    return finding;
}

Reading as_written(const Rule& rule) {
    return {rule, rule.when ? &*rule.when : nullptr, &rule.assertion, rule.effective};
}

bool passes(const Reading& reading, const std::shared_ptr<const Rulebook>& rulebook, const manifest::Manifest& manifest, const v1::Facts& facts) {
    const std::chrono::sys_days day = manifest.arrival_day();
    if (!reading.effective.holds(day)) return true;
    Workspace& workspace = prepared(manifest, facts, rulebook, day);
    Positions positions{};
    return walk(
        reading.rule.loops, workspace,
        [&](const Positions&) {
            workspace.arena.reset();
            if (reading.when != nullptr) {
                const cel::Value applies = reading.when->run(workspace.activation, workspace.arena);
                if (!applies.is_true() && !applies.is_error()) return true;
            }
            return reading.assertion->run(workspace.activation, workspace.arena).is_true();
        },
        positions);
}

bool applies_somewhere(const Rule& rule, const std::shared_ptr<const Rulebook>& rulebook, const manifest::Manifest& manifest,
                       const v1::Facts& facts) {
    const std::chrono::sys_days day = manifest.arrival_day();
    if (!rule.effective.holds(day)) return false;
    Workspace& workspace = prepared(manifest, facts, rulebook, day);
    Positions positions{};
    return !walk(
        rule.loops, workspace,
        [&](const Positions&) {
            workspace.arena.reset();
            return rule.when && !rule.when->run(workspace.activation, workspace.arena).is_true();
        },
        positions);
}

}  // namespace puente::rules
