#include "rules/plan.hpp"

#include <algorithm>
#include <map>
#include <optional>
#include <string>
#include <utility>

#include "rules/bind.hpp"
#include "rules/expression.hpp"
#include "rules/rulebook.hpp"

namespace puente::rules {

namespace {

/// A part of `when` at its outermost &&.
struct Conjunct {
    std::string text;
    std::size_t depth;  ///< loops whose variables it needs
};

std::vector<Conjunct> conjuncts_of(const Rule& rule);

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
        conjuncts_.push_back(conjuncts_of(rule));
        for (const Conjunct& each : conjuncts_.back()) ++times_[key_of(rule, each)];
    }

    /// To be called in the order of count().
    void add(const Rule& rule) {
        const std::vector<Conjunct>& conjuncts = conjuncts_[ordinal_];
        Plan::Step step{&rule, ordinal_++, {}, {}, {}, rule.when ? &*rule.when : nullptr};
        std::string rest;
        for (const Conjunct& each : conjuncts) {
            const bool is_here = each.depth == rule.loops.size();
            const bool may_be_gate = !is_here || each.depth == 0 || times_[key_of(rule, each)] > 1;
            const std::optional<std::uint32_t> gate = may_be_gate ? gate_of(rule, each) : std::nullopt;
            if (gate) (each.depth == 0 ? step.whole : is_here ? step.here : step.outer).push_back(*gate);
            if (!gate) rest += (rest.empty() ? "" : " && ") + each.text;
        }
        const bool has_gates = !step.whole.empty() || !step.outer.empty() || !step.here.empty();
        if (has_gates) step.rest = rest.empty() ? nullptr : rest_of(rule, rest);
        walk_of(rule, rule.loops.size()).steps.push_back(std::move(step));
    }

    /// Numbers the gates walk by walk.
    std::shared_ptr<const Plan> finished() {
        std::vector<std::uint32_t> numbers(made_.size());
        number_gates(plan_->whole, numbers);
        rename_gates(plan_->whole, numbers);
        return plan_;
    }

private:
    /// A gate before it has its number.
    struct Made {
        cel::Program condition;
        std::uint32_t walk;
    };

    static std::string key_of(const Rule& rule, const Conjunct& conjunct) { return loops_text(rule, conjunct.depth) + "|" + conjunct.text; }

    std::optional<std::uint32_t> gate_of(const Rule& rule, const Conjunct& conjunct) {
        const std::string key = key_of(rule, conjunct);
        if (const auto known = gates_.find(key); known != gates_.end()) return known->second;
        cel::Compiled compiled = cel::compile(conjunct.text, scopes_.at(rule, conjunct.depth));
        if (!compiled.ok()) return std::nullopt;  // it needs a variable after all
        made_.push_back({std::move(compiled.program), walk_of(rule, conjunct.depth).number});
        return gates_.emplace(key, static_cast<std::uint32_t>(made_.size() - 1)).first->second;
    }

    /// What is left of `when` without its gates; all of it, should the rest not stand alone.
    const cel::Program* rest_of(const Rule& rule, const std::string& text) {
        cel::Compiled compiled = cel::compile(text, scopes_.at(rule, rule.loops.size()));
        if (!compiled.ok()) return &*rule.when;
        plan_->rests.push_back(std::make_unique<cel::Program>(std::move(compiled.program)));
        return plan_->rests.back().get();
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

    void number_gates(Plan::Walk& walk, std::vector<std::uint32_t>& numbers) {
        walk.first_gate = static_cast<std::uint32_t>(plan_->gates.size());
        for (std::size_t i = 0; i < made_.size(); ++i) {
            if (made_[i].walk != walk.number) continue;
            numbers[i] = static_cast<std::uint32_t>(plan_->gates.size());
            plan_->gates.push_back(std::move(made_[i].condition));
        }
        walk.end_gate = static_cast<std::uint32_t>(plan_->gates.size());
        for (Plan::Walk& inner : walk.within) number_gates(inner, numbers);
    }

    static void rename_gates(Plan::Walk& walk, const std::vector<std::uint32_t>& numbers) {
        for (Plan::Step& step : walk.steps) {
            for (Plan::Gates* gates : {&step.whole, &step.outer, &step.here}) {
                for (std::uint32_t& gate : *gates) gate = numbers[gate];
            }
        }
        for (Plan::Walk& inner : walk.within) rename_gates(inner, numbers);
    }

    Scopes scopes_;
    std::shared_ptr<Plan> plan_;
    std::vector<std::vector<Conjunct>> conjuncts_;  ///< by ordinal
    std::map<std::string, std::size_t> times_;      ///< how many rules set a condition
    std::vector<Made> made_;
    std::map<std::string, std::uint32_t> gates_;  ///< places in `made_`
    std::uint32_t ordinal_ = 0;
};

const cel::Environment& Scopes::at(const Rule& rule, std::size_t depth) {
    const std::string text = loops_text(rule, depth);
    if (const auto known = environments_.find(text); known != environments_.end()) return known->second;
    cel::Environment environment = make_environment(lists_);
    for (std::size_t i = 0; i < depth; ++i) environment.add_variable(rule.loops[i].variable, cel::element_of(*rule.loops[i].list.result_type()));
    return environments_.emplace(text, std::move(environment)).first->second;
}

void split_at_and(const Expression& expression, std::vector<const Expression*>& parts) {
    if (expression.form != Form::operation || expression.word != "&&") {
        parts.push_back(&expression);
        return;
    }
    for (const Expression& part : expression.parts) split_at_and(part, parts);
}

/// How many of the outermost loops are needed for every variable that an expression names.
std::size_t depth_of(const Expression& expression, const std::vector<Loop>& loops) {
    std::size_t depth = 0;
    for (std::size_t i = 0; i < loops.size(); ++i) {
        if (expression.form == Form::name && loops[i].variable == expression.word) depth = i + 1;
    }
    for (const Expression& part : expression.parts) depth = std::max(depth, depth_of(part, loops));
    return depth;
}

std::vector<Conjunct> conjuncts_of(const Rule& rule) {
    std::vector<Conjunct> conjuncts;
    const std::optional<Expression> expression = rule.when ? parse_expression(rule.when->text()) : std::nullopt;
    if (!expression) return conjuncts;
    std::vector<const Expression*> parts;
    split_at_and(*expression, parts);
    for (const Expression* part : parts) conjuncts.push_back({std::string{part->in(rule.when->text())}, depth_of(*part, rule.loops)});
    return conjuncts;
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
