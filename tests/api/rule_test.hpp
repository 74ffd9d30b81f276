#pragma once

#include <chrono>
#include <filesystem>
#include <functional>
#include <string>
#include <thread>

#include "api/station.hpp"

namespace puente::test {

inline bool soon(const std::function<bool()>& is_so, std::chrono::milliseconds patience = std::chrono::seconds{10}) {
    const auto deadline = std::chrono::steady_clock::now() + patience;
    while (!is_so()) {
        if (std::chrono::steady_clock::now() > deadline) return false;
        std::this_thread::sleep_for(std::chrono::milliseconds{20});
    }
    return true;
}

/// A rule about the beginning of the trip number, which the sample produce-northbound keeps or breaks.
inline std::string rule(const std::string& id, const std::string& severity, bool sample_passes, const std::string& more = "") {
    const std::string sample = "[{sample: produce-northbound}]";
    const std::string changed = "[{sample: produce-northbound, patch: {trip: {tripNumber: XXXX00000001}}}]";
    return "  - id: " + id + "\n    title: {en: Trip, es: Viaje}\n    assert: \"" + (sample_passes ? "" : "!") +
           "manifest.trip.tripNumber.startsWith('TSTA')\"\n    severity: " + severity + more +
           "\n    pointer: /trip/tripNumber\n    message: {en: 'The trip is {value}.', es: 'El viaje es {value}.'}\n    fix: {en: None., es: "
           "Ninguna.}\n    citation: Test\n" +
           "    confidence: S1\n    examples:\n      pass: " + (sample_passes ? sample : changed) +
           "\n      fail: " + (sample_passes ? changed : sample) + "\n";
}

inline const std::string kind_rules = "rules:\n" + rule("CBP-901", "advise", true);
inline const std::string strict_rules = "rules:\n" + rule("CBP-901", "reject", false) + rule("CBP-902", "advise", true);

/// The code lists and the selection of the house, and one rule in each set.
inline std::string small_rules(const std::string& parent) {
    const std::string folder = rules_for_tests(parent);
    for (const char* set : {"shared", "cbp", "sat"}) {
        std::filesystem::remove_all(folder + "/" + set);
        std::filesystem::create_directory(folder + "/" + set);
    }
    write_file(folder + "/shared/trip.yaml", "rules:\n" + rule("SHARED-901", "advise", true));
    write_file(folder + "/cbp/trip.yaml", kind_rules);
    write_file(folder + "/sat/trip.yaml", "rules:\n" + rule("SAT-901", "advise", true));
    return folder;
}

inline nlohmann::json publication(const std::string& name, const std::string& text) {
    return {{"files", {{{"name", name}, {"text", text}}}}};
}

/// A gateway under small rules, and an author of each agency.
class RuleTest : public testing::Test {
protected:
    Answer publish(const Party& author, const std::string& set, const nlohmann::json& body) {
        return station.post(author, "/v1/rulesets/" + set + "/versions", body);
    }
    Answer publish_cbp(const std::string& text) { return publish(cbp_author, "cbp", publication("cbp/trip.yaml", text)); }
    Answer activate(const Party& author, const std::string& set, const std::string& version, const nlohmann::json& body = nlohmann::json::object()) {
        return station.post(author, "/v1/rulesets/" + set + "/versions/" + version + ":activate", body);
    }
    /// Publishes, activates and waits until this gateway judges by it.
    std::string put_in_force(const std::string& text) {
        const std::string version = publish_cbp(text).json().value("version", "");
        EXPECT_EQ(activate(cbp_author, "cbp", version).status, 200);
        EXPECT_TRUE(soon([&] { return in_force("cbp") == version; }));
        return version;
    }
    Answer open_get(const std::string& target) { return station.ask({"GET", target}); }
    std::string in_force(const std::string& set) { return open_get("/readyz").json()["ruleSets"][set]; }
    Answer validate(const std::string& query = "") { return station.post(station.broker, "/v1/manifests:validate" + query, fresh()); }

    TemporaryFolder folder;
    const std::string rules = small_rules(folder.path());
    Station station{{{"--rules", rules, "--samples", PUENTE_SOURCE_DIR "/tests/samples"}}};
    Party cbp_author = station.add_client({"--role", "author", "--agency", "CBP"});
    Party sat_author = station.add_client({"--role", "author", "--agency", "SAT"});
};

}  // namespace puente::test
