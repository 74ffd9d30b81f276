#include "puente/selection/policy.hpp"

#include <fmt/format.h>
#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <initializer_list>
#include <set>

namespace puente::selection {

namespace {

constexpr int points_max = 1'000;
constexpr std::size_t weights_max = 500;

Error fault(const YAML::Mark& mark, const std::string& text) {
    return Error{ErrorKind::malformed, fmt::format("selection.yaml:{}:{}: {}", mark.line + 1, mark.column + 1, text)};
}
Error fault(const YAML::Node& at, const std::string& text) {
    return fault(at.Mark(), text);
}

/// Thrown below, caught at the door: the first fault ends the reading.
struct Refused {
    Error error;
};

[[noreturn]] void refuse(const YAML::Node& at, const std::string& text) {
    throw Refused{fault(at, text)};
}

/// A map with these fields and no others; the needed ones have to be there.
void expect_fields(const YAML::Node& node, const char* what, std::initializer_list<std::string_view> needed,
                   std::initializer_list<std::string_view> allowed) {
    if (!node.IsMap()) refuse(node, fmt::format("{} is a map", what));
    for (const std::string_view field : needed) {
        if (!node[std::string{field}]) refuse(node, fmt::format("{} has the field '{}'", what, field));
    }
    for (const auto& each : node) {
        const auto name = each.first.as<std::string>();
        const bool known =
            std::find(needed.begin(), needed.end(), name) != needed.end() || std::find(allowed.begin(), allowed.end(), name) != allowed.end();
        if (!known) refuse(each.first, fmt::format("{} has no field '{}'", what, name));
    }
}

identifiers::Agency agency_at(const YAML::Node& node) {
    const std::optional<identifiers::Agency> agency = identifiers::parse_agency(node.as<std::string>());
    if (!agency) refuse(node, "agency is CBP or SAT");
    return *agency;
}

Programme programme_at(const YAML::Node& node) {
    const std::optional<Programme> programme = parse_programme(node.as<std::string>());
    if (!programme) refuse(node, "a programme is CTPAT, FAST, OEA or IMMEX");
    return *programme;
}

double rate_at(const YAML::Node& node) {
    const auto rate = node.as<double>();
    if (!(rate >= 0 && rate <= 1)) refuse(node, "a rate lies between 0 and 1");
    return rate;
}

int threshold_at(const YAML::Node& node) {
    const int threshold = node.as<int>();
    if (threshold < 1) refuse(node, "a threshold is at least 1 point");
    return threshold;
}

int points_at(const YAML::Node& node) {
    const int points = node.as<int>();
    if (points < -points_max || points > points_max) refuse(node, fmt::format("points lie between -{} and {}", points_max, points_max));
    return points;
}

/// A Schedule D code of the one agency, an office and section of the other.
std::string port_at(const YAML::Node& node, identifiers::Agency agency) {
    const auto port = node.as<std::string>();
    const std::size_t digits = agency == identifiers::Agency::cbp ? 4 : 3;
    if (port.size() != digits || port.find_first_not_of("0123456789") != std::string::npos)
        refuse(node, fmt::format("a port of {} is {} digits, in quotes", identifiers::code(agency), digits));
    return port;
}

Visibility visibility_of(const YAML::Node& weight) {
    const YAML::Node node = weight["visibility"];
    const std::string text = node ? node.as<std::string>() : "private";
    if (text != "private" && text != "public") refuse(node, "visibility is private (the agency's own) or public (read by both agencies)");
    return text == "public" ? Visibility::public_ : Visibility::private_;
}

AgencyPolicy read_agency(const YAML::Node& node) {
    expect_fields(node, "an agency", {"threshold", "drawRate"}, {"floor"});
    AgencyPolicy policy;
    policy.threshold = threshold_at(node["threshold"]);
    policy.draw_rate = rate_at(node["drawRate"]);
    if (const YAML::Node floor = node["floor"]) policy.floor = rate_at(floor);
    if (policy.draw_rate > 0 && policy.draw_rate < policy.floor) refuse(node["drawRate"], "a rate is not below the floor; 0 switches the draw off");
    return policy;
}

/// The rate of an exception: not below the floor of its agency.
double excepted_rate(const YAML::Node& node, const AgencyPolicy& agency) {
    const double rate = rate_at(node);
    if (rate < agency.floor) refuse(node, fmt::format("a rate is not below the floor, {}", agency.floor));
    return rate;
}

void read_port(const YAML::Node& node, Policy& policy) {
    expect_fields(node, "a port", {"agency", "port"}, {"threshold", "rate"});
    const identifiers::Agency agency = agency_at(node["agency"]);
    AgencyPolicy& settings = policy.agencies[static_cast<std::size_t>(agency)];
    PortPolicy port;
    if (const YAML::Node threshold = node["threshold"]) port.threshold = threshold_at(threshold);
    if (const YAML::Node rate = node["rate"]) port.rate = excepted_rate(rate, settings);
    if (!settings.ports.emplace(port_at(node["port"], agency), port).second) refuse(node["port"], "this port stands twice");
}

void read_programme_rate(const YAML::Node& node, Policy& policy) {
    expect_fields(node, "a programme's rate", {"agency", "programme", "rate"}, {"port"});
    const identifiers::Agency agency = agency_at(node["agency"]);
    AgencyPolicy& settings = policy.agencies[static_cast<std::size_t>(agency)];
    ProgrammeRate rate{programme_at(node["programme"]), {}, excepted_rate(node["rate"], settings)};
    if (const YAML::Node port = node["port"]) rate.port = port_at(port, agency);
    for (const ProgrammeRate& each : settings.programme_rates) {
        if (each.programme == rate.programme && each.port == rate.port) refuse(node, "this programme's rate stands twice");
    }
    settings.programme_rates.push_back(std::move(rate));
}

Weight read_weight(const YAML::Node& node, const rules::Rulebook& rulebook) {
    expect_fields(node, "a weight", {"agency", "name", "points", "condition"}, {"visibility", "note"});
    const identifiers::Agency agency = agency_at(node["agency"]);
    cel::Compiled condition = rules::compile_condition(node["condition"].as<std::string>(), rulebook);
    if (!condition.ok()) refuse(node["condition"], condition.faults[0].text);
    return Weight{agency, node["name"].as<std::string>(), points_at(node["points"]), std::move(condition.program), visibility_of(node)};
}

Need read_need(const YAML::Node& node) {
    expect_fields(node, "a need", {"programme", "of"}, {"tier"});
    const std::optional<Who> who = parse_who(node["of"].as<std::string>());
    if (!who) refuse(node["of"], "standing is that of the carrier, driver, importer or shipper");
    Need need{programme_at(node["programme"]), *who, {}};
    if (const YAML::Node tier = node["tier"]) {
        need.tier = tier.as<int>();
        if (*need.tier < 1 || *need.tier > tiers_of(need.programme)) refuse(tier, "this programme has no such tier");
    }
    return need;
}

StandingWeight read_standing(const YAML::Node& node) {
    expect_fields(node, "a standing weight", {"agency", "name", "points", "needs"}, {"visibility", "note"});
    StandingWeight weight{agency_at(node["agency"]), node["name"].as<std::string>(), points_at(node["points"]), {}, visibility_of(node)};
    if (weight.points > 0) refuse(node["points"], "good standing takes points off: not more than 0");
    for (const YAML::Node& each : node["needs"]) weight.needs.push_back(read_need(each));
    if (weight.needs.empty()) refuse(node["needs"], "a standing weight has a list of needs");
    return weight;
}

/// Two of one name could not be told apart in a record.
template <class List>
void refuse_twins(const YAML::Node& nodes, const List& weights) {
    if (weights.size() > weights_max) refuse(nodes, fmt::format("at most {} weights", weights_max));
    std::set<std::pair<identifiers::Agency, std::string>> seen;
    for (std::size_t i = 0; i < weights.size(); ++i) {
        if (!seen.emplace(weights[i].agency, weights[i].name).second) refuse(nodes[i], "this agency has a weight of this name already");
    }
}

Policy read_policy(const YAML::Node& document, const rules::Rulebook& rulebook) {
    if (!document.IsMap()) refuse(document, "the policy is a map with agencies, ports, programmes, standing and weights");
    expect_fields(document, "the policy", {}, {"agencies", "ports", "programmes", "standing", "weights"});
    Policy policy;
    for (const auto& each : document["agencies"]) policy.agencies[static_cast<std::size_t>(agency_at(each.first))] = read_agency(each.second);
    for (const YAML::Node& each : document["ports"]) read_port(each, policy);
    for (const YAML::Node& each : document["programmes"]) read_programme_rate(each, policy);
    for (const YAML::Node& each : document["standing"]) policy.standing.push_back(read_standing(each));
    refuse_twins(document["standing"], policy.standing);
    for (const YAML::Node& each : document["weights"]) policy.weights.push_back(read_weight(each, rulebook));
    refuse_twins(document["weights"], policy.weights);
    return policy;
}

}  // namespace

Result<Policy> parse_policy(const std::string& yaml, const rules::Rulebook& rulebook) {
    try {
        return read_policy(YAML::Load(yaml), rulebook);
    } catch (const Refused& refused) {
        return refused.error;
    } catch (const YAML::Exception& error) {
        return fault(error.mark, error.msg);
    }
}

int AgencyPolicy::threshold_at(std::string_view port) const {
    const auto found = ports.find(port);
    return found == ports.end() ? threshold : found->second.threshold.value_or(threshold);
}

double AgencyPolicy::rate_at(std::string_view port, const Standings& standings) const {
    if (draw_rate <= 0) return 0;
    const auto found = ports.find(port);
    double rate = found == ports.end() ? draw_rate : found->second.rate.value_or(draw_rate);
    for (const Programme programme : programmes) {
        if (!standings.trusted(programme)) continue;
        const ProgrammeRate* fits = nullptr;
        for (const ProgrammeRate& each : programme_rates) {
            if (each.programme == programme && (each.port == port || (each.port.empty() && fits == nullptr))) fits = &each;
        }
        if (fits != nullptr) rate = std::min(rate, fits->rate);
    }
    return std::max(rate, floor);
}

}  // namespace puente::selection
