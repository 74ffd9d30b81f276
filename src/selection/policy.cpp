#include <fmt/format.h>
#include <yaml-cpp/yaml.h>

#include "puente/selection/select.hpp"

namespace puente::selection {

namespace {

Error fault(const YAML::Node& at, const std::string& text) {
    return Error{ErrorKind::malformed, fmt::format("selection.yaml:{}:{}: {}", at.Mark().line + 1, at.Mark().column + 1, text)};
}

Result<Weight> read_weight(const YAML::Node& node, const rules::Rulebook& rulebook) {
    for (const char* field : {"agency", "name", "points", "condition"}) {
        if (!node[field]) return fault(node, fmt::format("a weight has the field '{}'", field));
    }
    const std::optional<identifiers::Agency> agency = identifiers::parse_agency(node["agency"].as<std::string>());
    if (!agency) return fault(node["agency"], "agency is CBP or SAT");
    cel::Compiled condition = rules::compile_condition(node["condition"].as<std::string>(), rulebook);
    if (!condition.ok()) return fault(node["condition"], condition.faults[0].text);
    return Weight{*agency, node["name"].as<std::string>(), node["points"].as<int>(), std::move(condition.program)};
}

}  // namespace

Result<Policy> parse_policy(const std::string& yaml, const rules::Rulebook& rulebook) {
    try {
        const YAML::Node document = YAML::Load(yaml);
        Policy policy;
        for (const auto& each : document["agencies"]) {
            const std::optional<identifiers::Agency> agency = identifiers::parse_agency(each.first.as<std::string>());
            if (!agency) return fault(each.first, "agency is CBP or SAT");
            AgencyPolicy& settings = policy.agencies[static_cast<std::size_t>(*agency)];
            settings.threshold = each.second["threshold"].as<int>();
            settings.draw_rate = each.second["drawRate"].as<double>();
            if (settings.draw_rate < 0 || settings.draw_rate > 1) return fault(each.second["drawRate"], "a draw rate lies between 0 and 1");
        }
        for (const YAML::Node& each : document["weights"]) {
            Result<Weight> weight = read_weight(each, rulebook);
            if (!weight) return weight.error();
            policy.weights.push_back(std::move(*weight));
        }
        return policy;
    } catch (const YAML::Exception& error) {
        return Error{ErrorKind::malformed, fmt::format("selection.yaml:{}:{}: {}", error.mark.line + 1, error.mark.column + 1, error.msg)};
    }
}

}  // namespace puente::selection
