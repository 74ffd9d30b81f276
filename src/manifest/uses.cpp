#include "puente/manifest/uses.hpp"

#include <algorithm>
#include <array>
#include <unordered_set>
#include <utility>

#include "puente/crypto/digest.hpp"
#include "puente/v1/facts.pb.h"
#include "puente/v1/manifest.pb.h"

namespace puente::manifest {

namespace {

using namespace std::chrono;

// Three years: 19 CFR 123.92, CBP's trade account guide (a control number). 90 days: ours, the time a seal may lie in a yard. 400 days: a Parte II
// comes at most 90 days after the first vehicle (RGCE 3.1.21), a consolidated pedimento is closed within the year.
constexpr UseKind control_number{"controlNumber", days{1096}};
constexpr UseKind entry_number{"entryNumber", days{1096}};
constexpr UseKind pedimento{"pedimento", days{400}};
constexpr UseKind seal{"seal", days{90}};
constexpr UseKind plate{"plate", hours{2}};
constexpr UseKind vin{"vin", hours{2}};
constexpr UseKind person{"person", hours{2}};

/// Capital letters and digits: hyphens, blanks and case do not make another identifier.
std::string canonical(std::string_view text) {
    std::string kept;
    for (const char c : text) {
        if (c >= 'a' && c <= 'z') kept += static_cast<char>(c - 'a' + 'A');
        if ((c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9')) kept += c;
    }
    return kept;
}

Uuid key_of(const UseKind& kind, std::string_view value) {
    const std::string digest = crypto::sha256(std::string{kind.name} + '\n' + canonical(value));
    std::array<std::uint8_t, 16> half;
    std::copy_n(digest.begin(), half.size(), half.begin());
    return Uuid{half};
}

/// Collects uses, each key once.
class Collector {
public:
    void add(const UseKind& kind, std::string_view value, std::string detail = {}) { add(kind, value, value, std::move(detail)); }
    /// `whole` is what tells the identifier apart where `value` alone does not.
    void add(const UseKind& kind, std::string_view value, std::string_view whole, std::string detail) {
        if (value.empty()) return;
        const Uuid key = key_of(kind, whole);
        if (seen_.insert(key).second) uses_.push_back({&kind, std::string{value}, std::move(detail), key});
    }
    std::vector<Use> take() && { return std::move(uses_); }

private:
    std::unordered_set<Uuid> seen_;
    std::vector<Use> uses_;
};

void add_conveyance(const v1::Trip& trip, Collector& uses) {
    uses.add(vin, trip.conveyance().vin(), trip.direction());
    for (const v1::Plate& each : trip.conveyance().plates()) uses.add(plate, each.number(), each.number() + each.country(), trip.direction());
}

void add_crew(const v1::Trip& trip, Collector& uses) {
    for (const v1::CrewMember& member : trip.crew()) {
        uses.add(person, member.fast_id(), trip.direction());
        uses.add(person, member.ace_id(), trip.direction());
        for (const v1::TravelDocument& document : member.travel_documents())
            uses.add(person, document.number(), document.number() + document.country() + document.type(), trip.direction());
    }
}

/// How a piece of equipment is known outside of the document.
std::string name_of(const v1::Equipment& equipment) {
    if (!equipment.number().empty()) return equipment.number();
    return equipment.plates().empty() ? std::string{} : equipment.plates(0).number();
}

void add_seals(const v1::Trip& trip, Collector& uses) {
    for (const v1::Equipment& equipment : trip.equipment()) {
        for (const v1::Seal& each : equipment.seals()) uses.add(seal, each.number(), name_of(equipment));
    }
}

/// The number of the importer, by which CBP knows it.
std::string importer_of(const v1::Shipment& shipment) {
    for (const char* const role : {"importer", "consignee"}) {
        for (const v1::Party& party : shipment.parties()) {
            if (party.role() != role) continue;
            const std::string& number = party.ids().ein().empty() ? party.ids().cbp_number() : party.ids().ein();
            if (!number.empty()) return number;
        }
    }
    return {};
}

std::string share_of(const v1::CustomsDocument& document) {
    if (!document.part_two().empty()) return "part " + document.part_two();
    return document.remittance().empty() ? std::string{} : "remittance " + document.remittance();
}

void add_shipments(const v1::Manifest& message, Collector& uses) {
    for (const v1::Shipment& shipment : message.shipments()) {
        uses.add(control_number, shipment.control_number());
        uses.add(entry_number, shipment.us().entry_number(), importer_of(shipment));
        for (const v1::CustomsDocument& document : shipment.mx().customs_documents()) uses.add(pedimento, document.pedimento(), share_of(document));
    }
}

}  // namespace

std::vector<Use> identifier_uses(const Manifest& manifest) {
    const v1::Manifest& message = manifest.message();
    Collector uses;
    add_conveyance(message.trip(), uses);
    add_crew(message.trip(), uses);
    add_seals(message.trip(), uses);
    add_shipments(message, uses);
    return std::move(uses).take();
}

void add_earlier_uses(const Manifest& manifest, const std::vector<Use>& uses, const std::vector<EarlierUse>& earlier, v1::Facts& facts) {
    for (const EarlierUse& each : earlier) {
        const auto use = std::find_if(uses.begin(), uses.end(), [&](const Use& known) { return known.key == each.key; });
        if (use == uses.end() && each.key != Uuid{}) continue;
        v1::EarlierUse& told = *facts.add_earlier_uses();
        told.set_kind(use == uses.end() ? "trip" : std::string{use->kind->name});
        told.set_value(use == uses.end() ? manifest.trip_number() : use->value);
        told.set_minutes_before(floor<minutes>(manifest.arrival().at - each.arrival).count());
        told.set_minutes_apart(floor<minutes>(abs(manifest.arrival().at - each.arrival)).count());
        told.set_detail(each.detail);
    }
}

}  // namespace puente::manifest
