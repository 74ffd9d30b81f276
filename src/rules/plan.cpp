#include "rules/plan.hpp"

#include <algorithm>
#include <map>
#include <string>
#include <utility>

#include "rules/bind.hpp"
#include "rules/expression.hpp"
#include "rules/rulebook.hpp"

namespace puente::rules {

namespace {

/// Cuts a condition at its outermost &&.
void split_at_and(const Expression& expression, std::string_view source, std::vector<const Expression*>& conjuncts) {
    if (expression.form != Form::operation || expression.word != "&&") {
        conjuncts.push_back(&expression);
        return;
    }
    for (const Expression& part : expression.parts) split_at_and(part, source, conjuncts);
}

bool names_a_loop_variable(const Expression& expression, const std::vector<Loop>& loops) {
    const bool itself =
        expression.form == Form::name && std::any_of(loops.begin(), loops.end(), [&](const Loop& loop) { return loop.variable == expression.word; });
    return itself || std::any_of(expression.parts.begin(), expression.parts.end(), [&](const Expression& part) { return names_a_loop_variable(part, loops); });
}

class Planner {
public:
    explicit Planner(const Rulebook& rulebook) : environment_{make_environment(rulebook.bound->lists)}, plan_{std::make_shared<Plan>()} {}

    void add(const Rule& rule) {
        Plan::Step step{&rule, ordinal_++, {}, false};
        if (rule.when) find_gates(rule, step);
        group_of(rule).steps.push_back(std::move(step));
    }

    std::shared_ptr<const Plan> finished() { return plan_; }

private:
    void find_gates(const Rule& rule, Plan::Step& step) {
        const std::string& source = rule.when->text();
        const std::optional<Expression> expression = parse_expression(source);
        if (!expression) return;
        std::vector<const Expression*> conjuncts;
        split_at_and(*expression, source, conjuncts);
        for (const Expression* conjunct : conjuncts) {
            if (names_a_loop_variable(*conjunct, rule.loops)) continue;
            const std::optional<std::uint32_t> gate = gate_of(std::string{conjunct->in(source)});
            if (gate) step.gates.push_back(*gate);
        }
        step.gates_are_all = step.gates.size() == conjuncts.size();
    }

    std::optional<std::uint32_t> gate_of(const std::string& text) {
        if (const auto known = gates_.find(text); known != gates_.end()) return known->second;
        cel::Compiled compiled = cel::compile(text, environment_);
        if (!compiled.ok()) return std::nullopt;  // it needs a variable after all
        plan_->gates.push_back(std::move(compiled.program));
        return gates_.emplace(text, static_cast<std::uint32_t>(plan_->gates.size() - 1)).first->second;
    }

    Plan::Group& group_of(const Rule& rule) {
        std::string each;
        for (const Loop& loop : rule.loops) each += loop.variable + " in " + loop.list.text() + ",";
        const auto [known, fresh] = groups_.emplace(each, plan_->groups.size());
        if (fresh) plan_->groups.push_back({&rule.loops, {}});
        return plan_->groups[known->second];
    }

    cel::Environment environment_;
    std::shared_ptr<Plan> plan_;
    std::map<std::string, std::uint32_t> gates_;
    std::map<std::string, std::size_t> groups_;
    std::uint32_t ordinal_ = 0;
};

}  // namespace

std::shared_ptr<const Plan> make_plan(const Rulebook& rulebook) {
    Planner planner{rulebook};
    for (const RuleSet& set : rulebook.sets) {
        for (const Rule& rule : set.rules) planner.add(rule);
    }
    return planner.finished();
}

}  // namespace puente::rules
