#include "unit/rules/rule_folder.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "puente/manifest/facts.hpp"
#include "puente/v1/facts.pb.h"

namespace rules = puente::rules;

std::shared_ptr<const rules::Rulebook> rulebook() {
    static const rules::Loaded loaded = rules::load(rules::read_folder(PUENTE_SOURCE_DIR "/rules"));
    for (const rules::LoadFault& fault : loaded.faults)
        ADD_FAILURE() << "rules/" << fault.file << ":" << fault.line << ":" << fault.column << ": " << fault.text;
    return loaded.rulebook;
}

static std::optional<std::string> text_of(const std::string& path) {
    std::ifstream in{path, std::ios::binary};
    if (!in) return std::nullopt;
    return std::string{std::istreambuf_iterator<char>{in}, {}};
}

std::optional<std::string> sample(const std::string& name) {
    return text_of(PUENTE_SOURCE_DIR "/tests/samples/" + name + ".json");
}

std::optional<std::string> rule_file(const std::string& name) {
    return text_of(PUENTE_SOURCE_DIR "/rules/" + name);
}

std::vector<std::string> sample_names(const std::string& suffix) {
    std::vector<std::string> names;
    for (const auto& entry : std::filesystem::directory_iterator{PUENTE_SOURCE_DIR "/tests/samples"}) {
        const std::string file = entry.path().filename().string();
        if (!file.ends_with(suffix + ".json")) continue;
        const std::string name = file.substr(0, file.size() - 5);
        if (std::count(name.begin(), name.end(), '.') == std::count(suffix.begin(), suffix.end(), '.')) names.push_back(name);
    }
    std::sort(names.begin(), names.end());
    return names;
}

std::vector<std::string> findings_on(const std::string& document) {
    const puente::manifest::Decoded decoded = puente::manifest::decode_json(document);
    for (const puente::manifest::Fault& fault : decoded.faults) ADD_FAILURE() << fault.pointer << ": " << fault.en;
    if (!decoded.manifest || !rulebook()) return {};
    puente::v1::Facts facts;
    puente::manifest::derive_facts(*decoded.manifest, decoded.manifest->arrival().at - std::chrono::hours{3}, *rulebook()->lists, facts);
    std::vector<std::string> texts;
    const rules::Assessment assessment = rules::assess(*decoded.manifest, facts, rulebook());
    for (const rules::Finding& finding : assessment.findings()) {
        texts.push_back(finding.rule->id + " " + std::string{to_text(finding.rule->severity)} + " " + finding.pointer + ": " +
                        finding.rule->message.en.fill(finding));
    }
    return texts;
}

std::shared_ptr<const rules::Rulebook> rulebook_with(const std::string& conditions, const std::string& since) {
    const auto file = [&](const std::string& id) {
        return "rules:\n  - id: " + id + "\n    title: {en: Good, es: Bueno}\n    each: s in manifest.shipments\n" + conditions +
               "    severity: advise\n    pointer: /shipments/{s}/controlNumber\n    message: {en: Bad, es: Malo}\n    fix: {en: Do, es: Haga}\n"
               "    citation: none\n    confidence: GK\n    examples:\n      pass: [{sample: produce-northbound}]\n"
               "      fail: [{sample: produce-northbound, patch: {shipments: {0: {packages: {count: 0}}}}}]\n";
    };
    const rules::Loaded loaded = rules::load({
        {"cbp/a.yaml",          file("CBP-001")                                               },
        {"codes/countries.csv", "# Source: none\ncode,from,until,en,es\nMX," + since + ",,Mexico,México\n"},
        {"sat/a.yaml",          file("SAT-001")                                               },
        {"shared/a.yaml",       file("SHARED-001")                                            }
    });
    for (const rules::LoadFault& fault : loaded.faults) ADD_FAILURE() << fault.line << ": " << fault.text;
    return loaded.rulebook;
}
