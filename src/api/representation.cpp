#include "api/representation.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "api/inspection_answers.hpp"
#include "puente/crypto/digest.hpp"

namespace puente::api {

namespace {

struct StatusSentence {
    const char* status;
    const char* en;
    const char* es;
};

constexpr std::array sentences{
    StatusSentence{"CLEARED", "Go to the port: nobody needs to see this load.", "Diríjase al puerto: nadie necesita revisar esta carga."},
    StatusSentence{"UNDER_REVIEW", "Wait: officers are to look at the papers.", "Espere: los documentos están por revisarse."},
    StatusSentence{"INSPECTION_REQUIRED", "The load has been selected for inspection.", "La carga fue seleccionada para inspección."},
    StatusSentence{"IN_INSPECTION", "Officers are working on this load.", "La carga está en revisión."},
    StatusSentence{"HELD", "Held: see the legs for which agency and what it says.", "Retenida: consulte en las etapas qué autoridad y por qué."},
    StatusSentence{"RELEASED", "Seen, and may go.", "Revisada; puede continuar."},
    StatusSentence{"REFUSED", "Refused: this load may not cross.", "Rechazada: esta carga no puede cruzar."},
    StatusSentence{"CANCELLED", "Cancelled by the sender.", "Cancelada por el remitente."},
    StatusSentence{"EXPIRED", "Expired: it never arrived.", "Vencida: nunca llegó."},
    StatusSentence{"CROSSED", "Across the border.", "Ya cruzó la frontera."},
};

std::string_view agency_of(rules::RuleSetName set) {
    switch (set) {
        case rules::RuleSetName::shared: return "SHARED";
        case rules::RuleSetName::cbp: return "CBP";
        case rules::RuleSetName::sat: return "SAT";
    }
    return "";
}

/// Which rule, and where everything about it stands.
JsonText& write_rule(JsonText& json, std::string_view id) {
    std::string url{"/v1/rules/"};
    url += id;
    return json.member("rule", id).member("ruleUrl", url);
}

/// The legs of both customs agencies, also when nobody looks, so that a reader need not know them; then those of every other agency that takes part.
void write_legs(JsonText& json, const store::StatusRecord& record, rules::Language language) {
    json.name("legs").open_list();
    const auto write = [&](const store::LegRecord& leg) {
        write_leg(json.open_object(), leg, language);
        json.close_object();
    };
    for (const identifiers::Agency agency : identifiers::agencies) {
        const auto found = std::find_if(record.legs.begin(), record.legs.end(), [&](const store::LegRecord& leg) { return leg.agency == agency; });
        write(found == record.legs.end() ? store::LegRecord{agency} : *found);
    }
    for (const store::LegRecord& leg : record.legs) {
        if (!leg.agency.customs()) write(leg);
    }
    json.close_list();
}

/// Links and the words for the driver.
void write_links(JsonText& json, const Uuid& manifest_id) {
    const std::string self = "/v1/manifests/" + manifest_id.text();
    json.name("links").open_object().member("self", self).member("status", self + "/status").member("history", self + "/history").close_object();
}

void write_factors(JsonText& json, const std::vector<selection::Factor>& factors) {
    json.name("factors").open_list();
    for (const selection::Factor& factor : factors) {
        json.open_object().member("agency", identifiers::code(factor.agency)).member("name", factor.name).member("detail", factor.detail);
        json.member("points", std::int64_t{factor.points});
        json.member("visibility", factor.visibility == selection::Visibility::public_ ? "public" : "private").close_object();
    }
    json.close_list();
}

/// The document as received, or its JSON form when it came in binary.
std::string document_json(const store::ManifestRecord& record) {
    if (record.media_type == "application/json") return record.document;
    const manifest::Decoded decoded = manifest::decode_protobuf(record.document);
    return decoded.manifest ? manifest::to_json(*decoded.manifest) : std::string{"null"};
}

}  // namespace

std::string_view status_sentence(std::string_view status, rules::Language language) {
    for (const StatusSentence& each : sentences) {
        if (status == each.status) return language == rules::Language::es ? each.es : each.en;
    }
    return {};
}

void write_status(JsonText& json, const store::StatusRecord& record, rules::Language language) {
    json.member("manifestId", record.manifest_id.text()).member("tripNumber", record.trip_number).member("documentId", record.document_id);
    json.member("status", record.status).member("statusText", status_sentence(record.status, language));
    json.member("version", std::int64_t{record.version}).member("direction", record.direction).member("usPort", record.us_port).member("mxOffice", record.mx_office);
    json.member("estimatedArrival", to_text(record.estimated_arrival)).member("receivedAt", to_text(record.received_at)).member("changedAt", to_text(record.changed_at));
    if (record.arrived_at) json.member("arrivedAt", to_text(*record.arrived_at));
    if (record.crossed_at) json.member("crossedAt", to_text(*record.crossed_at));
    write_legs(json, record, language);
    write_links(json, record.manifest_id);
}

void write_findings(JsonText& json, const rules::Assessment& assessment, rules::Language language) {
    json.name("findings").open_list();
    for (const rules::Finding& finding : assessment.findings()) {
        const rules::Rule& rule = *finding.rule;
        if (rule.agency_only) continue;
        write_rule(json.open_object().member("agency", agency_of(rule.set)), rule.id);
        json.member("severity", to_text(rule.severity)).member("pointer", finding.pointer);
        json.member_if("value", finding.value).member("message", rule.message.in(language).fill(finding)).member("fix", rule.fix.in(language).fill(finding));
        json.member("citation", rule.citation).member("ruleSetVersion", assessment.rulebook().set(rule.set).version).close_object();
    }
    json.close_list();
}

void write_findings(JsonText& json, const std::vector<store::FindingRow>& findings, rules::Language language) {
    json.name("findings").open_list();
    for (const store::FindingRow& row : findings) {
        write_rule(json.open_object().member("agency", row.rule_set), row.rule_id).member("severity", row.severity).member("pointer", row.pointer);
        json.member_if("value", row.value).member("message", language == rules::Language::es ? row.message_es : row.message_en).member("citation", row.citation).close_object();
    }
    json.close_list();
}

void write_explanations(JsonText& json, const std::vector<clearance::ExplainedFinding>& explained) {
    const auto write_steps = [&json](std::string_view name, const std::vector<cel::Step>& steps) {
        json.name(name).open_list();
        for (const cel::Step& step : steps) {
            json.open_object().member("line", std::int64_t{step.line}).member("column", std::int64_t{step.column});
            json.member("expression", step.expression).member("value", step.value).close_object();
        }
        json.close_list();
    };
    json.name("explanations").open_list();
    for (const auto& [rule, place] : explained) {
        write_rule(json.open_object(), rule->id).member("pointer", place.pointer).name("positions").open_object();
        for (const rules::LoopPosition& each : place.positions) json.member(each.variable, static_cast<std::int64_t>(each.position));
        json.close_object();
        write_steps("when", place.when);
        write_steps("assert", place.assertion);
        json.close_object();
    }
    json.close_list();
}

std::string on_file_document(const clearance::Judgement& judgement, const Uuid& manifest_id, rules::Language language, std::int32_t version) {
    const manifest::Manifest& manifest = judgement.manifest;
    JsonText json;
    json.open_object().member("manifestId", manifest_id.text()).member("documentId", manifest.document_id()).member("tripNumber", manifest.trip_number());
    json.member("status", judgement.status).member("statusText", status_sentence(judgement.status, language)).member("version", std::int64_t{version});
    json.member("receivedAt", to_text(judgement.received_at)).member("sha256", crypto::hex(manifest.sha256())).name("ruleSets").raw(judgement.rules->versions);
    json.name("legs").open_list();
    for (const identifiers::Agency agency : identifiers::agencies) {
        json.open_object().member("agency", identifiers::code(agency)).member("state", to_text(judgement.legs[static_cast<std::size_t>(agency)].state)).close_object();
    }
    json.close_list();
    write_findings(json, judgement.assessment, language);
    write_links(json, manifest_id);
    return json.close_object().take();
}

std::string manifest_document(const store::ManifestRecord& record, rules::Language language) {
    JsonText json;
    json.open_object();
    write_status(json, record.status, language);
    json.member("mode", record.mode).member("mediaType", record.media_type).member("sha256", crypto::hex(record.sha256)).name("ruleSets").raw(record.rule_sets);
    write_findings(json, record.findings, language);
    json.name("manifest").raw(document_json(record));
    return json.close_object().take();
}

std::string history_document(const clearance::History& history) {
    JsonText json;
    json.open_object().name("events").open_list();
    for (const store::EventRecord& event : history.events) {
        json.open_object().member("eventId", event.event_id).member("at", to_text(event.at)).member("kind", event.kind).member("version", std::int64_t{event.version});
        json.member("actor", event.actor).member("status", event.status);
        if (!event.detail.empty()) json.name("detail").raw(event.detail);
        json.close_object();
    }
    json.close_list().name("versions").open_list();
    for (const store::VersionRecord& version : history.versions) {
        json.open_object().member("version", std::int64_t{version.version}).member("receivedAt", to_text(version.received_at)).member("mediaType", version.media_type);
        json.member("sha256", crypto::hex(version.sha256)).name("ruleSets").raw(version.rule_sets).close_object();
    }
    return json.close_list().close_object().take();
}

std::string queue_document(const std::string& port, const store::QueuePage& page, rules::Language language) {
    JsonText json;
    json.open_object().member("port", port).name("items").open_list();
    for (const store::QueueEntry& entry : page.entries) {
        json.open_object().member("inspectionId", entry.inspection_id.text()).member("openedAt", to_text(entry.opened_at)).member("turnAt", to_text(entry.turn_at));
        json.member("putFirst", entry.put_first).member_if("lane", entry.lane).member("trusted", entry.trusted);
        json.member("perishable", entry.perishable).texts("essential", entry.essential);
        if (entry.overdue_since) json.member("overdueSince", to_text(*entry.overdue_since));
        if (entry.slot) {
            json.name("slot").open_object().member("port", entry.slot->port).member("bay", entry.slot->bay);
            json.member("startsAt", to_text(entry.slot->starts_at)).member("endsAt", to_text(entry.slot->ends_at)).close_object();
        }
        write_status(json, entry.manifest, language);
        write_findings(json, entry.findings, language);
        write_factors(json, entry.factors);
        json.close_object();
    }
    json.close_list().member_if("next", page.next);
    return json.close_object().take();
}

}  // namespace puente::api
