#pragma once

#include <array>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "puente/cel/program.hpp"
#include "puente/identifiers/agency.hpp"
#include "puente/result.hpp"
#include "puente/rules/rule_set.hpp"
#include "puente/selection/standing.hpp"

namespace puente::selection {

/// Who may read a contribution to a score: both agencies, or the selecting one alone. The trade reads neither.
enum class Visibility : std::uint8_t { private_, public_ };

/// A declared, explainable weight: so many points when its condition holds.
struct Weight {
    identifiers::Agency agency;
    std::string name;
    int points;
    cel::Program condition;  ///< over `manifest` and `facts`
    Visibility visibility = Visibility::private_;
};

/// What a party has to have for a standing weight to count.
struct Need {
    Programme programme;
    Who who;
    std::optional<int> tier;  ///< exactly this one; nothing: any
};

/// Points off for good standing: never more than 0, and only when every need is met.
struct StandingWeight {
    identifiers::Agency agency;
    std::string name;
    int points;
    std::vector<Need> needs;
    Visibility visibility = Visibility::private_;
};

/// What is different at one port.
struct PortPolicy {
    std::optional<int> threshold;
    std::optional<double> rate;
};

/// A share of draws for those who stand in a programme, at one port or wherever no port is named.
struct ProgrammeRate {
    Programme programme;
    std::string port;  ///< empty: everywhere
    double rate = 0;
};

/// How one agency selects.
struct AgencyPolicy {
    int threshold = 100;     ///< points from which a load is selected for inspection
    double draw_rate = 0.0;  ///< share of loads taken at random, 0 to 1; 0: this agency does not draw
    double floor = 0.0;      ///< the share below which no standing and no port brings it
    std::map<std::string, PortPolicy, std::less<>> ports;
    std::vector<ProgrammeRate> programme_rates;

    int threshold_at(std::string_view port) const;
    /// The share drawn of such loads at a port: the port's or the agency's own rate, or that of the best programme in which carrier, importer or
    /// shipper stands where it is lower, and never less than the floor.
    double rate_at(std::string_view port, const Standings& standings) const;
};

/// The declared policy: rules/selection.yaml.
struct Policy {
    std::array<AgencyPolicy, 2> agencies;
    std::vector<Weight> weights;
    std::vector<StandingWeight> standing;
};

/// Reads rules/selection.yaml. Errors name line and what was expected.
Result<Policy> parse_policy(const std::string& yaml, const rules::Rulebook& rulebook);

}  // namespace puente::selection
