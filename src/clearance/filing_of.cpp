#include "clearance/filing_of.hpp"

#include <algorithm>

#include "puente/crypto/digest.hpp"
#include "puente/inspection/turn.hpp"
#include "puente/v1/manifest.pb.h"

namespace puente::clearance {

namespace {

std::string upper(std::string_view text) {
    std::string upper_case{text};
    std::transform(upper_case.begin(), upper_case.end(), upper_case.begin(),
                   [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; });
    return upper_case;
}

std::vector<store::FindingRow> finding_rows(const rules::Assessment& assessment) {
    std::vector<store::FindingRow> rows;
    rows.reserve(assessment.findings().size());
    for (const rules::Finding& finding : assessment.findings()) {
        const rules::Rule& rule = *finding.rule;
        rows.push_back({upper(to_text(rule.set)), rule.id, std::string{to_text(rule.severity)}, finding.pointer, finding.value,
                        rule.message.en.fill(finding), rule.message.es.fill(finding), rule.citation, rule.agency_only});
    }
    return rows;
}

}  // namespace

Uuid new_id(Instant now) {
    const std::string random = crypto::random_octets(10);
    std::array<std::uint8_t, 10> octets;
    std::copy(random.begin(), random.end(), octets.begin());
    return Uuid::version7(now, octets);
}

std::string carrier_key(const manifest::Manifest& manifest) {
    return manifest.carrier_scac().empty() ? manifest.trip_number().substr(0, 4) : manifest.carrier_scac();
}

store::InspectionRow inspection_row(const Judgement& judgement, Instant waits_since) {
    store::InspectionRow row;
    row.inspection_id = new_id(waits_since);
    row.lane = judgement.manifest.message().trip().crossing().lane();
    row.perishable = judgement.perishable;
    row.trusted = judgement.selection.trusted;
    row.essential = judgement.essential;
    const inspection::Place place{judgement.manifest.arrival().at, waits_since, row.trusted, row.perishable, row.essential};
    row.turn_at = inspection::turn_of(place, judgement.rules->head_starts, nullptr);
    for (const identifiers::Agency agency : identifiers::agencies) {
        const inspection::LegView& leg = judgement.legs[static_cast<std::size_t>(agency)];
        row.legs.push_back({agency, leg.state, leg.kind});
    }
    row.factors = judgement.selection.factors;
    return row;
}

void write_record(store::Filing& filing, const Judgement& judgement, const std::string& company) {
    const manifest::Manifest& manifest = judgement.manifest;
    filing.company = company;
    filing.document_id = manifest.document_id();
    filing.direction = manifest.direction();
    filing.mode = manifest.mode();
    filing.us_port = manifest.us_port();
    filing.mx_office = manifest.mx_office();
    filing.status = judgement.status;
    filing.document = manifest.bytes();
    filing.media_type = manifest.encoding() == manifest::Encoding::json ? "application/json" : "application/x-protobuf";
    filing.sha256 = manifest.sha256();
    filing.rule_sets = judgement.rules->versions;
    filing.draw_day = judgement.draw_day;
    filing.findings = finding_rows(judgement.assessment);
}

}  // namespace puente::clearance
