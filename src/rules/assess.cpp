#include "puente/rules/assess.hpp"

#include <algorithm>
#include <utility>

#include "puente/v1/facts.pb.h"
#include "puente/v1/manifest.pb.h"
#include "rules/rulebook.hpp"

namespace puente::rules {

namespace {

constexpr std::size_t loops_max = 4;
constexpr std::size_t value_characters_max = 80;

/// The working memory of one thread: kept from manifest to manifest, so that assessing allocates nothing but the findings.
struct Workspace {
    std::shared_ptr<const Rulebook> rulebook;  ///< the one that `lists` and `activation` were made for
    std::vector<ListOnDay> lists;
    std::vector<cel::Value> activation;
    cel::Arena loop_arena;
    cel::Arena arena;
};

/// Walks the rules over one manifest.
class Assessor {
public:
    Assessor(Workspace& workspace, std::vector<Finding>& findings) : workspace_{workspace}, findings_{findings} {}

    void apply(const Rule& rule) {
        rule_ = &rule;
        workspace_.loop_arena.reset();
        walk(0);
    }

private:
    void walk(std::size_t depth) {
        if (depth == rule_->loops.size()) return judge();
        const Loop& loop = rule_->loops[depth];
        const cel::Value list = loop.list.run(workspace_.activation, workspace_.loop_arena);
        if (list.kind() != cel::Kind::list) return;
        const std::size_t size = list.as_list().size();
        for (std::size_t i = 0; i < size; ++i) {
            workspace_.activation[loop.slot] = list.as_list().at(i);
            positions_[depth] = i;
            walk(depth + 1);
        }
    }

    /// An error in `when` does not excuse the manifest, and an error in `assert` is no proof: both lead to a finding.
    void judge() {
        workspace_.arena.reset();
        if (rule_->when) {
            const cel::Value applies = rule_->when->run(workspace_.activation, workspace_.arena);
            if (!applies.is_true() && !applies.is_error()) return;
        }
        if (rule_->assertion.run(workspace_.activation, workspace_.arena).is_true()) return;
        note();
    }

    void note() {
        Finding finding{rule_, rule_->pointer[0], {}, {}};
        for (std::size_t i = 0; i < rule_->pointer_loops.size(); ++i) {
            finding.pointer += std::to_string(positions_[rule_->pointer_loops[i]]);
            finding.pointer += rule_->pointer[i + 1];
        }
        if (rule_->value) finding.value = shown(*rule_->value);
        for (const cel::Program& placeholder : rule_->placeholders) finding.arguments.push_back(shown(placeholder));
        findings_.push_back(std::move(finding));
    }

    std::string shown(const cel::Program& program) {
        const cel::Value value = program.run(workspace_.activation, workspace_.arena);
        switch (value.kind()) {
            case cel::Kind::string: return shortened(value.as_text());
            case cel::Kind::message:
            case cel::Kind::error:
            case cel::Kind::null: return {};
            default: return cel::to_text(value, value_characters_max);
        }
    }

    static std::string shortened(std::string_view text) {
        if (text.size() <= value_characters_max) return std::string{text};
        std::size_t end = value_characters_max;
        while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xc0) == 0x80) --end;  // not inside a character
        return std::string{text.substr(0, end)} + "…";
    }

    Workspace& workspace_;
    std::vector<Finding>& findings_;
    const Rule* rule_ = nullptr;
    std::array<std::size_t, loops_max> positions_{};
};

Workspace& prepared(const manifest::Manifest& manifest, const v1::Facts& facts, const std::shared_ptr<const Rulebook>& rulebook, std::chrono::sys_days day) {
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
    Assessor assessor{prepared(manifest, facts, rulebook, day), findings};
    for (const RuleSet& set : rulebook->sets) {
        for (const Rule& rule : set.rules) {
            if (rule.effective.holds(day)) assessor.apply(rule);
        }
    }
    return Assessment{std::move(rulebook), std::move(findings)};
}

std::vector<Finding> apply(const Rule& rule, const std::shared_ptr<const Rulebook>& rulebook, const manifest::Manifest& manifest, const v1::Facts& facts) {
    std::vector<Finding> findings;
    Assessor{prepared(manifest, facts, rulebook, manifest.arrival_day()), findings}.apply(rule);
    return findings;
}

bool holds(const cel::Program& condition, const std::shared_ptr<const Rulebook>& rulebook, const manifest::Manifest& manifest, const v1::Facts& facts) {
    Workspace& workspace = prepared(manifest, facts, rulebook, manifest.arrival_day());
    workspace.arena.reset();
    return condition.run(workspace.activation, workspace.arena).is_true();
}

}  // namespace puente::rules
