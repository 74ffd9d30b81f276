#pragma once

#include <gtest/gtest.h>

#include <chrono>
#include <fstream>
#include <iterator>
#include <memory>
#include <string>
#include <vector>

#include "puente/manifest/facts.hpp"
#include "puente/selection/select.hpp"
#include "puente/v1/facts.pb.h"

namespace puente::selection {

/// A rulebook of four rules, one for each severity, that all fail on every manifest with a VIN.
inline std::shared_ptr<const rules::Rulebook> rulebook_with(const char* severity, const char* set) {
    const std::string upper = std::string{set} == "cbp" ? "CBP" : std::string{set} == "sat" ? "SAT" : "SHARED";
    const auto rule = [](const std::string& id, const std::string& assertion, const std::string& severity_text) {
        return "rules:\n  - id: " + id + "\n    title: {en: a, es: b}\n    assert: " + assertion + "\n    severity: " + severity_text +
               "\n    pointer: /trip\n    message: {en: a, es: b}\n    fix: {en: a, es: b}\n    citation: none\n    confidence: C2\n"
               "    examples: {pass: [{sample: x}], fail: [{sample: x}]}\n";
    };
    std::vector<rules::SourceFile> files;
    for (const char* name : {"shared", "cbp", "sat"}) {
        const std::string id = (std::string{name} == "cbp" ? "CBP" : std::string{name} == "sat" ? "SAT" : "SHARED") + std::string{"-001"};
        files.push_back({std::string{name} + "/test.yaml",
                         rule(id, std::string{name} == set ? "1 == 2" : "1 == 1", std::string{name} == set ? severity : "advise")});
    }
    for (const char* list : {"perishables", "essential_goods", "food_headings"}) {
        files.push_back({std::string{"codes/"} + list + ".csv", "# source: made for a test\ncode,from,until,en,es,class\n99,,,a,b,medical\n"});
    }
    rules::Loaded loaded = rules::load(files);
    for (const rules::LoadFault& fault : loaded.faults) ADD_FAILURE() << fault.file << ":" << fault.line << " " << fault.text;
    return loaded.rulebook;
}

struct Judged {
    std::unique_ptr<manifest::Manifest> manifest;
    v1::Facts facts;
    rules::Assessment assessment;
};

inline Judged judged_by(const std::shared_ptr<const rules::Rulebook>& rulebook) {
    std::ifstream in{PUENTE_SOURCE_DIR "/tests/samples/hazmat-northbound.json"};
    std::unique_ptr<manifest::Manifest> manifest = manifest::decode_json({std::istreambuf_iterator<char>{in}, {}}).manifest;
    v1::Facts facts;
    manifest::derive_facts(*manifest, manifest->arrival().at - std::chrono::hours{3}, *rulebook->lists, facts);
    rules::Assessment assessment = rules::assess(*manifest, facts, rulebook);
    return {std::move(manifest), std::move(facts), std::move(assessment)};
}

/// The policy that a text declares.
inline Policy policy_of(const std::string& yaml, const rules::Rulebook& rulebook) {
    Result<Policy> policy = parse_policy(yaml, rulebook);
    if (policy) return std::move(*policy);
    ADD_FAILURE() << policy.error().detail();
    return {};
}

}  // namespace puente::selection
