#include "puente/cel/program.hpp"

#include "cel/binder.hpp"
#include "cel/checker.hpp"
#include "cel/parser.hpp"

namespace puente::cel {

thread_local Arena* NodeRoom::current = nullptr;

struct Program::Inside {
    Arena arena;  ///< nodes, literals and constant parts
    NodePtr root;
    NodePtr tracing_root;
    std::vector<Step> steps;  ///< the sub-expressions of the tracing tree, without values
    TypeRef type;
    std::string text;
    std::size_t slots = 0;
    std::size_t locals = 0;
    std::int64_t budget = 0;
};

namespace {

std::vector<Step> untold_steps(const Source& source, const std::vector<const Expr*>& traced) {
    std::vector<Step> steps;
    for (const Expr* expr : traced) {
        const Fault place = source.fault(expr->begin, {});
        steps.push_back({place.line, place.column, std::string{source.text().substr(expr->begin, expr->end - expr->begin)}, {}});
    }
    return steps;
}

}  // namespace

Compiled compile(std::string_view text, const Environment& environment, const CompileOptions& options) {
    Compiled compiled;
    auto inside = std::make_shared<Program::Inside>();
    inside->text = text.substr(0, options.text_max + 1);
    const Source source{inside->text};
    const ExprPtr tree = Parser{source, inside->arena, options}.parse(compiled.faults);
    if (tree != nullptr) {
        Checker checker{source, environment.inside(), options.check, compiled.faults};
        inside->type = checker.check(*tree);
        inside->locals = checker.locals();
    }
    if (compiled.faults.empty()) {
        const NodeRoom room{inside->arena};
        Binder binder{source, environment.inside(), inside->arena, options.check, false, compiled.faults};
        Binder::Bound bound = binder.bind(*tree);
        Binder tracer{source, environment.inside(), inside->arena, options.check, true, compiled.faults};
        inside->root = std::move(bound.node);
        inside->tracing_root = tracer.bind(*tree).node;
        inside->steps = untold_steps(source, tracer.traced());
        inside->slots = environment.inside().variables.size();
        inside->budget = static_cast<std::int64_t>(std::min<std::uint64_t>(options.cost_max, INT64_MAX)) - static_cast<std::int64_t>(bound.weight);
    }
    if (compiled.ok()) compiled.program = Program{std::move(inside)};
    return compiled;
}

Program::Program(std::shared_ptr<const Inside> inside)
    : root_{inside->root.get()}, budget_{inside->budget}, slots_{static_cast<std::uint32_t>(inside->slots)},
      locals_{static_cast<std::uint32_t>(inside->locals)}, inside_{std::move(inside)} {}

Value Program::run(const Node& node, std::span<const Value> activation, Arena& arena, Trace* trace) const {
    if (activation.size() < slots_) return Value::error("the activation has fewer values than the environment has variables");
    Value* const places = locals_ == 0 ? nullptr : static_cast<Value*>(arena.allocate(locals_ * sizeof(Value)));
    Frame frame{activation.data(), places, arena, budget_, trace};
    const Value value = budget_ < 0 ? out_of_budget() : node.eval(frame);
    // Running out of steps must not be hidden by an operator that absorbs errors.
    return frame.budget < 0 ? out_of_budget() : value;
}

Value Program::run(std::span<const Value> activation, Arena& arena) const {
    if (root_ == nullptr) return Value::error("there is no program");
    return run(*root_, activation, arena, nullptr);
}

Value Program::explain(std::span<const Value> activation, Arena& arena, std::vector<Step>& steps) const {
    if (inside_ == nullptr) return Value::error("there is no program");
    Trace trace;
    trace.seen.resize(inside_->steps.size());
    const Value value = run(*inside_->tracing_root, activation, arena, &trace);
    for (const std::size_t place : trace.order) {
        steps.push_back(inside_->steps[place]);
        steps.back().value = to_text(trace.seen[place].value);
    }
    return value;
}

const TypeRef& Program::result_type() const {
    static const TypeRef nothing = dyn_type();
    return inside_ == nullptr ? nothing : inside_->type;
}

const std::string& Program::text() const {
    static const std::string nothing;
    return inside_ == nullptr ? nothing : inside_->text;
}

}  // namespace puente::cel
