#include "puente/rules/vectors.hpp"

#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <utility>

#include "puente/manifest/facts.hpp"
#include "rules/vector_cases.hpp"

namespace puente::rules {

namespace {

using nlohmann::json;

constexpr std::size_t known_values_max = 12;

/// Gathers what stands in every field of a document.
void gather(const json& value, FieldPath& path, std::map<FieldPath, std::vector<json>>& known) {
    std::vector<json>& values = known[path];
    if (values.size() < known_values_max && std::find(values.begin(), values.end(), value) == values.end()) values.push_back(value);
    if (value.is_object()) {
        for (const auto& [key, member] : value.items()) {
            path.push_back(key);
            gather(member, path, known);
            path.pop_back();
        }
    } else if (value.is_array()) {
        path.emplace_back("*");
        for (const json& item : value) gather(item, path, known);
        path.pop_back();
    }
}

}  // namespace

VectorMaker::VectorMaker(std::shared_ptr<const Rulebook> rulebook, std::vector<NamedSample> samples, std::vector<EquivalentMutant> equivalents,
                         VectorLimits limits) {
    auto inside = std::make_unique<Inside>();
    inside->rulebook = std::move(rulebook);
    inside->limits = limits;
    // A name with a dot is a twin of a sample, made to be wrong.
    std::stable_sort(samples.begin(), samples.end(), [](const NamedSample& left, const NamedSample& right) {
        const bool left_twin = left.name.find('.') != std::string::npos;
        const bool right_twin = right.name.find('.') != std::string::npos;
        return left_twin != right_twin ? right_twin : left.name < right.name;
    });
    for (const NamedSample& sample : samples) {
        manifest::Decoded decoded = manifest::decode_json(sample.text);
        if (!decoded.manifest) continue;
        ReadSample read{sample.name, json::parse(sample.text), std::move(decoded.manifest), {}, sample.text.size()};
        manifest::derive_facts(*read.manifest, read.manifest->arrival().at - std::chrono::hours{3}, *inside->rulebook->lists, read.facts);
        FieldPath path;
        gather(read.document, path, inside->known_values);
        inside->samples.push_back(std::move(read));
    }
    for (EquivalentMutant& each : equivalents) inside->equivalents[each.rule][each.mutant] = std::move(each.reason);
    inside_ = std::move(inside);
}

VectorMaker::~VectorMaker() = default;

std::vector<Vector> VectorMaker::vectors(const Rule& rule) const {
    std::vector<Vector> vectors;
    for (VectorCase& each : inside_->cases(rule, mutants_of(rule, *inside_->rulebook))) vectors.push_back(std::move(each.vector));
    return vectors;
}

const ReadSample* VectorMaker::Inside::find(const std::string& name) const {
    const auto found = std::find_if(samples.begin(), samples.end(), [&](const ReadSample& each) { return each.name == name; });
    return found == samples.end() ? nullptr : &*found;
}

const std::string* VectorMaker::Inside::equivalent(const std::string& rule, const std::string& mutant) const {
    const auto of_rule = equivalents.find(rule);
    if (of_rule == equivalents.end()) return nullptr;
    const auto found = of_rule->second.find(mutant);
    return found == of_rule->second.end() ? nullptr : &found->second;
}

Result<std::vector<EquivalentMutant>> parse_equivalents(const std::string& text) {
    try {
        std::vector<EquivalentMutant> equivalents;
        for (const YAML::Node& each : YAML::Load(text)["equivalents"]) {
            equivalents.push_back({each["rule"].as<std::string>(), each["mutant"].as<std::string>(), each["reason"].as<std::string>()});
        }
        return equivalents;
    } catch (const YAML::Exception& error) {
        return Error{ErrorKind::malformed, error.what()};
    }
}

}  // namespace puente::rules
