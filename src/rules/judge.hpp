#pragma once

#include <chrono>
#include <vector>

#include "rules/walk.hpp"

namespace puente::rules {

/// Applies every rule of a plan that is in force on a day, going to each place once for all rules that look at it. The workspace is prepared.
std::vector<Finding> judge(const Plan& plan, std::chrono::sys_days day, Workspace& workspace);

}  // namespace puente::rules
