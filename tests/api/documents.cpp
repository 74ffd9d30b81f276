#include "api/documents.hpp"

#include <algorithm>
#include <atomic>
#include <filesystem>
#include <stdexcept>

#include "api/process.hpp"
#include "puente/crypto/digest.hpp"
#include "puente/manifest/manifest.hpp"
#include "puente/v1/manifest.pb.h"

namespace puente::test {

namespace fs = std::filesystem;

namespace {

const std::string samples_folder = PUENTE_SOURCE_DIR "/tests/samples/";

/// A rule that fires on trip numbers whose fifth character is one of `letters`.
std::string rule(const std::string& id, const std::string& letters, const std::string& more) {
    return "  - id: " + id + "\n    title: {en: Test, es: Prueba}\n    when: manifest.trip.tripNumber.matches('^....[" + letters +
           "]')\n    assert: 'false'\n    pointer: /trip/tripNumber\n    " + more +
           "\n    message: {en: 'The test looks at {value}.', es: 'La prueba mira {value}.'}\n    fix: {en: None., es: Ninguna.}\n    citation: "
           "Test\n    confidence: PP\n"
           "    examples: {pass: [{sample: produce-northbound}], fail: [{sample: produce-northbound}]}\n";
}

/// The rules of a file without those that ask how long before arrival it is: their verdict changes with the date on which a test runs.
std::string without_lead_time(const std::string& text) {
    const std::string begin = "\n  - id: ";
    std::string kept = text.substr(0, text.find(begin));
    for (std::size_t at = text.find(begin); at != std::string::npos;) {
        const std::size_t end = text.find(begin, at + 1);
        const std::string block = text.substr(at, end == std::string::npos ? end : end - at);
        if (block.find("facts.leadMinutes") == std::string::npos) kept += block;
        at = end;
    }
    return kept;
}

void replace_all(std::string& text, const std::string& what, const std::string& by) {
    for (std::size_t at = text.find(what); at != std::string::npos; at = text.find(what, at + by.size())) text.replace(at, what.size(), by);
}

std::string selection_for_tests(std::string text) {
    replace_all(text, "drawRate: 0.02", "drawRate: 0");
    if (text.find("drawRate: 0}") == std::string::npos) throw std::runtime_error{"selection.yaml: the draw cannot be switched off"};
    for (const std::string agency : {"CBP", "SAT"}) {
        text += "  - agency: " + agency + "\n    name: testTarget" + agency +
                "\n    points: 100\n    condition: manifest.trip.tripNumber.matches('^....B')\n    note: {en: Test, es: Prueba}\n";
    }
    return text;
}

}  // namespace

std::vector<std::string> samples_of_kind(const std::string& kind) {
    std::vector<std::string> names;
    for (const fs::directory_entry& entry : fs::directory_iterator{samples_folder}) {
        const std::string name = entry.path().stem().string();
        if (entry.path().extension() == ".json" && fs::path{name}.extension() == kind) names.push_back(name);
    }
    std::sort(names.begin(), names.end());
    return names;
}

std::vector<std::string> clean_samples() {
    return samples_of_kind("");
}

std::string sample_text(const std::string& name) {
    const std::string text = read_file(samples_folder + name + ".json");
    if (text.empty()) throw std::runtime_error{"no sample " + name};
    return text;
}

Json fresh(const std::string& sample, Look look) {
    static std::atomic<unsigned> trips{0};
    std::string text = sample_text(sample);
    const std::string number = std::to_string(++trips);
    const std::string before = Json::parse(text)["trip"]["tripNumber"];
    // Other places may repeat the trip number: permits that were given for the trip.
    replace_all(text, before, before.substr(0, 4) + static_cast<char>(look) + std::string(8 - number.size(), '0') + number);
    Json document = Json::parse(text);
    document["documentId"] = new_uuid();
    return document;
}

std::string protobuf_of(const std::string& json_text) {
    manifest::DocumentLimits limits;
    limits.bytes_max = 256 * 1024 * 1024;  // the gateway's limit is for what it gets, and that is the binary form
    const manifest::Decoded decoded = manifest::decode_json(json_text, limits);
    if (!decoded.manifest) throw std::runtime_error{"the document is not in the format"};
    return decoded.manifest->message().SerializeAsString();
}

Json with_shipments(Json document, std::size_t count) {
    const Json first = document["shipments"][0];
    document["shipments"] = Json::array();
    for (std::size_t i = 0; i < count; ++i) {
        const std::string number = std::to_string(i);
        Json shipment = first;
        shipment["controlNumber"] = "TSTA" + std::string(8 - number.size(), '0') + number;
        document["shipments"].push_back(std::move(shipment));
    }
    return document;
}

std::string new_uuid() {
    std::string hex = crypto::hex(crypto::random_octets(16));
    hex[12] = '4';
    hex[16] = '8';
    return hex.substr(0, 8) + "-" + hex.substr(8, 4) + "-" + hex.substr(12, 4) + "-" + hex.substr(16, 4) + "-" + hex.substr(20);
}

std::string rules_for_tests(const std::string& parent) {
    const std::string folder = parent + "/rules";
    fs::copy(PUENTE_SOURCE_DIR "/rules", folder, fs::copy_options::recursive);
    for (const char* set : {"shared", "cbp", "sat"}) {
        for (const fs::directory_entry& entry : fs::directory_iterator{folder + "/" + set}) {
            write_file(entry.path().string(), without_lead_time(read_file(entry.path().string())));
        }
    }
    write_file(folder + "/cbp/tests.yaml", "rules:\n" + rule("CBP-T1", "CB", "severity: inspect") + rule("CBP-T2", "R", "severity: review") +
                                               rule("CBP-T3", "P", "severity: review\n    agencyOnly: true"));
    write_file(folder + "/sat/tests.yaml", "rules:\n" + rule("SAT-T1", "SB", "severity: inspect") + rule("SAT-T2", "R", "severity: review"));
    write_file(folder + "/selection.yaml", selection_for_tests(read_file(folder + "/selection.yaml")));
    return folder;
}

}  // namespace puente::test
