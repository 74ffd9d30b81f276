#include "api/inspection_answers.hpp"

#include <nlohmann/json.hpp>

#include "api/problem.hpp"
#include "api/representation.hpp"

namespace puente::api {

namespace {

std::string_view slug_of(ErrorKind kind) {
    return kind == ErrorKind::stale ? "stale" : kind == ErrorKind::forbidden ? "forbidden" : "conflict";
}

void write_moves(JsonText& json, const std::vector<inspection::Move>& moves) {
    json.name("allowed").open_list();
    for (const inspection::Move move : moves) json.text(move_word(move));
    json.close_list();
}

void write_standing(JsonText& json, const clearance::LegStanding& leg) {
    json.member("agency", identifiers::code(leg.agency)).member("state", to_text(leg.state));
    if (leg.fence) json.member("fence", *leg.fence);
    write_moves(json, leg.allowed);
}

/// What was found, with the words of each kind. What older records hold in another form is given as it stands.
void write_found(JsonText& json, const std::string& found, rules::Language language) {
    const nlohmann::json all = nlohmann::json::parse(found, nullptr, false);
    if (!all.is_array() || all.empty()) return;
    json.name("found").open_list();
    for (const nlohmann::json& each : all) {
        const inspection::FoundKind* kind = each.is_object() ? inspection::found_kind(each.value("kind", "")) : nullptr;
        if (kind == nullptr) {
            json.raw(each.dump());
            continue;
        }
        json.open_object().member("kind", kind->code).member("text", language == rules::Language::es ? kind->es : kind->en);
        for (const char* name : {"pointer", "quantity", "note"}) json.member_if(name, each.value(name, ""));
        json.close_object();
    }
    json.close_list();
}

}  // namespace

net::Response failed(const Error& error, const Visit& visit) {
    return problem(error, visit.language, visit.request.request_id);
}

net::Response json_answer(std::string body, int status) {
    net::Response response;
    response.status = status;
    response.content_type = "application/json";
    response.body = std::move(body);
    response.headers.add("Cache-Control", "private, no-cache");
    return response;
}

Result<void> need_agency(const Visit& visit) {
    if (visit.caller.agency) return {};
    return Error{ErrorKind::forbidden, "only officers of an agency work at inspections"};
}

Result<Uuid> id_of(const Visit& visit) {
    const std::optional<Uuid> id = Uuid::parse(visit.request.path_value("id"));
    if (!id) return Error{ErrorKind::not_found, "no such record"};
    return *id;
}

Result<std::string> text_member(const nlohmann::json& body, const char* name) {
    const auto found = body.find(name);
    if (found == body.end()) return std::string{};
    if (!found->is_string() || found->get_ref<const std::string&>().find('\0') != std::string::npos) {
        return Error{ErrorKind::malformed, "/" + std::string{name} + ": a text"};
    }
    return found->get<std::string>();
}

std::string_view move_word(inspection::Move move) {
    switch (move) {
        case inspection::Move::renew:
            return "heartbeat";
        case inspection::Move::give_back:
            return "release-claim";
        case inspection::Move::release:
            return "decide RELEASE";
        case inspection::Move::hold:
            return "decide HELD";
        case inspection::Move::refuse:
            return "decide REFUSE";
        default:
            return to_text(move);
    }
}

void write_leg(JsonText& json, const store::LegRecord& leg, rules::Language language) {
    json.member("agency", identifiers::code(leg.agency)).member("state", to_text(leg.state));
    if (leg.declined_at)
        json.name("declined").open_object().member("at", to_text(*leg.declined_at)).member("reason", leg.decline_reason).close_object();
    if (leg.state == inspection::LegState::none) return;
    json.member("kind", to_text(leg.kind)).member("claimed", leg.claimed);
    if (!leg.holder.empty()) json.member("holder", leg.holder).member("fence", leg.fence);
    if (leg.lease_until) json.member("leaseUntil", to_text(*leg.lease_until));
    if (leg.decided_at) json.member("decidedAt", to_text(*leg.decided_at));
    json.member_if("note", leg.decision_note);
    if (leg.due_at)
        json.name("hold")
            .open_object()
            .member("reason", leg.hold_reason)
            .member_if("owner", leg.hold_owner)
            .member("dueAt", to_text(*leg.due_at))
            .close_object();
    write_found(json, leg.found, language);
}

net::Response refused(const clearance::LegRefusal& refusal, const Visit& visit) {
    if (!refusal.asked) return failed(refusal.error, visit);
    const ProblemType& type = problem_type(slug_of(refusal.error.kind()));
    JsonText document = begin_problem(type, visit.language, visit.request.request_id, refusal.error.detail());
    document.member("manifestStatus", refusal.status);
    write_standing(document, *refusal.asked);
    if (refusal.own) {
        write_standing(document.name("ownLeg").open_object(), *refusal.own);
        document.close_object();
    }
    return finish_problem(type, visit.language, document);
}

net::Response answer(const clearance::LegOutcome& outcome, const Visit& visit, int status) {
    if (const auto* refusal = std::get_if<clearance::LegRefusal>(&outcome)) return refused(*refusal, visit);
    const auto& move = std::get<store::LegMove>(outcome);
    const std::string self = "/v1/inspections/" + move.inspection_id.text();
    JsonText json;
    json.open_object().member("inspectionId", move.inspection_id.text()).member("manifestId", move.manifest_id.text());
    json.name("leg")
        .open_object()
        .member("agency", identifiers::code(*visit.caller.agency))
        .member("state", to_text(move.state))
        .member("fence", move.fence)
        .close_object();
    json.member("status", move.status)
        .member("statusText", status_sentence(move.status, visit.language))
        .member("version", std::int64_t{move.version});
    json.name("links").open_object().member("inspection", self).member("manifest", "/v1/manifests/" + move.manifest_id.text()).close_object();
    net::Response response = json_answer(json.close_object().take(), status);
    if (status == 201) response.headers.add("Location", self);
    return response;
}

}  // namespace puente::api
