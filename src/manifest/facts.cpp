#include "puente/manifest/facts.hpp"

#include <google/protobuf/repeated_ptr_field.h>

#include <algorithm>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "manifest/timestamp.hpp"
#include "puente/codes/code_lists.hpp"
#include "puente/manifest/decimal.hpp"
#include "puente/manifest/manifest.hpp"
#include "puente/v1/facts.pb.h"
#include "puente/v1/manifest.pb.h"

namespace puente::manifest {

namespace {

using Texts = google::protobuf::RepeatedPtrField<std::string>;
/// Views into the manifest: collected first, sorted once.
using Views = std::vector<std::string_view>;

/// What is gathered from shipments and goods before it is sorted.
struct Gathered {
    Views hs;  ///< the HS codes on board whose first four characters are digits
    Views hazard_classes;
    Views origins;
    Views control_numbers;
    Views programs;
};

/// Adds to a sum that stops at the largest number instead of starting over.
void add(std::int64_t& sum, std::int64_t value) {
    constexpr std::int64_t most = std::numeric_limits<std::int64_t>::max();
    sum = sum > most - value ? most : sum + value;
}

/// Lines of one kind mostly stand together, so the last one spares most of the copies.
void gather(Views& views, std::string_view text) {
    if (!text.empty() && (views.empty() || views.back() != text)) views.push_back(text);
}

void put_all(const Views& views, Texts& into) {
    into.Reserve(static_cast<int>(views.size()));
    for (const std::string_view view : views) into.Add()->assign(view.data(), view.size());
}

void put_sorted(Views& views, Texts& into) {
    std::sort(views.begin(), views.end());
    views.erase(std::unique(views.begin(), views.end()), views.end());
    put_all(views, into);
}

/// Those that stand in the list more than once.
void put_repeated(Views& views, Texts& into) {
    std::sort(views.begin(), views.end());
    Views repeated;
    for (std::size_t i = 1; i < views.size(); ++i) {
        if (views[i] == views[i - 1]) gather(repeated, views[i]);
    }
    put_all(repeated, into);
}

void note_times(const Manifest& manifest, Instant received_at, v1::Facts& facts) {
    const Instant arrival = manifest.arrival().at;
    write_timestamp(received_at, *facts.mutable_received_at());
    write_timestamp(arrival, *facts.mutable_arrival());
    facts.set_lead_minutes(std::chrono::floor<std::chrono::minutes>(arrival - received_at).count());
    facts.set_arrival_day(day_text(manifest.arrival_day()));
}

void note_equipment(const v1::Trip& trip, v1::Facts& facts) {
    Views ids;
    std::vector<std::pair<std::string_view, int>> seals;  // each with the equipment it stands on
    for (int i = 0; i < trip.equipment_size(); ++i) {
        const v1::Equipment& equipment = trip.equipment(i);
        if (equipment.load_status() == "loaded") facts.set_loaded_equipment(true);
        ids.push_back(equipment.equipment_id());
        for (const v1::Seal& seal : equipment.seals()) seals.emplace_back(seal.number(), i);
    }
    put_repeated(ids, *facts.mutable_repeated_equipment_ids());
    put_sorted(ids, *facts.mutable_equipment_ids());
    // The same number twice on one piece of equipment is another matter.
    std::sort(seals.begin(), seals.end());
    seals.erase(std::unique(seals.begin(), seals.end()), seals.end());
    Views numbers;
    for (const auto& [number, equipment] : seals) numbers.push_back(number);
    put_repeated(numbers, *facts.mutable_repeated_seals());
}

void note_goods(const v1::GoodsItem& goods, Gathered& gathered, std::int64_t& usd_cents) {
    const std::string_view hs = goods.hs();
    if (hs.size() >= 4 && hs.substr(0, 4).find_first_not_of("0123456789") == std::string_view::npos) gather(gathered.hs, hs);
    gather(gathered.origins, goods.origin());
    if (goods.has_dangerous()) gather(gathered.hazard_classes, goods.dangerous().class_());
    if (goods.value().currency() == "USD") add(usd_cents, scaled(goods.value().amount(), 2).value_or(0));
}

bool is_under_bond(const v1::UsBlock& us) {
    return us.has_in_bond() || us.release() == "inBond" || us.release() == "qpInBond";
}

void note_shipments(const v1::Manifest& message, Gathered& gathered, v1::Facts& facts) {
    std::int64_t goods_count = 0;
    std::int64_t gross_grams = 0;
    std::int64_t packages = 0;
    std::int64_t usd_cents = 0;
    for (const v1::Shipment& shipment : message.shipments()) {
        goods_count += shipment.goods_size();
        add(gross_grams, scaled(shipment.gross_mass_kg(), 3).value_or(0));
        add(packages, shipment.packages().count());
        gathered.control_numbers.push_back(shipment.control_number());
        if (is_under_bond(shipment.us())) facts.set_in_bond(true);
        for (const v1::Credential& credential : shipment.credentials()) gather(gathered.programs, credential.program());
        for (const v1::GoodsItem& goods : shipment.goods()) {
            note_goods(goods, gathered, usd_cents);
            if (goods.has_dangerous()) facts.set_hazmat(true);
        }
    }
    facts.set_shipment_count(message.shipments_size());
    facts.set_empty(message.shipments_size() == 0);
    facts.set_goods_count(goods_count);
    facts.set_gross_grams(gross_grams);
    facts.set_packages(packages);
    facts.set_usd_cents(usd_cents);
}

/// What the lists say about one chapter or heading.
class Families {
public:
    Families(const codes::CodeLists& lists, std::chrono::sys_days day)
        : perishables_{lists.find("perishables")}, food_{lists.find("foodHeadings")}, essential_{lists.find("essentialGoods")}, day_{day} {
        if (essential_ != nullptr) class_column_ = essential_->column_index("class");
    }

