#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "puente/rules/assess.hpp"

namespace puente::rules {

/// Where a loop variable of the rule stands.
struct LoopPosition {
    std::string variable;
    std::size_t position;  ///< in its list, from 0
};

/// How a rule came to its verdict at one place.
struct Explanation {
    std::vector<LoopPosition> positions;
    std::vector<cel::Step> when;       ///< value of each part of `when`, innermost first; empty when the rule has none
    std::vector<cel::Step> assertion;  ///< of `assert`; empty where the rule does not apply
    bool applies;
    bool holds;  ///< nothing found here: it does not apply, or its assertion holds
    std::string pointer;
    std::string value;
    Bilingual message;  ///< what the sender is told, or would be, were it not to hold
};

/// Applies one rule, whatever its effective days, and tells of each place how the verdict came about. A rule walks over many places: only
/// the first `places_max` are told.
std::vector<Explanation> explain(const Rule& rule, const std::shared_ptr<const Rulebook>& rulebook, const manifest::Manifest& manifest,
                                 const v1::Facts& facts, std::size_t places_max = 200);

/// The same with the lists as they are in force on another day: how an assessment as of that day came about.
std::vector<Explanation> explain_as_of(const Rule& rule, const std::shared_ptr<const Rulebook>& rulebook, const manifest::Manifest& manifest,
                                       const v1::Facts& facts, std::chrono::sys_days day, std::size_t places_max = 200);

}  // namespace puente::rules
