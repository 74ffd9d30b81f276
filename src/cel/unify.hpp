#pragma once

#include <map>
#include <string>

#include "cel/type.hpp"

namespace puente::cel {

/// What the checker knows of type parameters so far, and the rules by which one type fits another (langdef.md "Gradual Type Checking").
class Unifier {
public:
    /// A parameter that nothing is known of yet.
    TypeRef fresh();
    /// Whether a value of type `from` may stand where `to` is wanted. Keeps what it learned of parameters only when it may.
    bool assignable(const TypeRef& from, const TypeRef& to);
    bool assignable(const std::vector<TypeRef>& from, const std::vector<TypeRef>& to);
    /// The type with known parameters put in; with `settle`, unknown ones become dyn.
    TypeRef substitute(const TypeRef& type, bool settle) const;
    /// The signature's own parameters ("A") exchanged for fresh ones, the same one for the same letter.
    TypeRef instantiate(const TypeRef& type, std::map<std::string, TypeRef>& fresh_by_letter);
    /// The type of items of both types in one list: the more general one, or dyn when they do not fit.
    TypeRef join(const TypeRef& left, const TypeRef& right);

private:
    bool fits(const TypeRef& from, const TypeRef& to);
    bool fits_all(const std::vector<TypeRef>& from, const std::vector<TypeRef>& to);
    bool binds(const TypeRef& type, const TypeRef& parameter, bool& known);
    bool occurs(const TypeRef& parameter, const TypeRef& within) const;

    std::map<std::string, TypeRef> known_;
    std::size_t made_ = 0;
};

}  // namespace puente::cel
