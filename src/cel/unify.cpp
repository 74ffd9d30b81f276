#include "cel/unify.hpp"

namespace puente::cel {

namespace {

bool takes_null(const Type& type) {
    return type.of == Of::null || type.of == Of::message || type.of == Of::wrapper || type.of == Of::timestamp || type.of == Of::duration;
}

/// Whether `left` says no more than `right`: dyn says nothing at all.
bool less_specific(const Type& left, const Type& right) {
    if (left.of == Of::dyn || left.of == Of::parameter) return true;
    if (right.of == Of::dyn || right.of == Of::parameter) return false;
    if (left.of != right.of) return left.of == Of::wrapper || (right.of == Of::null && takes_null(left));
    if (left.of != Of::list && left.of != Of::map) return same_type(left, right);
    for (std::size_t i = 0; i < left.inner.size(); ++i)
        if (!less_specific(*left.inner[i], *right.inner[i])) return false;
    return true;
}

const TypeRef& more_general(const TypeRef& left, const TypeRef& right) {
    return less_specific(*left, *right) ? left : right;
}

}  // namespace

TypeRef Unifier::fresh() {
    return parameter_type("_%" + std::to_string(made_++));
}

bool Unifier::assignable(const TypeRef& from, const TypeRef& to) {
    return assignable(std::vector{from}, std::vector{to});
}

bool Unifier::assignable(const std::vector<TypeRef>& from, const std::vector<TypeRef>& to) {
    const std::map<std::string, TypeRef> before = known_;
    if (fits_all(from, to)) return true;
    known_ = before;
    return false;
}

TypeRef Unifier::join(const TypeRef& left, const TypeRef& right) {
    if (!assignable(left, right)) return dyn_type();
    return more_general(left, right);
}

bool Unifier::fits_all(const std::vector<TypeRef>& from, const std::vector<TypeRef>& to) {
    if (from.size() != to.size()) return false;
    for (std::size_t i = 0; i < from.size(); ++i)
        if (!fits(from[i], to[i])) return false;
    return true;
}

bool Unifier::fits(const TypeRef& from, const TypeRef& to) {
    if (from == to) return true;
    if (to->of == Of::parameter) {
        bool known = false;
        if (binds(from, to, known)) return true;
        if (known) return false;
    }
    if (from->of == Of::parameter) {
        bool known = false;
        return binds(to, from, known);
    }
    if (from->of == Of::dyn || to->of == Of::dyn) return true;
    if (from->of == Of::null) return takes_null(*to);
    if (to->of == Of::null) return takes_null(*from);
    if (from->of == Of::wrapper && to->of != Of::wrapper) return same_type(*from->inner[0], *to);
    if (to->of == Of::wrapper && from->of != Of::wrapper) return same_type(*from, *to->inner[0]);
    if (from->of == Of::type && to->of == Of::type) return true;
    if (from->of == to->of && (from->of == Of::list || from->of == Of::map)) return fits_all(from->inner, to->inner);
    return same_type(*from, *to);
}

/// Whether `parameter` may be `type`; learns it when nothing was known. `known`: whether something was.
bool Unifier::binds(const TypeRef& type, const TypeRef& parameter, bool& known) {
    if (same_type(*type, *parameter)) {
        known = true;
        return true;
    }
    const auto found = known_.find(parameter->name);
    if (found != known_.end()) {
        known = true;
        const TypeRef bound = found->second;
        if (same_type(*type, *bound)) return true;
        if (!fits(type, bound)) return false;
        const TypeRef general = more_general(type, bound);
        if (!occurs(parameter, general)) known_[parameter->name] = general;
        return true;
    }
    known = false;
    if (occurs(parameter, type)) return false;
    known_[parameter->name] = type;
    return true;
}

bool Unifier::occurs(const TypeRef& parameter, const TypeRef& within) const {
    if (within->of == Of::parameter) {
        if (within->name == parameter->name) return true;
        const auto found = known_.find(within->name);
        return found != known_.end() && occurs(parameter, found->second);
    }
    for (const TypeRef& each : within->inner)
        if (occurs(parameter, each)) return true;
    return false;
}

TypeRef Unifier::substitute(const TypeRef& type, bool settle) const {
    if (type->of == Of::parameter) {
        const auto found = known_.find(type->name);
        if (found != known_.end()) return substitute(found->second, settle);
        return settle ? dyn_type() : type;
    }
    if (type->inner.empty()) return type;
    std::vector<TypeRef> inner;
    for (const TypeRef& each : type->inner) inner.push_back(substitute(each, settle));
    return make_type(type->of, std::move(inner));
}

TypeRef Unifier::instantiate(const TypeRef& type, std::map<std::string, TypeRef>& fresh_by_letter) {
    if (type->of == Of::parameter) {
        TypeRef& mine = fresh_by_letter[type->name];
        if (!mine) mine = fresh();
        return mine;
    }
    if (type->inner.empty()) return type;
    std::vector<TypeRef> inner;
    for (const TypeRef& each : type->inner) inner.push_back(instantiate(each, fresh_by_letter));
    return make_type(type->of, std::move(inner));
}

}  // namespace puente::cel
