#pragma once

#include "cel/ast.hpp"
#include "cel/environment.hpp"
#include "cel/signatures.hpp"
#include "cel/unify.hpp"

namespace puente::cel {

/// Finds what each name means and, when checking, the type of each expression. Without checking everything is dyn, and what cannot be resolved
/// becomes an error that the expression gives when it runs.
class Checker {
public:
    Checker(const Source& source, const Environment::Inside& environment, bool checks, std::vector<Fault>& faults);
    /// Fills in types and references of the tree; gives the type of the whole.
    TypeRef check(Expr& tree);
    /// Places that the tree's macros need for their variables.
    std::size_t locals() const { return locals_; }

private:
    struct Local {
        std::string name;
        TypeRef type;
        std::size_t place;
    };

    TypeRef visit(Expr& expr);
    TypeRef visit_name(Expr& expr);
    TypeRef visit_select(Expr& expr);
    TypeRef visit_call(Expr& expr);
    TypeRef visit_logic(Expr& expr);
    TypeRef visit_choice(Expr& expr);
    TypeRef visit_list(Expr& expr);
    TypeRef visit_map(Expr& expr);
    TypeRef visit_loop(Expr& expr);
    TypeRef loop_result(const Expr& loop, const TypeRef& first, const TypeRef& key, const TypeRef& body);
    TypeRef field_of(Expr& expr, const Type& message);
    TypeRef overload(Expr& expr, const std::vector<TypeRef>& arguments);
    bool try_forms(const std::vector<TypeRef>& arguments, const std::vector<TypeRef>& wanted, const TypeRef& gives, TypeRef& result);
    bool resolve(Expr& expr, const std::string& name);
    const Local* find_local(std::string_view name) const;
    bool function_known(const std::string& name, bool member) const;
    bool root_is_known(const Expr& expr) const;
    TypeRef unknown_function(Expr& expr, const std::string& name);
    TypeRef fault(Expr& expr, std::string what);
    void demand_boolean(Expr& part, const TypeRef& type);
    void settle(Expr& expr);

    const Source& source_;
    const Environment::Inside& environment_;
    bool checks_;
    std::vector<Fault>& faults_;
    Unifier types_;
    std::vector<Local> scope_;
    std::size_t locals_ = 0;
};

}  // namespace puente::cel
