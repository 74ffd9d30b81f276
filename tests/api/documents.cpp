#include "api/documents.hpp"

#include <algorithm>
#include <atomic>
#include <filesystem>
#include <stdexcept>

#include "api/process.hpp"
#include "puente/crypto/digest.hpp"
#include "puente/identifiers/entry_number.hpp"
#include "puente/identifiers/pedimento.hpp"
#include "puente/identifiers/vin.hpp"
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

namespace {

/// The last characters of a number replaced by the digits of another.
std::string renumbered(std::string text, unsigned number, std::size_t digits) {
    const std::string written = std::to_string(number);
    digits = std::min(digits, text.size());
    const std::string padded = std::string(digits - std::min(digits, written.size()), '0') + written.substr(written.size() - std::min(digits, written.size()));
    return text.replace(text.size() - digits, digits, padded);
}

/// Puts the check digit that agrees at a position; a number that has none is left as it is.
template <class Agrees>
void set_check_digit(std::string& text, std::size_t position, Agrees agrees) {
    const char before = text[position];
    for (const char digit : std::string{"0123456789X"}) {
        text[position] = digit;
        if (agrees(text)) return;
    }
    text[position] = before;
}

void renumber_vehicle(Json& conveyance, unsigned number) {
    if (conveyance.contains("vin") && identifiers::vin_is_valid(conveyance["vin"].get<std::string>())) {
        std::string vin = renumbered(conveyance["vin"], number, 5);
        set_check_digit(vin, 8, identifiers::vin_check_digit_agrees);
        conveyance["vin"] = vin;
    }
    for (Json& plate : conveyance["plates"]) plate["number"] = renumbered(plate["number"], number, 5);
    if (conveyance["plates"].empty()) conveyance.erase("plates");
}

void renumber_person(Json& member, unsigned number) {
    if (member.contains("fastId")) member["fastId"] = renumbered(member["fastId"].get<std::string>().substr(0, 12), number, 7) + "01";
    if (member.contains("aceId")) member["aceId"] = renumbered(member["aceId"], number, 5);
    if (!member.contains("travelDocuments")) return;
    for (Json& document : member["travelDocuments"]) document["number"] = renumbered(document["number"], number, 6);
}

void renumber_shipment(Json& shipment, unsigned number, std::size_t place) {
    const std::string control = shipment["controlNumber"];
    shipment["controlNumber"] = renumbered(renumbered(control.substr(0, 4) + "00000000", number, 8).substr(0, 12) + "0000", static_cast<unsigned>(place), 4);
    if (shipment.contains("us") && shipment["us"].contains("entryNumber")) {
        std::string entry = shipment["us"]["entryNumber"];
        if (identifiers::entry_number_check_digit_agrees(entry)) {
            const std::size_t last = entry.size() - 1;
            const std::size_t digits_end = entry[last - 1] == '-' ? last - 1 : last;
            entry.replace(0, digits_end, renumbered(entry.substr(0, digits_end), number * 50 + static_cast<unsigned>(place), 7));
            set_check_digit(entry, last, identifiers::entry_number_check_digit_agrees);
            shipment["us"]["entryNumber"] = entry;
        }
    }
    if (!shipment.contains("mx") || !shipment["mx"].contains("customsDocuments")) return;
    for (Json& document : shipment["mx"]["customsDocuments"]) {
        if (document.contains("pedimento") && identifiers::pedimento_is_well_formed(document["pedimento"].get<std::string>()))
            document["pedimento"] = renumbered(document["pedimento"], number, 6);
    }
}

/// Identifiers that no other document of this program has: rules hold a trip against the trips before it.
void renumber(Json& document, unsigned number) {
    Json& trip = document["trip"];
    renumber_vehicle(trip["conveyance"], number);
    if (trip.contains("crew")) {
        for (Json& member : trip["crew"]) renumber_person(member, number);
    }
    if (trip.contains("equipment")) {
        unsigned place = 0;
        for (Json& equipment : trip["equipment"]) {
            if (!equipment.contains("seals")) continue;
            for (Json& seal : equipment["seals"]) seal["number"] = renumbered(seal["number"], number * 8 + place++ % 8, 6);
        }
    }
    if (!document.contains("shipments")) return;
    std::size_t place = 0;
    for (Json& shipment : document["shipments"]) renumber_shipment(shipment, number, place++);
}

}  // namespace

Json fresh(const std::string& sample, Look look) {
    static std::atomic<unsigned> trips{0};
    std::string text = sample_text(sample);
    const unsigned mine = ++trips;
    const std::string number = std::to_string(mine);
    const std::string before = Json::parse(text)["trip"]["tripNumber"];
    // Other places may repeat the trip number: permits that were given for the trip.
    replace_all(text, before, before.substr(0, 4) + static_cast<char>(look) + std::string(8 - number.size(), '0') + number);
    Json document = Json::parse(text);
    document["documentId"] = new_uuid();
    renumber(document, mine);
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
        shipment["controlNumber"] = first["controlNumber"].get<std::string>().substr(0, 12) + std::string(4 - number.size(), '0') + number;
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
