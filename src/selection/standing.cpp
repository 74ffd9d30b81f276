#include "puente/selection/standing.hpp"

#include <algorithm>
#include <initializer_list>
#include <vector>

#include "puente/identifiers/caat.hpp"
#include "puente/identifiers/ein.hpp"
#include "puente/identifiers/fast_card.hpp"
#include "puente/identifiers/importer_number.hpp"
#include "puente/identifiers/rfc.hpp"
#include "puente/identifiers/scac.hpp"
#include "puente/v1/manifest.pb.h"

namespace puente::selection {

namespace {

template <class Value>
constexpr std::size_t at(Value value) {
    return static_cast<std::size_t>(value);
}

/// What is known about a programme.
struct ProgrammeFacts {
    std::string_view text;
    identifiers::Agency owner;
    int tiers;
    std::array<bool, id_kinds.size()> names_by;  ///< in the order of IdKind: RFC, IRS, SCAC, CAAT, FAST
};

constexpr std::array<ProgrammeFacts, programmes.size()> facts_of{
    {
     {"CTPAT", identifiers::Agency::cbp, 3, {true, true, true, false, false}},
     {"FAST", identifiers::Agency::cbp, 0, {false, false, true, false, true}},
     {"OEA", identifiers::Agency::sat, 0, {true, false, false, true, false}},
     {"IMMEX", identifiers::Agency::sat, 0, {true, false, false, false, false}},
     }
};
constexpr std::array<std::string_view, id_kinds.size()> kind_texts{"RFC", "IRS", "SCAC", "CAAT", "FAST"};
constexpr std::array<std::string_view, everyone.size()> who_texts{"carrier", "driver", "importer", "shipper"};

std::string in_capitals(std::string_view text) {
    const std::size_t first = text.find_first_not_of(' ');
    if (first == std::string_view::npos) return {};
    std::string capitals{text.substr(first, text.find_last_not_of(' ') - first + 1)};
    for (char& c : capitals) {
        if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
    }
    for (std::size_t small = capitals.find("ñ"); small != std::string::npos; small = capitals.find("ñ")) capitals.replace(small, 2, "Ñ");
    return capitals;
}

/// The better of what the register says of a party's identifiers on a day; nothing when it says nothing good.
std::optional<int> tier_of(const v1::PartyIds& ids, const Roll& roll, Programme programme, std::chrono::sys_days day) {
    std::optional<int> best;
    const auto look_up = [&](IdKind kind, const std::string& id) {
        if (id.empty() || !names_by(programme, kind)) return;
        const Grant* const grant = roll.find(kind, id);
        if (grant != nullptr && grant->good_on(day)) best = std::max(best.value_or(0), grant->tier);
    };
    look_up(IdKind::rfc, ids.rfc());
    look_up(IdKind::irs, ids.ein());
    look_up(IdKind::irs, ids.cbp_number());
    look_up(IdKind::scac, ids.scac());
    look_up(IdKind::caat, ids.caat());
    return best;
}

/// The lowest tier at which all of a list stand; nothing when the list is empty or one does not.
template <class List, class TierOf>
std::optional<int> lowest(const List& list, TierOf tier_of_one) {
    std::optional<int> low;
    for (const auto& each : list) {
        const std::optional<int> tier = tier_of_one(each);
        if (!tier) return std::nullopt;
        low = std::min(low.value_or(*tier), *tier);
    }
    return low;
}

/// How a programme knows the trip.
class Look {
public:
    Look(const manifest::Manifest& manifest, const Roll& roll, Programme programme)
        : message_{manifest.message()}, roll_{roll}, programme_{programme}, day_{manifest.arrival_day()} {}

    std::optional<int> carrier() const { return tier_of(message_.trip().carrier().ids(), roll_, programme_, day_); }

    std::optional<int> driver() const {
        if (!names_by(programme_, IdKind::fast)) return std::nullopt;
        std::vector<const std::string*> cards;
        for (const v1::CrewMember& each : message_.trip().crew()) {
            if (each.role() == "driver" || each.role() == "coDriver") cards.push_back(&each.fast_id());
        }
        return lowest(cards, [this](const std::string* card) -> std::optional<int> {
            const Grant* const grant = card->empty() ? nullptr : roll_.find(IdKind::fast, *card);
            return grant != nullptr && grant->good_on(day_) ? std::optional{grant->tier} : std::nullopt;
        });
    }

    std::optional<int> importer() const {
        return lowest(message_.shipments(), [this](const v1::Shipment& shipment) {
            const auto named = [](const v1::Party& party) { return party.role() == "importer"; };
            const bool of_record = std::any_of(shipment.parties().begin(), shipment.parties().end(), named);
            return best_of(shipment, {of_record ? "importer" : "consignee"});
        });
    }

