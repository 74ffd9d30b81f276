#include "cel/binder.hpp"

#include <google/protobuf/descriptor.h>

#include <algorithm>
#include <array>

#include "cel/fields.hpp"

namespace puente::cel {

namespace {

namespace pb = google::protobuf;

/// Steps that working out a constant part may take while a program is made.
constexpr std::int64_t folding_budget = 10'000;

bool is(const Expr& expr, Of of) {
    return expr.type != nullptr && expr.type->of == of;
}

bool all_constant(const std::vector<NodePtr>& nodes) {
    return std::all_of(nodes.begin(), nodes.end(), [](const NodePtr& each) { return constant_of(*each) != nullptr; });
}

/// Whether the accessor reads what reflection would: same shape, and no message that CEL reads as a value of its own.
bool may_access(const FieldAccess& access, const pb::FieldDescriptor& field) {
    if (field.is_map() || access.repeated != field.is_repeated()) return false;
    const TypeRef type = field_type(field);
    const Type& item = field.is_repeated() ? *type->inner[0] : *type;
    switch (access.shape) {
        case FieldShape::text:
            return item.of == Of::string;
        case FieldShape::integer:
            return item.of == Of::integer;
        case FieldShape::boolean:
            return item.of == Of::boolean;
        case FieldShape::message:
            return item.of == Of::message;
    }
    return false;
}

struct TestName {
    std::string_view function;
    Test test;
    Test turned;  ///< the same with the sides exchanged
};
constexpr std::array tests = {
    TestName{"_==_", Test::equal,         Test::equal        },
    TestName{"_!=_", Test::unequal,       Test::unequal      },
    TestName{"_<_",  Test::less,          Test::greater      },
    TestName{"_<=_", Test::less_equal,    Test::greater_equal},
    TestName{"_>_",  Test::greater,       Test::less         },
    TestName{"_>=_", Test::greater_equal, Test::less_equal   },
};

}  // namespace

Binder::Binder(const Source& source, const Environment::Inside& environment, Arena& arena, bool checked, bool tracing, std::vector<Fault>& faults)
    : source_{source}, environment_{environment}, arena_{arena}, checked_{checked}, tracing_{tracing}, faults_{faults} {}

Binder::Bound Binder::bind(const Expr& expr) {
    Bound bound;
    if (!expr.problem.empty()) {
        bound.node = problem(expr.problem);
    } else {
        bound.node = plain(expr, bound.weight);
    }
    const bool worth_telling = expr.shape != Shape::constant && expr.refers != Refers::type;
    if (tracing_ && worth_telling) {
        bound.node = trace_node(std::move(bound.node), traced_.size());
        traced_.push_back(&expr);
    }
    return bound;
}

NodePtr Binder::plain(const Expr& expr, std::size_t& weight) {
    switch (expr.shape) {
        case Shape::constant:
            return constant_node(expr.value);
        case Shape::name:
            if (expr.refers == Refers::variable) return slot_node(expr.index);
            if (expr.refers == Refers::local) return local_node(expr.index);
            return constant_node(Value::type(arena_.keep(expr.name)));
        case Shape::select:
            return select(expr, weight);
        case Shape::call:
            return call(expr, weight);
        case Shape::all_of:
            return all_of_node(parts(expr, weight));
        case Shape::any_of:
            return any_of_node(parts(expr, weight));
        case Shape::choice: {
            std::vector<NodePtr> three = parts(expr, weight);
            return choice_node(std::move(three[0]), std::move(three[1]), std::move(three[2]));
        }
        case Shape::list:
        case Shape::map: {
            std::vector<NodePtr> items = parts(expr, weight);
            const bool constant = all_constant(items);
            NodePtr made = expr.shape == Shape::list ? list_node(std::move(items)) : map_node(std::move(items));
            return constant ? folded(std::move(made)) : std::move(made);
        }
        case Shape::loop:
            return loop(expr, weight);
    }
    return problem("no such expression");
}

std::vector<NodePtr> Binder::parts(const Expr& expr, std::size_t& weight) {
    std::vector<NodePtr> nodes;
    for (const ExprPtr& part : expr.parts) {
        Bound bound = bind(*part);
        weight += bound.weight;
        nodes.push_back(std::move(bound.node));
    }
    return nodes;
}

/// An error that evaluating gives. It lives as long as the program.
NodePtr Binder::problem(std::string_view what) {
    return constant_node(Value::error(arena_.keep(what)));
}

NodePtr Binder::folded(NodePtr node) {
    Frame frame{nullptr, nullptr, arena_, folding_budget};
    const Value value = node->eval(frame);
    return frame.budget < 0 ? std::move(node) : constant_node(value);
}

NodePtr Binder::select(const Expr& expr, std::size_t& weight) {
    std::vector<NodePtr> operand = parts(expr, weight);
    const Expr& of = *expr.parts[0];
    if (is(of, Of::message)) {
        const pb::FieldDescriptor* const field = find_field(*of.type->descriptor, expr.name);
        if (field == nullptr) return problem("no such field");
        const FieldAccess* const access = environment_.access_of(*field);
        if (access != nullptr && may_access(*access, *field)) {
            return expr.tests ? has_access_node(std::move(operand[0]), *access) : access_node(std::move(operand[0]), *access);
        }
        const bool time = is(expr, Of::timestamp) || is(expr, Of::duration);
        if (access != nullptr && time && access->shape == FieldShape::message && !access->repeated)
            return held_value_node(std::move(operand[0]), *access);
        return expr.tests ? has_reflection_node(std::move(operand[0]), *field) : reflection_node(std::move(operand[0]), *field);
    }
    const bool constant = all_constant(operand);
    const std::string_view name = arena_.keep(expr.name);
    NodePtr made = expr.tests ? has_node(std::move(operand[0]), name) : select_node(std::move(operand[0]), name);
    return constant ? folded(std::move(made)) : std::move(made);
}

NodePtr Binder::call(const Expr& expr, std::size_t& weight) {
    if (NodePtr made = match_by_choice(expr, weight)) return made;
    std::vector<NodePtr> arguments = parts(expr, weight);
    const auto extension = environment_.functions.find(expr.name);
    if (!expr.member && extension != environment_.functions.end()) return extension_node(extension->second, std::move(arguments));
    const bool constant = all_constant(arguments);
    NodePtr made = standard_call(expr, arguments);
    return constant && constant_of(*made) == nullptr ? folded(std::move(made)) : std::move(made);
}

NodePtr Binder::standard_call(const Expr& expr, std::vector<NodePtr>& arguments) {
    const Standard* const standard = find_standard(expr.name, expr.member);
    if (standard == nullptr) return problem("unknown function '" + expr.name + "'");
    if (arguments.size() < standard->least || arguments.size() > standard->most) return problem("no such overload");
    if (standard->function == matches && constant_of(*arguments[1]) != nullptr)
        return match(*expr.parts[1], std::move(arguments[0]), *constant_of(*arguments[1]));
    if (NodePtr special = special_call(expr, arguments)) return special;
    return call_node(standard->function, std::move(arguments));
}

/// The node for an operator whose operands have known types, or null.
NodePtr Binder::special_call(const Expr& expr, std::vector<NodePtr>& arguments) {
    if (expr.name == "!_") return not_node(std::move(arguments[0]));
    if (expr.name == "_[_]") return index_node(std::move(arguments[0]), std::move(arguments[1]));
    if (expr.name == "@in") return membership(expr, arguments);
    if (expr.name == "_==_" || expr.name == "_!=_") return equality(expr, arguments);
    if (expr.name == "size" && (is(*expr.parts[0], Of::list) || is(*expr.parts[0], Of::map))) return size_node(std::move(arguments[0]));
    return ordering(expr, arguments);
}

NodePtr Binder::equality(const Expr& expr, std::vector<NodePtr>& arguments) {
    const bool wanted = expr.name == "_==_";
    const bool texts = is(*expr.parts[0], Of::string) && is(*expr.parts[1], Of::string);
    for (std::size_t side = 0; texts && side < 2; ++side) {
        const Value* const constant = constant_of(*arguments[side]);
        if (constant != nullptr && constant->kind() == Kind::string)
            return equal_text_node(std::move(arguments[1 - side]), constant->as_text(), wanted);
    }
    if (texts) return equal_texts_node(std::move(arguments[0]), std::move(arguments[1]), wanted);
    if (NodePtr integers = ordering(expr, arguments)) return integers;
    return equality_node(std::move(arguments[0]), std::move(arguments[1]), wanted);
}

NodePtr Binder::ordering(const Expr& expr, std::vector<NodePtr>& arguments) {
    const auto found = std::find_if(tests.begin(), tests.end(), [&](const TestName& each) { return each.function == expr.name; });
    if (found == tests.end() || !is(*expr.parts[0], Of::integer) || !is(*expr.parts[1], Of::integer)) return nullptr;
    const Value* const left = constant_of(*arguments[0]);
    const Value* const right = constant_of(*arguments[1]);
    if (right != nullptr && right->kind() == Kind::integer) return compare_integer_node(std::move(arguments[0]), found->test, right->as_integer());
    if (left != nullptr && left->kind() == Kind::integer) return compare_integer_node(std::move(arguments[1]), found->turned, left->as_integer());
    return compare_integers_node(std::move(arguments[0]), found->test, std::move(arguments[1]));
}

NodePtr Binder::membership(const Expr& expr, std::vector<NodePtr>& arguments) {
    const Value* const constant = constant_of(*arguments[1]);
    if (constant == nullptr || constant->kind() != Kind::list || !is(*expr.parts[0], Of::string)) {
        if (is(*expr.parts[1], Of::map)) return in_map_node(std::move(arguments[0]), std::move(arguments[1]));
        return in_node(std::move(arguments[0]), std::move(arguments[1]));
    }
    const List& list = constant->as_list();
    std::vector<std::string_view> texts;
    for (std::size_t i = 0; i < list.size(); ++i) {
        const Value item = list.at(i);
        if (item.kind() == Kind::string) texts.push_back(item.as_text());
    }
    return in_texts_node(std::move(arguments[0]), std::move(texts));
}

NodePtr Binder::match(const Expr& pattern, NodePtr text, const Value& constant) {
    if (constant.kind() != Kind::string) return problem(constant.is_error() ? constant.as_text() : "no such overload");
    if (NodePtr made = match_node(std::move(text), constant.as_text())) return made;
    if (checked_ && !tracing_) faults_.push_back(source_.fault(pattern.at, "not a regular expression of RE2"));
    return problem("not a regular expression of RE2");
}

/// text.matches(condition ? constant : constant): one match for each, so that no pattern is read while rules run. Null for anything else.
NodePtr Binder::match_by_choice(const Expr& expr, std::size_t& weight) {
    if (tracing_ || expr.name != "matches" || expr.parts.size() != 2 || expr.parts[1]->shape != Shape::choice) return nullptr;
    const Expr& choice = *expr.parts[1];
    const Standard* const standard = find_standard(expr.name, expr.member);
    if (standard == nullptr || standard->function != matches) return nullptr;
    if (choice.parts[1]->shape != Shape::constant || choice.parts[2]->shape != Shape::constant) return nullptr;
    Bound condition = bind(*choice.parts[0]);
    Bound text = bind(*expr.parts[0]);
    weight += condition.weight + text.weight + 1;
    NodePtr yes = match(*choice.parts[1], std::move(text.node), choice.parts[1]->value);
    NodePtr no = match(*choice.parts[2], bind(*expr.parts[0]).node, choice.parts[2]->value);
    return choice_node(std::move(condition.node), std::move(yes), std::move(no));
}

NodePtr Binder::loop(const Expr& expr, std::size_t& weight) {
    LoopParts made;
    Bound range = bind(*expr.parts[0]);
    weight += range.weight;
    made.range = std::move(range.node);
    made.weight = 1;
    if (expr.filtered) {
        Bound condition = bind(*expr.parts[1]);
        made.weight += condition.weight;
        made.condition = std::move(condition.node);
    }
    Bound body = bind(*expr.parts.back());
    made.weight += body.weight;
    made.body = std::move(body.node);
    made.place = expr.index;
    made.pairs = !expr.second_variable.empty();
    return loop_node(expr.macro, std::move(made));
}

}  // namespace puente::cel
