#include "rules/plan.hpp"

#include <algorithm>
#include <map>
#include <optional>
#include <string>
#include <utility>

#include "rules/bind.hpp"
#include "rules/conditions.hpp"
#include "rules/rulebook.hpp"

namespace puente::rules {

namespace {

/// The environments in which conditions of a walk are compiled, by the text of its loops.
class Scopes {
public:
    explicit Scopes(const BoundLists& lists) : lists_{lists} {}
    const cel::Environment& at(const Rule& rule, std::size_t depth);

private:
    const BoundLists& lists_;
    std::map<std::string, cel::Environment> environments_;
};

/// The text of a rule's outermost loops: what makes a walk the same as that of another rule.
std::string loops_text(const Rule& rule, std::size_t depth) {
    std::string text;
    for (std::size_t i = 0; i < depth; ++i) text += rule.loops[i].variable + " in " + rule.loops[i].list.text() + ",";
    return text;
}

class Planner {
public:
    explicit Planner(const BoundLists& lists) : scopes_{lists}, plan_{std::make_shared<Plan>()} {}

    /// Conditions are counted first: one that a single rule sets at its own places is no gate.
    void count(const Rule& rule) {
        conditions_.push_back(conditions_of(rule));
        for (const Condition& each : conditions_.back()) ++times_[key_of(rule, each)];
    }

    /// To be called in the order of count().
    void add(const Rule& rule) {
        const auto ordinal = static_cast<std::uint32_t>(drafts_.size());
        Draft draft{{rule.when.value_or(cel::Program{}), rule.assertion, {}, ordinal, &rule}, {}, {}, {}};
        std::string rest;
        bool is_split = false;
        for (const Condition& each : conditions_[ordinal]) {
            const bool is_here = each.depth == rule.loops.size();
            const bool may_be_gate = !is_here || (times_[key_of(rule, each)] > 1 && each.cause != Condition::Cause::assertion);
            const std::optional<std::uint32_t> gate = may_be_gate ? gate_of(rule, each) : std::nullopt;
            if (gate) (each.depth == 0 ? draft.whole : is_here ? draft.here : draft.outer).push_back(*gate);
            if (each.cause != Condition::Cause::when) continue;
            if (gate) is_split = true;
            if (!gate) rest += (rest.empty() ? "" : " && ") + each.text;
        }
        if (is_split) draft.step.rest = rest.empty() ? cel::Program{} : rest_of(rule, rest);
        walk_of(rule, rule.loops.size());
        drafts_.push_back(std::move(draft));
    }

    /// Numbers the gates walk by walk, and puts the steps into their groups.
    std::shared_ptr<const Plan> finished() {
        number_gates(plan_->whole);
        for (Draft& draft : drafts_) {
            for (Plan::Gates* gates : {&draft.whole, &draft.outer, &draft.here}) number(*gates);
            group_of(draft).steps.push_back(std::move(draft.step));
        }
        lay_step_gates(plan_->whole);
        return plan_;
    }

private:
    /// A gate before it has its number.
    struct Made {
        cel::Program condition;
        std::uint32_t walk;
        std::size_t rules;  ///< how many share it
        std::uint32_t number;
    };
    /// A step on the way to its group; its gates are places in `made_` at first, then numbers.
    struct Draft {
        Plan::Step step;
        Plan::Gates whole;
        Plan::Gates outer;
        Plan::Gates here;
    };

    static std::string key_of(const Rule& rule, const Condition& condition) { return loops_text(rule, condition.depth) + "|" + condition.text; }

    std::optional<std::uint32_t> gate_of(const Rule& rule, const Condition& condition) {
        const std::string key = key_of(rule, condition);
        if (const auto known = gates_.find(key); known != gates_.end()) return known->second;
        cel::Compiled compiled = cel::compile(condition.text, scopes_.at(rule, condition.depth));
        if (!compiled.ok()) return std::nullopt;  // it needs a variable after all
        made_.push_back({std::move(compiled.program), walk_of(rule, condition.depth).number, times_[key], 0});
        return gates_.emplace(key, static_cast<std::uint32_t>(made_.size() - 1)).first->second;
    }

    /// What is left of `when` without its gates; all of it, should the rest not stand alone.
    cel::Program rest_of(const Rule& rule, const std::string& text) {
        cel::Compiled compiled = cel::compile(text, scopes_.at(rule, rule.loops.size()));
        return compiled.ok() ? std::move(compiled.program) : *rule.when;
    }

