#include "store/filing_arrays.hpp"

#include <algorithm>

#include "store/binary_array.hpp"
#include "store/filing_uses.hpp"

namespace puente::store {

namespace {

using E = Element;

std::string joined(const std::vector<std::string>& words) {
    std::string text;
    for (const std::string& word : words) {
        if (!text.empty()) text += '\x1f';
        text += word;
    }
    return text;
}

bool is_open(const InspectionRow& inspection) {
    return std::any_of(inspection.legs.begin(), inspection.legs.end(), [](const LegRow& leg) { return leg.state == inspection::LegState::pending; });
}

}  // namespace

std::vector<Parameter> key_arrays(const FilingList& filings) {
    std::array<BinaryArray, 2> to{BinaryArray{E::text}, BinaryArray{E::text}};
    for (const Filing* filing : filings) {
        to[0].add_text(filing->client_id);
        to[1].add_text(filing->idempotency_key);
    }
    return bound(to);
}

std::vector<Parameter> manifest_arrays(const FilingList& filings) {
    std::array<BinaryArray, 25> to{
        BinaryArray{E::text}, BinaryArray{E::text}, BinaryArray{E::octets}, BinaryArray{E::int32}, BinaryArray{E::octets},  BinaryArray{E::text},
        BinaryArray{E::uuid}, BinaryArray{E::uuid}, BinaryArray{E::text},   BinaryArray{E::text},  BinaryArray{E::text},    BinaryArray{E::text},
        BinaryArray{E::text}, BinaryArray{E::text}, BinaryArray{E::text},   BinaryArray{E::text},  BinaryArray{E::instant}, BinaryArray{E::instant},
        BinaryArray{E::text}, BinaryArray{E::text}, BinaryArray{E::octets}, BinaryArray{E::text},  BinaryArray{E::text},    BinaryArray{E::octets},
        BinaryArray{E::octets}};
    for (const Filing* filing : filings) {
        to[0].add_text(filing->client_id);
        to[1].add_text(filing->idempotency_key);
        to[2].add_octets(filing->fingerprint);
        to[3].add_int32(filing->answer_status);
        to[4].add_octets(filing->answer_body);
        to[5].add_text(filing->answer_headers);
        if (!filing->on_file) {
            to[6].add_null();
            continue;
        }
        to[6].add_uuid(filing->manifest_id);
        to[7].add_uuid(filing->manifest_id);
        to[8].add_text(filing->company);
        to[9].add_text(filing->carrier_key);
        to[10].add_text(filing->trip_number);
        to[11].add_text(filing->document_id);
        to[12].add_text(filing->direction);
        to[13].add_text(filing->mode);
        to[14].add_text(filing->us_port);
        to[15].add_text(filing->mx_office);
        to[16].add_instant(filing->estimated_arrival);
        to[17].add_instant(filing->received_at);
        to[18].add_text(filing->status);
        to[19].add_text(filing->media_type);
        to[20].add_octets(filing->sha256);
        to[21].add_text(filing->rule_sets);
        to[22].add_text(filing->draw_day);
        to[23].add_octets(filing->document);
        to[24].add_octets(joined_keys(*filing));
    }
    return bound(to);
}

std::vector<Parameter> finding_arrays(const FilingList& filings) {
    std::array<BinaryArray, 11> to{BinaryArray{E::uuid}, BinaryArray{E::int32}, BinaryArray{E::text},   BinaryArray{E::text},
                                   BinaryArray{E::text}, BinaryArray{E::text},  BinaryArray{E::text},   BinaryArray{E::text},
                                   BinaryArray{E::text}, BinaryArray{E::text},  BinaryArray{E::boolean}};
    for (const Filing* filing : filings) {
        std::int32_t item = 0;
        for (const FindingRow& finding : filing->findings) {
            to[0].add_uuid(filing->manifest_id);
            to[1].add_int32(item++);
            to[2].add_text(finding.rule_set);
            to[3].add_text(finding.rule_id);
            to[4].add_text(finding.severity);
            to[5].add_text(finding.pointer);
            to[6].add_text(finding.value);
            to[7].add_text(finding.message_en);
            to[8].add_text(finding.message_es);
            to[9].add_text(finding.citation);
            to[10].add_bool(finding.agency_only);
        }
    }
    return bound(to);
}

std::vector<Parameter> inspection_arrays(const FilingList& filings) {
    std::array<BinaryArray, 12> to{BinaryArray{E::uuid},    BinaryArray{E::uuid},    BinaryArray{E::text},    BinaryArray{E::text},
                                   BinaryArray{E::text},    BinaryArray{E::boolean}, BinaryArray{E::boolean}, BinaryArray{E::text},
                                   BinaryArray{E::instant}, BinaryArray{E::instant}, BinaryArray{E::instant}, BinaryArray{E::boolean}};
    for (const Filing* filing : filings) {
        if (!filing->inspection) continue;
        to[0].add_uuid(filing->inspection->inspection_id);
        to[1].add_uuid(filing->manifest_id);
        to[2].add_text(filing->us_port);
        to[3].add_text(filing->mx_office);
        to[4].add_text(filing->inspection->lane);
        to[5].add_bool(filing->inspection->trusted);
        to[6].add_bool(filing->inspection->perishable);
        to[7].add_text(joined(filing->inspection->essential));
        to[8].add_instant(filing->estimated_arrival);
        to[9].add_instant(filing->received_at);
        to[10].add_instant(filing->inspection->turn_at);
        to[11].add_bool(is_open(*filing->inspection));
    }
    return bound(to);
}

std::vector<Parameter> leg_arrays(const FilingList& filings) {
    std::array<BinaryArray, 5> to{BinaryArray{E::uuid}, BinaryArray{E::uuid}, BinaryArray{E::text}, BinaryArray{E::text}, BinaryArray{E::text}};
    for (const Filing* filing : filings) {
        if (!filing->inspection) continue;
        for (const LegRow& leg : filing->inspection->legs) {
            to[0].add_uuid(filing->inspection->inspection_id);
            to[1].add_uuid(filing->manifest_id);
            to[2].add_text(identifiers::code(leg.agency));
            to[3].add_text(inspection::to_text(leg.state));
            to[4].add_text(inspection::to_text(leg.kind));
        }
    }
    return bound(to);
}

std::vector<Parameter> factor_arrays(const FilingList& filings) {
    std::array<BinaryArray, 7> to{BinaryArray{E::uuid}, BinaryArray{E::int32}, BinaryArray{E::text},   BinaryArray{E::text},
                                  BinaryArray{E::text}, BinaryArray{E::int32}, BinaryArray{E::boolean}};
    for (const Filing* filing : filings) {
        if (!filing->inspection) continue;
        std::int32_t item = 0;
        for (const selection::Factor& factor : filing->inspection->factors) {
            to[0].add_uuid(filing->inspection->inspection_id);
            to[1].add_int32(item++);
            to[2].add_text(identifiers::code(factor.agency));
            to[3].add_text(factor.name);
            to[4].add_text(factor.detail);
            to[5].add_int32(factor.points);
            to[6].add_bool(factor.visibility == selection::Visibility::public_);
        }
    }
    return bound(to);
}

}  // namespace puente::store
