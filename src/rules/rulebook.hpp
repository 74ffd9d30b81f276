#pragma once

#include "puente/rules/rule_set.hpp"
#include "rules/bind.hpp"

namespace puente::rules {

/// What a rulebook's expressions are bound to.
struct Rulebook::Bound {
    explicit Bound(std::shared_ptr<const codes::CodeLists> code_lists) : lists{std::move(code_lists)} {}
    BoundLists lists;
};

}  // namespace puente::rules
