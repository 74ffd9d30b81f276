#include <nlohmann/json.hpp>
#include <utility>

#include "api/body.hpp"
#include "api/inspection_answers.hpp"
#include "api/representation.hpp"
#include "puente/clearance/inspect.hpp"
#include "puente/crypto/digest.hpp"

namespace puente::api {

namespace asio = boost::asio;

namespace {

void write_annotation(JsonText& json, const store::Annotation& annotation) {
    json.open_object().member("annotationId", annotation.annotation_id.text()).member("agency", annotation.agency);
    json.member("visibility", to_text(annotation.visibility)).member("at", to_text(annotation.at)).member("text", annotation.text);
    json.member_if("by", annotation.by).close_object();
}

void write_annotations(JsonText& json, const std::vector<store::Annotation>& annotations) {
    json.name("annotations").open_list();
    for (const store::Annotation& each : annotations) write_annotation(json, each);
    json.close_list();
}

/// What the officer's own leg can be moved to; an agency without a leg may still come in.
void write_allowed(JsonText& json, const store::InspectionRecord& record, const access::Caller& officer) {
    inspection::LegState state = inspection::LegState::none;
    inspection::Hand hand = inspection::Hand::nobody;
    for (const store::LegRecord& leg : record.manifest.legs) {
        if (!(leg.agency == *officer.agency)) continue;
        state = leg.state;
        if (leg.claimed) hand = leg.holder == officer.client_id ? inspection::Hand::own : inspection::Hand::other;
    }
    json.name("allowed").open_list();
    if (!store::is_over(record.manifest.status)) {
        for (const inspection::Move move : inspection::next_moves(state, hand)) json.text(move_word(move));
    }
    json.close_list();
}

void write_slot(JsonText& json, const store::InspectionRecord& record) {
    if (!record.slot) return;
    json.name("slot").open_object().member("port", record.slot->port).member("bay", record.slot->bay);
    json.member("startsAt", to_text(record.slot->starts_at))
        .member("endsAt", to_text(record.slot->ends_at))
        .name("agencies")
        .raw(record.slot->agencies)
        .close_object();
}

std::string inspection_document(const store::InspectionRecord& record, const access::Caller& officer, rules::Language language) {
    JsonText json;
    json.open_object()
        .member("inspectionId", record.inspection_id.text())
        .member("openedAt", to_text(record.opened_at))
        .member("isOpen", record.is_open);
    json.member("perishable", record.perishable).name("essential").raw(record.essential);
    write_status(json, record.manifest, language);
    write_allowed(json, record, officer);
    write_slot(json, record);
    write_findings(json, record.findings, language);
    json.name("factors").raw(record.factors);
    write_annotations(json, record.annotations);
    json.name("attachments").open_list();
    for (const store::Attachment& each : record.attachments) {
        const std::string hash = crypto::hex(each.sha256);
        json.open_object()
            .member("agency", each.agency)
            .member("sha256", hash)
            .member("mediaType", each.media_type)
            .member("size", std::int64_t{each.size});
        json.member("visibility", to_text(each.visibility)).member("at", to_text(each.at)).member_if("by", each.by);
        json.member("href", "/v1/inspections/" + record.inspection_id.text() + "/attachments/" + hash).close_object();
    }
    return json.close_list().close_object().take();
}

}  // namespace

asio::awaitable<net::Response> show_inspection(Visit& visit) {
    if (const Result<void> officer = need_agency(visit); !officer) co_return failed(officer.error(), visit);
    const Result<Uuid> id = id_of(visit);
    if (!id) co_return failed(id.error(), visit);
    const Result<store::InspectionRecord> record = co_await clearance::read_inspection(*id, visit.caller, visit.counter.clearance);
    if (!record) co_return failed(record.error(), visit);
    co_return json_answer(inspection_document(*record, visit.caller, visit.language));
}

asio::awaitable<net::Response> list_annotations(Visit& visit) {
    if (const Result<void> officer = need_agency(visit); !officer) co_return failed(officer.error(), visit);
    const Result<Uuid> id = id_of(visit);
    if (!id) co_return failed(id.error(), visit);
    const Result<std::vector<store::Annotation>> annotations = co_await clearance::read_annotations(*id, visit.caller, visit.counter.clearance);
    if (!annotations) co_return failed(annotations.error(), visit);
    JsonText json;
    write_annotations(json.open_object(), *annotations);
    co_return json_answer(json.close_object().take());
}

asio::awaitable<net::Response> add_annotation(Visit& visit) {
    if (const Result<void> officer = need_agency(visit); !officer) co_return failed(officer.error(), visit);
    const Result<Uuid> id = id_of(visit);
    if (!id) co_return failed(id.error(), visit);
    const Result<nlohmann::json> body = read_object(visit.request.body, {"visibility", "text"});
    if (!body) co_return failed(body.error(), visit);
    const Result<std::string> word = text_member(*body, "visibility");
    const std::optional<inspection::Visibility> visibility = word ? inspection::parse_visibility(*word) : std::nullopt;
    // There is no default: what was meant for one agency must not reach the other by being forgotten.
    if (!visibility) co_return failed(Error{ErrorKind::malformed, "/visibility: SHARED or AGENCY is required"}, visit);
    Result<std::string> text = text_member(*body, "text");
    if (!text) co_return failed(text.error(), visit);
    const Result<store::Annotation> added = co_await clearance::annotate(*id, *visibility, std::move(*text), visit.caller, visit.counter.clearance);
    if (!added) co_return failed(added.error(), visit);
    JsonText json;
    write_annotation(json, *added);
    co_return json_answer(json.take(), 201);
}

asio::awaitable<net::Response> list_agencies(Visit& visit) {
    if (const Result<void> officer = need_agency(visit); !officer) co_return failed(officer.error(), visit);
    const Result<std::vector<store::AgencyRecord>> agencies = co_await clearance::list_agencies(visit.caller, visit.counter.clearance);
    if (!agencies) co_return failed(agencies.error(), visit);
    JsonText json;
    json.open_object().name("agencies").open_list();
    for (const store::AgencyRecord& each : *agencies) {
        json.open_object().member("code", each.code).member("country", each.country);
        json.member("name", visit.language == rules::Language::es ? each.name_es : each.name_en).close_object();
    }
    co_return json_answer(json.close_list().close_object().take());
}

}  // namespace puente::api
