#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <utility>

#include "api/body.hpp"
#include "api/headers.hpp"
#include "api/inspection_answers.hpp"
#include "api/manifest_body.hpp"
#include "api/problem.hpp"
#include "api/representation.hpp"
#include "puente/clearance/amend.hpp"

namespace puente::api {

namespace asio = boost::asio;

namespace {

constexpr std::size_t reason_bytes_max = 2'000;
constexpr std::size_t place_bytes_max = 32;
/// Clocks at gates differ a little.
constexpr std::chrono::minutes ahead_max{5};

/// The entity tags of If-Match (RFC 9110, 13.1.1): compared strongly, so that a weak one hits nothing.
clearance::KnownTags tags_of(const net::Request& request) {
    const std::optional<std::string_view> header = request.headers.find("If-Match");
    if (!header) return std::nullopt;
    std::vector<std::string> tags{""};
    for (const char c : *header) {
        if (c == ',') {
            tags.emplace_back();
        } else if (c != ' ' && c != '\t') {
            tags.back() += c;
        }
    }
    return tags;
}

net::Response no_such_manifest(const Visit& visit) {
    return problem("not-found", visit.language, visit.request.request_id);
}

/// What is not open now, where the manifest is, and what is open instead.
net::Response refused(const clearance::PassageRefusal& refusal, const Visit& visit) {
    if (!refusal.now) return failed(refusal.error, visit);
    const bool stale = refusal.error.kind() == ErrorKind::stale;
    const ProblemType& type = problem_type(stale ? "stale" : "conflict");
    JsonText json = begin_problem(type, visit.language, visit.request.request_id, refusal.error.detail());
    json.member("manifestStatus", refusal.now->status).member("version", std::int64_t{refusal.now->version});
    if (refusal.now->arrived_at) json.member("arrivedAt", to_text(*refusal.now->arrived_at));
    json.name("legs").open_list();
    for (const store::LegRecord& leg : refusal.now->legs) {
        json.open_object().member("agency", identifiers::code(leg.agency)).member("state", to_text(leg.state)).close_object();
    }
    json.close_list().name("allowed").open_list();
    for (const inspection::Step step : refusal.allowed) json.text(to_text(step));
    json.close_list();
    net::Response response = finish_problem(type, visit.language, json);
    response.headers.add("ETag", clearance::etag_of(*refusal.now));
    return response;
}

net::Response answered(const clearance::PassageOutcome& outcome, const Visit& visit) {
    if (const auto* refusal = std::get_if<clearance::PassageRefusal>(&outcome)) return refused(*refusal, visit);
    const auto& record = std::get<store::StatusRecord>(outcome);
    JsonText json;
    json.open_object();
    write_status(json, record, visit.language);
    net::Response response = json_response(200, json.close_object().take(), visit.language);
    response.headers.add("ETag", clearance::etag_of(record));
    return response;
}

/// Members of a body that may be left out altogether.
Result<nlohmann::json> members_of(const Visit& visit, std::initializer_list<std::string_view> members) {
    return read_object(visit.request.body, members);
}

Result<std::string> short_text(const nlohmann::json& body, const char* name, std::size_t bytes_max) {
    Result<std::string> text = text_member(body, name);
    if (text && text->size() > bytes_max) return Error{ErrorKind::malformed, fmt::format("/{}: a text of at most {} bytes", name, bytes_max)};
    return text;
}

Result<store::GateNote> gate_note(const Visit& visit, const Uuid& id, inspection::Step step) {
    const Result<nlohmann::json> body = members_of(visit, {"at", "lane", "booth"});
    if (!body) return body.error();
    const Instant now = visit.counter.clearance.now();
    store::GateNote note{id, step, now, {}, {}, visit.caller.client_id};
    const Result<std::string> at = text_member(*body, "at");
    if (!at) return at.error();
    if (body->contains("at")) {
        const std::optional<LocalInstant> seen = parse_date_time(*at);
        if (!seen || seen->at > now + ahead_max) return Error{ErrorKind::malformed, "/at: an RFC 3339 date-time that is not in the future"};
        note.at = seen->at;
    }
    Result<std::string> lane = short_text(*body, "lane", place_bytes_max);
    if (!lane) return lane.error();
    Result<std::string> booth = short_text(*body, "booth", place_bytes_max);
    if (!booth) return booth.error();
    note.lane = std::move(*lane);
    note.booth = std::move(*booth);
    return note;
}

asio::awaitable<net::Response> note_at_gate(Visit& visit, inspection::Step step) {
    if (const Result<void> officer = need_agency(visit); !officer) co_return failed(officer.error(), visit);
    const Result<Uuid> id = id_of(visit);
    if (!id) co_return no_such_manifest(visit);
    Result<store::GateNote> note = gate_note(visit, *id, step);
    if (!note) co_return failed(note.error(), visit);
    const clearance::PassageOutcome outcome = co_await clearance::note_at_gate(std::move(*note), visit.caller, visit.counter.clearance);
    co_return answered(outcome, visit);
}

net::Response amended(const clearance::AmendOutcome& outcome, const Visit& visit) {
    if (std::holds_alternative<clearance::KeyReused>(outcome)) return problem("key-reused", visit.language, visit.request.request_id);
    if (const auto* refusal = std::get_if<clearance::PassageRefusal>(&outcome)) return refused(*refusal, visit);
    const auto& answer = std::get<clearance::AmendedAnswer>(outcome);
    net::Response response = recalled(answer.answer);
    if (answer.replayed) response.headers.add("Idempotent-Replayed", "true");
    return response;
}

}  // namespace

asio::awaitable<net::Response> amend_manifest(Visit& visit) {
    const Instant received_at = visit.counter.clearance.now();
    const Result<Uuid> id = id_of(visit);
    if (!id) co_return no_such_manifest(visit);
    clearance::KnownTags tags = tags_of(visit.request);
    if (!tags)
        co_return problem("precondition-required", visit.language, visit.request.request_id, "send the ETag of the version to amend as If-Match");
    std::string key;
    if (visit.request.headers.find("Idempotency-Key")) {
        Result<std::string> given = idempotency_key(visit.request);
        if (!given) co_return failed(given.error(), visit);
        key = std::move(*given);
    }
    const Opened opened = open_manifest(visit);
    if (!opened.manifest) co_return opened.refusal;

    const clearance::AmendedWriter write_answer = [&visit, id = *id](const clearance::Judgement& judgement, const clearance::NextVersion* next) {
        if (next == nullptr) return remembered(rejected(judgement, visit));
        net::Response response = json_response(200, on_file_document(judgement, id, visit.language, next->version), visit.language);
        response.headers.add("ETag", fmt::format("\"{}.{}\"", next->version, next->state_no));
        return remembered(response);
    };
    clearance::Amendment amendment{*opened.manifest, visit.caller, *id, std::move(tags), std::move(key), received_at};
    const clearance::AmendOutcome outcome = co_await clearance::amend(std::move(amendment), write_answer, visit.counter.clearance);
    co_return amended(outcome, visit);
}

asio::awaitable<net::Response> cancel_manifest(Visit& visit) {
    const Result<Uuid> id = id_of(visit);
    if (!id) co_return no_such_manifest(visit);
    const Result<nlohmann::json> body = members_of(visit, {"reason"});
    if (!body) co_return failed(body.error(), visit);
    Result<std::string> reason = short_text(*body, "reason", reason_bytes_max);
    if (!reason) co_return failed(reason.error(), visit);
    clearance::KnownTags tags = tags_of(visit.request);
    const clearance::PassageOutcome outcome =
        co_await clearance::cancel(*id, std::move(tags), std::move(*reason), visit.caller, visit.counter.clearance);
    co_return answered(outcome, visit);
}

asio::awaitable<net::Response> note_arrival(Visit& visit) {
    co_return co_await note_at_gate(visit, inspection::Step::arrive);
}

asio::awaitable<net::Response> note_crossing(Visit& visit) {
    co_return co_await note_at_gate(visit, inspection::Step::cross);
}

}  // namespace puente::api
