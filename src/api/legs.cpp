#include <nlohmann/json.hpp>
#include <utility>

#include "api/body.hpp"
#include "api/inspection_answers.hpp"
#include "api/routes.hpp"

namespace puente::api {

namespace asio = boost::asio;

namespace {

/// The leg of the address; the fence of the claim when the step needs one.
Result<clearance::LegWork> leg_of(const Visit& visit, const nlohmann::json& body, bool needs_fence) {
    if (const Result<void> officer = need_agency(visit); !officer) return officer.error();
    const std::optional<Uuid> id = Uuid::parse(visit.request.path_value("id"));
    const std::optional<identifiers::AgencyCode> agency = identifiers::AgencyCode::parse(visit.request.path_value("agency"));
    if (!id || !agency) return Error{ErrorKind::not_found, "no such leg"};
    if (!needs_fence) return clearance::LegWork{*id, *agency};
    const auto fence = body.find("fence");
    if (fence == body.end() || !fence->is_number_integer())
        return Error{ErrorKind::malformed, "/fence: the whole number that the claim gave is required"};
    return clearance::LegWork{*id, *agency, fence->get<std::int64_t>()};
}

Result<inspection::Hold> hold_of(const nlohmann::json& body) {
    inspection::Hold hold;
    const Result<std::string> reason = text_member(body, "reason");
    if (!reason) return reason.error();
    const Result<std::string> owner = text_member(body, "owner");
    if (!owner) return owner.error();
    const Result<std::string> due = text_member(body, "dueAt");
    if (!due) return due.error();
    const std::optional<LocalInstant> due_at = parse_date_time(*due);
    if (!due_at) return Error{ErrorKind::malformed, "/dueAt: when the hold has to be looked at again (RFC 3339) is required"};
    return inspection::Hold{*reason, *owner, due_at->at};
}

Result<inspection::Found> found_of(const nlohmann::json& item, const std::string& place) {
    if (!item.is_object()) return Error{ErrorKind::malformed, place + ": an object with a kind"};
    inspection::Found found;
    for (const auto& [name, value] : item.items()) {
        std::string code;
        std::string* into = name == "kind"       ? &code
                            : name == "pointer"  ? &found.pointer
                            : name == "quantity" ? &found.quantity
                            : name == "note"     ? &found.note
                                                 : nullptr;
        if (into == nullptr || !value.is_string()) return Error{ErrorKind::malformed, place + ": texts kind, pointer, quantity and note"};
        *into = value.get<std::string>();
        if (name == "kind") found.kind = inspection::found_kind(code);
    }
    return found;
}

/// What an officer decides, as far as its form goes; whether it is whole, the use case asks.
Result<inspection::Verdict> verdict_of(const nlohmann::json& body) {
    const Result<std::string> decision = text_member(body, "decision");
    const std::optional<inspection::Decision> decided = decision ? inspection::parse_decision(*decision) : std::nullopt;
    if (!decided) return Error{ErrorKind::malformed, "/decision: one of RELEASE, HELD, REFUSE is required"};
    inspection::Verdict verdict;
    verdict.decision = *decided;
    Result<std::string> note = text_member(body, "note");
    if (!note) return note.error();
    verdict.note = std::move(*note);
    if (*decided == inspection::Decision::hold || body.contains("reason") || body.contains("owner") || body.contains("dueAt")) {
        Result<inspection::Hold> hold = hold_of(body);
        if (!hold) return hold.error();
        verdict.hold = std::move(*hold);
    }
    const auto findings = body.find("findings");
    if (findings == body.end()) return verdict;
    if (!findings->is_array()) return Error{ErrorKind::malformed, "/findings: a list"};
    for (const nlohmann::json& item : *findings) {
        Result<inspection::Found> found = found_of(item, "/findings/" + std::to_string(verdict.found.size()));
        if (!found) return found.error();
        verdict.found.push_back(std::move(*found));
    }
    return verdict;
}

Result<inspection::LegKind> kind_of(const nlohmann::json& body) {
    const Result<std::string> text = text_member(body, "kind");
    const std::optional<inspection::LegKind> kind = text ? inspection::parse_leg_kind(*text) : std::nullopt;
    if (!kind) return Error{ErrorKind::malformed, "/kind: REVIEW (the papers) or INSPECT (the load) is required"};
    return *kind;
}

/// Words that an officer must or may give. Errors: malformed.
Result<std::string> words_of(const nlohmann::json& body, const char* name, bool required) {
    Result<std::string> text = text_member(body, name);
    if (!text || (text->empty() && !required)) return text;
    if (!inspection::says_something(*text, inspection::note_bytes_max))
        return Error{ErrorKind::malformed, "/" + std::string{name} + ": a text of 1 to 2000 bytes"};
    return text;
}

/// What start and release-claim have in common.
using Step = asio::awaitable<clearance::LegOutcome> (*)(clearance::LegWork, const access::Caller&, clearance::Clearance&);

asio::awaitable<net::Response> take_step(Visit& visit, Step step) {
    const Result<nlohmann::json> body = read_object(visit.request.body, {"fence"});
    if (!body) co_return failed(body.error(), visit);
    const Result<clearance::LegWork> work = leg_of(visit, *body, true);
    if (!work) co_return failed(work.error(), visit);
    const clearance::LegOutcome outcome = co_await step(*work, visit.caller, visit.counter.clearance);
    co_return answer(outcome, visit);
}

}  // namespace

asio::awaitable<net::Response> start_leg(Visit& visit) {
    co_return co_await take_step(visit, clearance::start);
}

asio::awaitable<net::Response> release_claim(Visit& visit) {
    co_return co_await take_step(visit, clearance::release_claim);
}

asio::awaitable<net::Response> decide_leg(Visit& visit) {
    const Result<nlohmann::json> body = read_object(visit.request.body, {"fence", "decision", "note", "findings", "reason", "owner", "dueAt"});
    if (!body) co_return failed(body.error(), visit);
    const Result<clearance::LegWork> work = leg_of(visit, *body, true);
    if (!work) co_return failed(work.error(), visit);
    Result<inspection::Verdict> verdict = verdict_of(*body);
    if (!verdict) co_return failed(verdict.error(), visit);
    const clearance::LegOutcome outcome = co_await clearance::decide(*work, std::move(*verdict), visit.caller, visit.counter.clearance);
    co_return answer(outcome, visit);
}

asio::awaitable<net::Response> join_leg(Visit& visit) {
    const Result<nlohmann::json> body = read_object(visit.request.body, {"kind", "reason"});
    if (!body) co_return failed(body.error(), visit);
    const Result<clearance::LegWork> work = leg_of(visit, *body, false);
    if (!work) co_return failed(work.error(), visit);
    const Result<inspection::LegKind> kind = kind_of(*body);
    if (!kind) co_return failed(kind.error(), visit);
    Result<std::string> why = words_of(*body, "reason", false);
    if (!why) co_return failed(why.error(), visit);
    const clearance::LegOutcome outcome = co_await clearance::join(*work, *kind, std::move(*why), visit.caller, visit.counter.clearance);
    co_return answer(outcome, visit);
}

asio::awaitable<net::Response> decline_leg(Visit& visit) {
    const Result<nlohmann::json> body = read_object(visit.request.body, {"reason"});
    if (!body) co_return failed(body.error(), visit);
    const Result<clearance::LegWork> work = leg_of(visit, *body, false);
    if (!work) co_return failed(work.error(), visit);
    Result<std::string> reason = words_of(*body, "reason", true);
    if (!reason) co_return failed(reason.error(), visit);
    const clearance::LegOutcome outcome = co_await clearance::decline(*work, std::move(*reason), visit.caller, visit.counter.clearance);
    co_return answer(outcome, visit);
}

asio::awaitable<net::Response> rehold_leg(Visit& visit) {
    const Result<nlohmann::json> body = read_object(visit.request.body, {"fence", "reason", "owner", "dueAt", "time", "signature"});
    if (!body) co_return failed(body.error(), visit);
    const Result<clearance::LegWork> work = leg_of(visit, *body, true);
    if (!work) co_return failed(work.error(), visit);
    const Result<inspection::Hold> hold = hold_of(*body);
    if (!hold) co_return failed(hold.error(), visit);
    const Result<std::string> time = text_member(*body, "time");
    if (!time) co_return failed(time.error(), visit);
    const Result<std::string> signature = text_member(*body, "signature");
    if (!signature) co_return failed(signature.error(), visit);
    clearance::ReholdRequest request{*hold, *time, *signature};
    const clearance::LegOutcome outcome = co_await clearance::rehold(*work, std::move(request), visit.caller, visit.counter.clearance);
    co_return answer(outcome, visit);
}

asio::awaitable<net::Response> refer_manifest(Visit& visit) {
    if (const Result<void> officer = need_agency(visit); !officer) co_return failed(officer.error(), visit);
    const Result<Uuid> manifest = id_of(visit);
    if (!manifest) co_return failed(manifest.error(), visit);
    const Result<nlohmann::json> body = read_object(visit.request.body, {"kind", "reason"});
    if (!body) co_return failed(body.error(), visit);
    const Result<inspection::LegKind> kind = kind_of(*body);
    if (!kind) co_return failed(kind.error(), visit);
    const Result<std::string> why = words_of(*body, "reason", true);
    if (!why) co_return failed(why.error(), visit);
    clearance::ReferralRequest request{*manifest, *kind, *why};
    const clearance::LegOutcome outcome = co_await clearance::refer(std::move(request), visit.caller, visit.counter.clearance);
    co_return answer(outcome, visit, 201);
}

}  // namespace puente::api
