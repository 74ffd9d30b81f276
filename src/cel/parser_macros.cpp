#include <fmt/format.h>

#include <array>

#include "cel/parser.hpp"

namespace puente::cel {

namespace {

/// A macro by name and number of arguments in parentheses; with two variables it also gets the key or index (cel-spec "comprehensions v2").
struct MacroForm {
    std::string_view name;
    std::size_t arguments;
    Macro macro;
    std::size_t variables;
    bool filtered;
};
constexpr std::array macro_forms = {
    MacroForm{"all",           2, Macro::all,            1, false},
    MacroForm{"exists",        2, Macro::exists,         1, false},
    MacroForm{"exists_one",    2, Macro::exists_one,     1, false},
    MacroForm{"existsOne",     2, Macro::exists_one,     1, false},
    MacroForm{"map",           2, Macro::map,            1, false},
    MacroForm{"map",           3, Macro::map,            1, true },
    MacroForm{"filter",        2, Macro::filter,         1, false},
    MacroForm{"all",           3, Macro::all,            2, false},
    MacroForm{"exists",        3, Macro::exists,         2, false},
    MacroForm{"exists_one",    3, Macro::exists_one,     2, false},
    MacroForm{"existsOne",     3, Macro::exists_one,     2, false},
    MacroForm{"transformList", 3, Macro::transform_list, 2, false},
    MacroForm{"transformList", 4, Macro::transform_list, 2, true },
    MacroForm{"transformMap",  3, Macro::transform_map,  2, false},
    MacroForm{"transformMap",  4, Macro::transform_map,  2, true },
};

}  // namespace

ExprPtr Parser::macro(ExprPtr call) {
    if (call == nullptr) return nullptr;
    if (!call->member) return call->name == "has" && !call->rooted && call->parts.size() == 1 ? has_macro(std::move(call)) : std::move(call);
    for (const MacroForm& form : macro_forms) {
        if (form.name != call->name || form.arguments + 1 != call->parts.size()) continue;
        if (!loop_variable(*call->parts[1], call->variable)) return nullptr;
        if (form.variables == 2 && !loop_variable(*call->parts[2], call->second_variable)) return nullptr;
        if (call->variable == call->second_variable) return fail(call->parts[2]->begin, "the two variables of a macro need two names");
        call->shape = Shape::loop;
        call->macro = form.macro;
        call->filtered = form.filtered;
        call->parts.erase(call->parts.begin() + 1, call->parts.begin() + 1 + static_cast<std::ptrdiff_t>(form.variables));
        return call;
    }
    return call;
}

ExprPtr Parser::has_macro(ExprPtr call) {
    ExprPtr field = std::move(call->parts[0]);
    if (field->shape != Shape::select || field->tests) return fail(field->begin, "has() takes a field, such as has(a.b)");
    field->tests = true;
    field->begin = call->begin;
    field->end = call->end;
    return field;
}

bool Parser::loop_variable(const Expr& argument, std::string& name) {
    if (argument.shape == Shape::name && !argument.rooted) {
        name = argument.name;
        return true;
    }
    fail(argument.begin, "a macro's variable must be a plain name");
    return false;
}

}  // namespace puente::cel