    Plan::Walk& walk_of(const Rule& rule, std::size_t depth) {
        Plan::Walk* walk = &plan_->whole;
        for (std::size_t i = 0; i < depth; ++i) {
            const Loop& loop = rule.loops[i];
            std::vector<Plan::Walk>& within = walk->within;
            const auto same = [&](const Plan::Walk& other) {
                return other.loop->variable == loop.variable && other.loop->list.text() == loop.list.text();
            };
            auto found = std::find_if(within.begin(), within.end(), same);
            if (found == within.end()) found = within.insert(found, Plan::Walk{plan_->walks++, &loop});
            walk = &*found;
        }
        return *walk;
    }

    Plan::Group& group_of(const Draft& draft) {
        const Rule& rule = *draft.step.rule;
        std::vector<Plan::Group>& groups = walk_of(rule, rule.loops.size()).groups;
        const auto same = [&](const Plan::Group& other) {
            return other.effective == rule.effective && other.whole == draft.whole && other.outer == draft.outer;
        };
        const auto found = std::find_if(groups.begin(), groups.end(), same);
        return found != groups.end() ? *found : groups.emplace_back(Plan::Group{rule.effective, draft.whole, draft.outer});
    }

    void number_gates(Plan::Walk& walk) {
        walk.first_gate = static_cast<std::uint32_t>(plan_->gates.size());
        for (Made& made : made_) {
            if (made.walk != walk.number) continue;
            made.number = static_cast<std::uint32_t>(plan_->gates.size());
            plan_->gates.push_back(std::move(made.condition));
        }
        walk.end_gate = static_cast<std::uint32_t>(plan_->gates.size());
        for (Plan::Walk& inner : walk.within) number_gates(inner);
    }

    /// Gives the gates their numbers. The most shared come first: they are the likeliest to have been asked already.
    void number(Plan::Gates& gates) const {
        std::sort(gates.begin(), gates.end());
        gates.erase(std::unique(gates.begin(), gates.end()), gates.end());
        std::stable_sort(gates.begin(), gates.end(), [&](std::uint32_t left, std::uint32_t right) { return made_[left].rules > made_[right].rules; });
        for (std::uint32_t& gate : gates) gate = made_[gate].number;
    }

    void lay_step_gates(Plan::Walk& walk) {
        for (Plan::Group& group : walk.groups) {
            for (Plan::Step& step : group.steps) {
                const Plan::Gates& gates = drafts_[step.ordinal].here;
                step.here.first = static_cast<std::uint32_t>(plan_->step_gates.size());
                plan_->step_gates.insert(plan_->step_gates.end(), gates.begin(), gates.end());
                step.here.end = static_cast<std::uint32_t>(plan_->step_gates.size());
            }
        }
        for (Plan::Walk& inner : walk.within) lay_step_gates(inner);
    }

    Scopes scopes_;
    std::shared_ptr<Plan> plan_;
    std::vector<std::vector<Condition>> conditions_;  ///< by ordinal
    std::map<std::string, std::size_t> times_;        ///< how many rules set a condition
    std::vector<Made> made_;
    std::map<std::string, std::uint32_t> gates_;  ///< places in `made_`
    std::vector<Draft> drafts_;                   ///< by ordinal
};

const cel::Environment& Scopes::at(const Rule& rule, std::size_t depth) {
    const std::string text = loops_text(rule, depth);
    if (const auto known = environments_.find(text); known != environments_.end()) return known->second;
    cel::Environment environment = make_environment(lists_);
    for (std::size_t i = 0; i < depth; ++i) environment.add_variable(rule.loops[i].variable, cel::element_of(*rule.loops[i].list.result_type()));
    return environments_.emplace(text, std::move(environment)).first->second;
}

}  // namespace

std::shared_ptr<const Plan> make_plan(const Rulebook& rulebook) {
    Planner planner{rulebook.bound->lists};
    for (const RuleSet& set : rulebook.sets) {
        for (const Rule& rule : set.rules) planner.count(rule);
    }
    for (const RuleSet& set : rulebook.sets) {
        for (const Rule& rule : set.rules) planner.add(rule);
    }
    return planner.finished();
}

}  // namespace puente::rules