    void note(std::string_view code, v1::Facts& facts) {
        if (perishables_ != nullptr && perishables_->contains(code, day_)) facts.set_perishable(true);
        if (food_ != nullptr && food_->contains(code, day_)) facts.set_food(true);
        const codes::Entry* const entry = essential_ == nullptr || !class_column_ ? nullptr : essential_->find(code, day_);
        if (entry != nullptr) gather(classes_, entry->column(*class_column_));
    }
    Views& classes() { return classes_; }

private:
    const codes::CodeList* perishables_;
    const codes::CodeList* food_;
    const codes::CodeList* essential_;
    std::optional<std::size_t> class_column_;
    std::chrono::sys_days day_;
    Views classes_;
};

/// Chapters and headings on board and the families they belong to.
void note_headings(Views& hs, Families families, v1::Facts& facts) {
    std::sort(hs.begin(), hs.end());
    std::string_view chapter;
    std::string_view heading;
    for (const std::string_view code : hs) {
        if (code.substr(0, 2) != chapter) {
            chapter = code.substr(0, 2);
            facts.add_chapters(chapter.data(), chapter.size());
            families.note(chapter, facts);
        }
        if (code.substr(0, 4) != heading) {
            heading = code.substr(0, 4);
            facts.add_headings(heading.data(), heading.size());
            families.note(heading, facts);
        }
    }
    put_sorted(families.classes(), *facts.mutable_essential());
}

}  // namespace

void derive_facts(const Manifest& manifest, Instant received_at, const codes::CodeLists& lists, v1::Facts& facts) {
    const v1::Manifest& message = manifest.message();
    Gathered gathered;
    facts.Clear();
    note_times(manifest, received_at, facts);
    note_equipment(message.trip(), facts);
    note_shipments(message, gathered, facts);
    note_headings(gathered.hs, Families{lists, manifest.arrival_day()}, facts);
    facts.set_fast(message.trip().crossing().lane() == "fast");
    for (const v1::Credential& credential : message.credentials()) gather(gathered.programs, credential.program());
    put_sorted(gathered.hazard_classes, *facts.mutable_hazard_classes());
    put_sorted(gathered.origins, *facts.mutable_origins());
    put_sorted(gathered.programs, *facts.mutable_programs());
    put_repeated(gathered.control_numbers, *facts.mutable_repeated_control_numbers());
}

}  // namespace puente::manifest
