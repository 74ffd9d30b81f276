#include "rules/conditions.hpp"

#include <algorithm>
#include <optional>
#include <string_view>

#include "rules/expression.hpp"

namespace puente::rules {

namespace {

void split_at(std::string_view symbol, const Expression& expression, std::vector<const Expression*>& parts) {
    if (expression.form != Form::operation || expression.word != symbol) {
        parts.push_back(&expression);
        return;
    }
    for (const Expression& part : expression.parts) split_at(symbol, part, parts);
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

bool negates(const Expression& expression) {
    return expression.form == Form::prefix && expression.word == "!";
}

/// The opposite, written as a rule would write it: two rules that mean the same are to share a gate.
std::string opposite(const Expression& expression, std::string_view source) {
    if (negates(expression)) return std::string{expression.parts[0].in(source)};
    const bool compares = expression.form == Form::operation && (expression.word == "==" || expression.word == "!=");
    if (!compares) return "!(" + std::string{expression.in(source)} + ")";
    return std::string{expression.parts[0].in(source)} + (expression.word == "==" ? " != " : " == ") + std::string{expression.parts[1].in(source)};
}

/// The list without whose items an expression is true, whatever it asks of each: l of l.all(...) and of !l.exists(...).
const Expression* list_asked(const Expression& expression) {
    const Expression& asks = negates(expression) ? expression.parts[0] : expression;
    const bool is_true_of_none = asks.is_macro() && asks.word == (negates(expression) ? "exists" : "all");
    return is_true_of_none ? &asks.parts[0] : nullptr;
}

}  // namespace

std::vector<Condition> conditions_of(const Rule& rule) {
    std::vector<Condition> conditions;
    std::vector<const Expression*> parts;
    const std::optional<Expression> when = rule.when ? parse_expression(rule.when->text()) : std::nullopt;
    if (when) split_at("&&", *when, parts);
    for (const Expression* part : parts) conditions.push_back({std::string{part->in(rule.when->text())}, depth_of(*part, rule.loops), Condition::Cause::when});
    parts.clear();
    const std::string& text = rule.assertion.text();
    const std::optional<Expression> assertion = parse_expression(text);
    if (assertion) split_at("||", *assertion, parts);
    for (const Expression* part : parts) {
        conditions.push_back({opposite(*part, text), depth_of(*part, rule.loops), Condition::Cause::assertion});
        if (const Expression* const list = list_asked(*part))
            conditions.push_back({"size(" + std::string{list->in(text)} + ") > 0", depth_of(*list, rule.loops), Condition::Cause::filled_list});
    }
    return conditions;
}

}  // namespace puente::rules
