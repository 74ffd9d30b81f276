#include "cel/checker.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <google/protobuf/descriptor.h>

#include <array>

namespace puente::cel {

namespace {

namespace pb = google::protobuf;

/// Names of types that stand for themselves: `type(x) == int`.
constexpr std::array<std::string_view, 12> type_names = {
    "bool", "bytes", "double", "int", "list", "map", "null_type", "string", "type", "uint", "google.protobuf.Timestamp", "google.protobuf.Duration"};

/// "a.b.c" of a chain of names, or nothing.
std::string dotted(const Expr& expr) {
    if (expr.shape == Shape::name) return expr.name;
    if (expr.shape != Shape::select || expr.tests) return {};
    const std::string before = dotted(*expr.parts[0]);
    return before.empty() ? before : before + "." + expr.name;
}

const Expr& root_of(const Expr& expr) {
    const Expr* root = &expr;
    while (root->shape == Shape::select) root = root->parts[0].get();
    return *root;
}

std::string listed(const std::vector<TypeRef>& types) {
    std::string text;
    for (const TypeRef& each : types) text += (text.empty() ? "" : ", ") + to_text(*each);
    return text;
}

/// "_+_" as a reader writes it: "+".
std::string spoken(std::string_view function) {
    std::string text;
    for (const char c : function)
        if (c != '_' || function.find_first_of("+-*/%<>=![") == function.npos) text.push_back(c);
    return text == "@in" ? "in" : text;
}

}  // namespace

Checker::Checker(const Source& source, const Environment::Inside& environment, bool checks, std::vector<Fault>& faults)
    : source_{source}, environment_{environment}, checks_{checks}, faults_{faults} {}

TypeRef Checker::check(Expr& tree) {
    visit(tree);
    settle(tree);
    return tree.type;
}

TypeRef Checker::visit(Expr& expr) {
    TypeRef found;
    switch (expr.shape) {
        case Shape::constant:
            found = type_of_value(expr.value);
            break;
        case Shape::name:
            found = visit_name(expr);
            break;
        case Shape::select:
            found = visit_select(expr);
            break;
        case Shape::call:
            found = visit_call(expr);
            break;
        case Shape::all_of:
        case Shape::any_of:
            found = visit_logic(expr);
            break;
        case Shape::choice:
            found = visit_choice(expr);
            break;
        case Shape::list:
            found = visit_list(expr);
            break;
        case Shape::map:
            found = visit_map(expr);
            break;
        case Shape::loop:
            found = visit_loop(expr);
            break;
    }
    expr.type = checks_ ? found : dyn_type();
    return expr.type;
}

const Checker::Local* Checker::find_local(std::string_view name) const {
    for (auto local = scope_.rbegin(); local != scope_.rend(); ++local)
        if (local->name == name) return &*local;
    return nullptr;
}

/// Turns the expression into a reference to a variable, a type or an enum value called `name`, if there is one.
bool Checker::resolve(Expr& expr, const std::string& name) {
    const auto become = [&](Refers refers, TypeRef type) {
        expr.shape = Shape::name;
        expr.name = name;
        expr.refers = refers;
        expr.type = std::move(type);
        expr.parts.clear();
        return true;
    };
    const auto variable = environment_.variables.find(name);
    if (variable != environment_.variables.end()) {
        expr.index = variable->second.slot;
        return become(Refers::variable, variable->second.type);
    }
    for (const std::string_view each : type_names)
        if (each == name) return become(Refers::type, type_of_types(dyn_type()));
    if (name.find('.') == name.npos) return false;
    const pb::DescriptorPool& pool = *pb::DescriptorPool::generated_pool();
    if (pool.FindMessageTypeByName(name) != nullptr) return become(Refers::type, type_of_types(dyn_type()));
    const pb::EnumDescriptor* const listing = pool.FindEnumTypeByName(name.substr(0, name.rfind('.')));
    const pb::EnumValueDescriptor* const value = listing == nullptr ? nullptr : listing->FindValueByName(name.substr(name.rfind('.') + 1));
    if (value == nullptr) return false;
    expr.value = Value::integer(value->number());
    become(Refers::nothing, integer_type());
    expr.shape = Shape::constant;
    return true;
}

TypeRef Checker::visit_name(Expr& expr) {
    const Local* const local = expr.rooted ? nullptr : find_local(expr.name);
    if (local != nullptr) {
        expr.refers = Refers::local;
        expr.index = local->place;
        return local->type;
    }
    if (resolve(expr, expr.name)) return expr.type;
    std::vector<std::string> known;
    for (const auto& [name, variable] : environment_.variables) known.push_back(name);
    for (const Local& each : scope_) known.push_back(each.name);
    return fault(expr, fmt::format("unknown variable '{}'{}", expr.name, suggestion(expr.name, known)));
}

TypeRef Checker::visit_select(Expr& expr) {
    const std::string name = dotted(expr);
    const Expr& root = root_of(expr);
    const bool global = !name.empty() && (root.rooted || find_local(root.name) == nullptr);
    if (global && resolve(expr, name)) return expr.type;
    if (global && !root_is_known(expr)) {
        std::vector<std::string> known;
        for (const auto& [each, variable] : environment_.variables)
            if (each.find('.') != each.npos) known.push_back(each);
        const std::string meant = suggestion(name, known);
        if (!meant.empty()) return fault(expr, fmt::format("unknown variable '{}'{}", name, meant));
    }
    const TypeRef operand = types_.substitute(visit(*expr.parts[0]), false);
    if (!checks_) return dyn_type();
    TypeRef found = dyn_type();
    if (operand->of == Of::message) {
        found = field_of(expr, *operand);
    } else if (operand->of == Of::map) {
        found = operand->inner[1];
    } else if (operand->of != Of::dyn && operand->of != Of::parameter) {
        return fault(expr, fmt::format("a value of type {} has no fields, so no '{}'", to_text(*operand), expr.name));
    }
    return expr.tests ? boolean_type() : found;
}

/// Whether the first name, or a longer part of the dotted name, is a variable.
bool Checker::root_is_known(const Expr& expr) const {
    for (const Expr* part = &expr;; part = part->parts[0].get()) {
        if (environment_.variables.find(dotted(*part)) != environment_.variables.end()) return true;
        if (part->shape != Shape::select) return false;
    }
}

TypeRef Checker::field_of(Expr& expr, const Type& message) {
    std::vector<std::string> known;
    for (int i = 0; i < message.descriptor->field_count(); ++i) {
        const pb::FieldDescriptor& field = *message.descriptor->field(i);
        if (field.json_name() == expr.name || field.name() == expr.name) return field_type(field);
        known.push_back(field.json_name());
    }
    return fault(expr, fmt::format("{} has no field '{}'{}", message.descriptor->full_name(), expr.name, suggestion(expr.name, known)));
}

bool Checker::function_known(const std::string& name, bool member) const {
    if (standard_signatures(member ? "." + name : name) != nullptr) return true;
    return !member && environment_.functions.find(name) != environment_.functions.end();
}

TypeRef Checker::visit_call(Expr& expr) {
    if (expr.member) {
        const std::string target = dotted(*expr.parts[0]);
        const Expr& root = root_of(*expr.parts[0]);
        const bool free = !target.empty() && (root.rooted || find_local(root.name) == nullptr) && !root_is_known(*expr.parts[0]);
        const std::string qualified = target + "." + expr.name;
        if (free && function_known(qualified, false)) {
            expr.name = qualified;
            expr.member = false;
            expr.parts.erase(expr.parts.begin());
        } else if (free && !function_known(expr.name, true)) {
            return unknown_function(expr, qualified);
        }
    }
    if (!function_known(expr.name, expr.member)) return unknown_function(expr, expr.name);
    std::vector<TypeRef> arguments;
    for (const ExprPtr& part : expr.parts) arguments.push_back(visit(*part));
    return checks_ ? overload(expr, arguments) : dyn_type();
}

TypeRef Checker::unknown_function(Expr& expr, const std::string& name) {
    std::vector<std::string> known;
    for (const auto& [each, forms] : environment_.functions) known.push_back(each);
    for (const std::string& each : standard_names())
        if ((each.front() == '.') == expr.member) known.push_back(each.front() == '.' ? each.substr(1) : each);
    return fault(expr, fmt::format("unknown function '{}'{}", name, suggestion(name, known)));
}

bool Checker::try_forms(const std::vector<TypeRef>& arguments, const std::vector<TypeRef>& wanted, const TypeRef& gives, TypeRef& result) {
    std::map<std::string, TypeRef> letters;
    std::vector<TypeRef> mine;
    for (const TypeRef& each : wanted) mine.push_back(types_.instantiate(each, letters));
    if (!types_.assignable(arguments, mine)) return false;
    const TypeRef found = types_.substitute(types_.instantiate(gives, letters), false);
    if (result == nullptr) {
        result = found;
    } else if (!same_type(*result, *found)) {
        result = dyn_type();
    }
    return true;
}

TypeRef Checker::overload(Expr& expr, const std::vector<TypeRef>& arguments) {
    TypeRef result;
    std::string forms;
    if (const auto* signatures = standard_signatures(expr.member ? "." + expr.name : expr.name)) {
        for (const Signature& each : *signatures) {
            try_forms(arguments, each.arguments, each.result, result);
            forms += (forms.empty() ? "" : ", ") + fmt::format("({})", listed(each.arguments));
        }
    }
    const auto extensions = environment_.functions.find(expr.name);
    if (!expr.member && extensions != environment_.functions.end()) {
        for (const auto& each : extensions->second) {
            try_forms(arguments, each->arguments, each->result, result);
            forms += (forms.empty() ? "" : ", ") + fmt::format("({})", listed(each->arguments));
        }
    }
    if (result != nullptr) return result;
    std::vector<TypeRef> seen;
    for (const TypeRef& each : arguments) seen.push_back(types_.substitute(each, true));
    return fault(expr, fmt::format("'{}' does not take ({}); it takes {}", spoken(expr.name), listed(seen), forms));
}

void Checker::demand_boolean(Expr& part, const TypeRef& type) {
    if (checks_ && !types_.assignable(type, boolean_type()))
        fault(part, fmt::format("expected a bool, not {}", to_text(*types_.substitute(type, true))));
}

TypeRef Checker::visit_logic(Expr& expr) {
    for (const ExprPtr& part : expr.parts) demand_boolean(*part, visit(*part));
    return boolean_type();
}

TypeRef Checker::visit_choice(Expr& expr) {
    demand_boolean(*expr.parts[0], visit(*expr.parts[0]));
    const TypeRef yes = visit(*expr.parts[1]);
    const TypeRef no = visit(*expr.parts[2]);
    if (!checks_) return dyn_type();
    const TypeRef either = types_.fresh();
    if (types_.assignable({yes, no}, {either, either})) return types_.substitute(either, false);
    return fault(expr,
                 fmt::format("the two outcomes of '?' are {} and {}", to_text(*types_.substitute(yes, true)), to_text(*types_.substitute(no, true))));
}

TypeRef Checker::visit_list(Expr& expr) {
    TypeRef element;
    for (const ExprPtr& part : expr.parts) {
        const TypeRef type = visit(*part);
        element = element == nullptr ? type : types_.join(element, type);
    }
    return list_type(element == nullptr ? types_.fresh() : element);
}

TypeRef Checker::visit_map(Expr& expr) {
    TypeRef key;
    TypeRef value;
    for (std::size_t i = 0; i < expr.parts.size(); i += 2) {
        const TypeRef key_type = visit(*expr.parts[i]);
        const TypeRef value_type = visit(*expr.parts[i + 1]);
        key = key == nullptr ? key_type : types_.join(key, key_type);
        value = value == nullptr ? value_type : types_.join(value, value_type);
    }
    if (key == nullptr) return map_type(types_.fresh(), types_.fresh());
    return map_type(key, value);
}

TypeRef Checker::visit_loop(Expr& expr) {
    const TypeRef range = types_.substitute(visit(*expr.parts[0]), false);
    const bool pairs = !expr.second_variable.empty();
    TypeRef first = dyn_type();
    TypeRef second = dyn_type();
    if (range->of == Of::list) {
        first = pairs ? integer_type() : range->inner[0];
        second = range->inner[0];
    } else if (range->of == Of::map) {
        first = range->inner[0];
        second = range->inner[1];
    } else if (checks_ && range->of != Of::dyn && range->of != Of::parameter) {
        fault(*expr.parts[0], fmt::format("a macro walks a list or a map, not {}", to_text(*range)));
    }
    const std::size_t outside = scope_.size();
    expr.index = outside;
    scope_.push_back({expr.variable, first, outside});
    if (pairs) scope_.push_back({expr.second_variable, second, outside + 1});
    locals_ = std::max(locals_, scope_.size());
    if (expr.filtered) demand_boolean(*expr.parts[1], visit(*expr.parts[1]));
    Expr& body = *expr.parts.back();
    const TypeRef body_type = visit(body);
    const bool decides = expr.macro == Macro::all || expr.macro == Macro::exists || expr.macro == Macro::exists_one || expr.macro == Macro::filter;
    if (decides) demand_boolean(body, body_type);
    scope_.resize(outside, Local{});
    return loop_result(expr, first, range->of == Of::list ? integer_type() : first, body_type);
}

TypeRef Checker::loop_result(const Expr& loop, const TypeRef& first, const TypeRef& key, const TypeRef& body) {
    switch (loop.macro) {
        case Macro::map:
        case Macro::transform_list:
            return list_type(body);
        case Macro::filter:
            return list_type(first);
        case Macro::transform_map:
            return map_type(key, body);
        default:
            return boolean_type();
    }
}

TypeRef Checker::fault(Expr& expr, std::string what) {
    if (checks_) {
        faults_.push_back(source_.fault(expr.at, std::move(what)));
    } else {
        expr.problem = std::move(what);
    }
    return dyn_type();
}

/// Puts what was learned of type parameters into the whole tree.
void Checker::settle(Expr& expr) {
    if (expr.type != nullptr) expr.type = types_.substitute(expr.type, true);
    for (const ExprPtr& part : expr.parts) settle(*part);
}

}  // namespace puente::cel
