#include <yaml-cpp/eventhandler.h>

#include <nlohmann/json.hpp>
#include <sstream>

#include "rules/rule_reader.hpp"

namespace puente::rules {

namespace {

/// A scalar as YAML's core schema reads it: quoted text stays text; a number with a leading zero is a code, so it stays text too.
nlohmann::json scalar(const YAML::Node& node) {
    const std::string& text = node.Scalar();
    if (node.Tag() == "!") return text;
    if (text == "null" || text == "~" || text.empty()) return nullptr;
    if (text == "true" || text == "false") return text == "true";
    const nlohmann::json number = nlohmann::json::parse(text, nullptr, false);
    return number.is_number() ? number : nlohmann::json(text);
}

nlohmann::json convert(const YAML::Node& node) {
    if (node.IsNull()) return nullptr;
    if (node.IsScalar()) return scalar(node);
    if (node.IsSequence()) {
        nlohmann::json list = nlohmann::json::array();
        for (const YAML::Node& each : node) list.push_back(convert(each));
        return list;
    }
    nlohmann::json object = nlohmann::json::object();
    for (const auto& member : node) object[member.first.Scalar()] = convert(member.second);
    return object;
}

class AliasWatch : public YAML::EventHandler {
public:
    std::optional<YAML::Mark> first;

    void OnDocumentStart(const YAML::Mark&) override {}
    void OnDocumentEnd() override {}
    void OnNull(const YAML::Mark&, YAML::anchor_t) override {}
    void OnAlias(const YAML::Mark& mark, YAML::anchor_t) override {
        if (!first) first = mark;
    }
    void OnScalar(const YAML::Mark&, const std::string&, YAML::anchor_t, const std::string&) override {}
    void OnSequenceStart(const YAML::Mark&, const std::string&, YAML::anchor_t, YAML::EmitterStyle::value) override {}
    void OnSequenceEnd() override {}
    void OnMapStart(const YAML::Mark&, const std::string&, YAML::anchor_t, YAML::EmitterStyle::value) override {}
    void OnMapEnd() override {}
};

}  // namespace

std::string json_of(const YAML::Node& node) {
    return convert(node).dump();
}

std::optional<YAML::Mark> first_alias(const std::string& text) {
    std::istringstream in{text};
    YAML::Parser parser{in};
    AliasWatch watch;
    parser.HandleNextDocument(watch);
    return watch.first;
}

}  // namespace puente::rules
