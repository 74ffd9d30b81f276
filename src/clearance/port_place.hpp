#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "puente/codes/code_lists.hpp"
#include "puente/result.hpp"

namespace puente::clearance {

/// A port of the border by either country's code, with what lies opposite: from the code lists crossings and mxOffices.
struct PortPlace {
    std::vector<std::string> us_ports;
    std::vector<std::string> mx_offices;
    std::string time_zone;  ///< IANA; both sides of a crossing keep the same time
};

/// Errors: not_found (no crossing has this code on that day).
Result<PortPlace> find_port(const codes::CodeLists& lists, const std::string& port, std::chrono::sys_days day);

}  // namespace puente::clearance
