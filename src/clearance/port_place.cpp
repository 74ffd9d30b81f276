#include "clearance/port_place.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace puente::clearance {

namespace {

void add(std::vector<std::string>& all, std::string_view code) {
    if (std::find(all.begin(), all.end(), code) == all.end()) all.emplace_back(code);
}

}  // namespace

Result<PortPlace> find_port(const codes::CodeLists& lists, const std::string& port, std::chrono::sys_days day) {
    const codes::CodeList* crossings = lists.find("crossings");
    const codes::CodeList* offices = lists.find("mxOffices");
    if (crossings == nullptr || offices == nullptr) return Error{ErrorKind::internal, "the code lists crossings and mxOffices are missing"};
    const auto us_port = crossings->column_index("usPort");
    const auto mx_office = crossings->column_index("mxOffice");
    const auto time_zone = offices->column_index("tz");
    PortPlace place;
    for (const codes::Entry& crossing : *crossings) {
        const std::string_view us = crossing.column(us_port.value_or(0));
        const std::string_view mx = crossing.column(mx_office.value_or(0));
        if (!crossing.in_force(day) || (us != port && mx != port)) continue;
        add(place.us_ports, us);
        add(place.mx_offices, mx);
        const codes::Entry* office = offices->find(mx, day);
        if (office != nullptr && place.time_zone.empty()) place.time_zone = office->column(time_zone.value_or(0));
    }
    if (place.us_ports.empty()) return Error{ErrorKind::not_found, fmt::format("no crossing of the border has the port {}", port)};
    return place;
}

}  // namespace puente::clearance