    std::optional<int> shipper() const {
        return lowest(message_.shipments(), [this](const v1::Shipment& shipment) { return best_of(shipment, {"consignor", "exporter"}); });
    }

private:
    std::optional<int> best_of(const v1::Shipment& shipment, std::initializer_list<std::string_view> roles) const {
        std::optional<int> best;
        for (const v1::Party& party : shipment.parties()) {
            if (std::find(roles.begin(), roles.end(), party.role()) == roles.end()) continue;
            if (const std::optional<int> tier = tier_of(party.ids(), roll_, programme_, day_)) best = std::max(best.value_or(0), *tier);
        }
        return best;
    }

    const v1::Manifest& message_;
    const Roll& roll_;
    Programme programme_;
    std::chrono::sys_days day_;
};

template <class Value, std::size_t count>
std::optional<Value> value_in(const std::array<std::string_view, count>& texts, std::string_view text) {
    const auto found = std::find(texts.begin(), texts.end(), text);
    return found == texts.end() ? std::nullopt : std::optional{static_cast<Value>(found - texts.begin())};
}

}  // namespace

Standings standings_of(const manifest::Manifest& manifest, const Registry& registry) {
    Standings standings{true};
    for (const Programme programme : programmes) {
        const std::shared_ptr<const Roll>& roll = registry.rolls[at(programme)];
        if (!roll || roll->size() == 0) continue;
        const Look look{manifest, *roll, programme};
        const auto put = [&](Who who, std::optional<int> tier) {
            if (tier) standings.put(programme, who, *tier);
        };
        put(Who::carrier, look.carrier());
        put(Who::driver, look.driver());
        put(Who::importer, look.importer());
        put(Who::shipper, look.shipper());
    }
    return standings;
}

bool Standings::trusted() const {
    return std::any_of(programmes.begin(), programmes.end(), [this](Programme each) { return trusted(each); });
}

bool Standings::trusted(Programme programme) const {
    return tier(programme, Who::carrier) || tier(programme, Who::importer) || tier(programme, Who::shipper);
}

std::string_view to_text(Programme programme) {
    return facts_of[at(programme)].text;
}

std::optional<Programme> parse_programme(std::string_view text) {
    for (const Programme each : programmes) {
        if (to_text(each) == text) return each;
    }
    return std::nullopt;
}

identifiers::Agency owner_of(Programme programme) {
    return facts_of[at(programme)].owner;
}

int tiers_of(Programme programme) {
    return facts_of[at(programme)].tiers;
}

std::string_view to_text(IdKind kind) {
    return kind_texts[at(kind)];
}

std::optional<IdKind> parse_id_kind(std::string_view text) {
    return value_in<IdKind>(kind_texts, text);
}

bool names_by(Programme programme, IdKind kind) {
    return facts_of[at(programme)].names_by[at(kind)];
}

std::string_view to_text(Who who) {
    return who_texts[at(who)];
}

std::optional<Who> parse_who(std::string_view text) {
    return value_in<Who>(who_texts, text);
}

Result<std::string> canonical_id(IdKind kind, std::string_view text) {
    std::string id = in_capitals(text);
    const auto checked = [&id](bool fine, const char* wanted) -> Result<std::string> {
        if (!fine) return Error{ErrorKind::malformed, wanted};
        return std::move(id);
    };
    switch (kind) {
        case IdKind::rfc:
            return checked(identifiers::rfc_is_well_formed(id) && !identifiers::rfc_is_generic(id), "an RFC of one taxpayer, such as EKU9003173C9");
        case IdKind::irs:
            if (const std::optional<std::string> ein = identifiers::canonical_ein(id)) return *ein;
            return checked(identifiers::cbp_number_is_well_formed(id),
                           "an EIN (NN-NNNNNNN, with or without suffix) or a number that CBP assigned (YYDDPP-NNNNN)");
        case IdKind::scac:
            return checked(identifiers::scac_is_well_formed(id), "a SCAC of two to four letters");
        case IdKind::caat:
            return checked(identifiers::caat_is_well_formed(id), "a CAAT of four letters or digits");
        case IdKind::fast:
            return checked(identifiers::fast_card_is_well_formed(id), "a FAST card number of 14 digits");
    }
    return Error{ErrorKind::malformed, "no such kind of identifier"};
}

const Grant* Roll::find(IdKind kind, std::string_view text) const {
    const Result<std::string> id = canonical_id(kind, text);
    if (!id) return nullptr;
    const auto found = grants_.find(key(kind, *id));
    return found == grants_.end() ? nullptr : &found->second;
}

std::string Roll::key(IdKind kind, std::string_view canonical) {
    std::string made;
    made.reserve(canonical.size() + 1);
    made += static_cast<char>('0' + static_cast<char>(kind));
    made += canonical;
    return made;
}

}  // namespace puente::selection
