#include <charconv>
#include <nlohmann/json.hpp>
#include <utility>

#include "api/body.hpp"
#include "api/headers.hpp"
#include "api/problem.hpp"
#include "api/representation.hpp"
#include "api/routes.hpp"
#include "puente/clearance/read.hpp"
#include "puente/clearance/work_leg.hpp"

namespace puente::api {

namespace asio = boost::asio;

namespace {

constexpr std::size_t note_bytes_max = 2'000;

net::Response failed(const Error& error, const Visit& visit) { return problem(error, visit.language, visit.request.request_id); }

net::Response json_response(std::string body) {
    net::Response response;
    response.content_type = "application/json";
    response.body = std::move(body);
    response.headers.add("Cache-Control", "private, no-cache");
    return response;
}

/// Only officers work at a queue: their token names the agency.
Result<void> need_agency(const Visit& visit) {
    if (visit.caller.agency) return {};
    return Error{ErrorKind::forbidden, "only officers of an agency work at the inspection queue"};
}

Result<std::string> port_of(const Visit& visit) {
    const std::string_view port = visit.request.path_value("port");
    const bool digits = port.find_first_not_of("0123456789") == std::string_view::npos;
    if (!digits || (port.size() != 4 && port.size() != 3)) return Error{ErrorKind::not_found, "a port is a Schedule D code (4 digits) or a Mexican office and section (3)"};
    return std::string{port};
}

/// The leg that a request is about, with the fence of the claim it was sent under.
Result<clearance::LegWork> leg_of(const Visit& visit, const nlohmann::json& body) {
    const std::optional<Uuid> id = Uuid::parse(visit.request.path_value("id"));
    const std::optional<identifiers::Agency> agency = identifiers::parse_agency(visit.request.path_value("agency"));
    if (!id || !agency) return Error{ErrorKind::not_found, "no such leg"};
    const auto fence = body.find("fence");
    if (fence == body.end() || !fence->is_number_integer()) return Error{ErrorKind::malformed, "/fence: the whole number that the claim gave is required"};
    return clearance::LegWork{*id, *agency, fence->get<std::int64_t>()};
}

Result<store::DecisionText> decision_of(const nlohmann::json& body) {
    const auto decision = body.find("decision");
    const std::optional<inspection::Decision> decided =
        decision != body.end() && decision->is_string() ? inspection::parse_decision(decision->get<std::string>()) : std::nullopt;
    if (!decided) return Error{ErrorKind::malformed, "/decision: one of RELEASE, HELD, REFUSE is required"};
    store::DecisionText text{*decided, {}, "[]"};
    if (const auto note = body.find("note"); note != body.end()) {
        if (!note->is_string() || note->get<std::string>().size() > note_bytes_max || note->get<std::string>().find('\0') != std::string::npos) {
            return Error{ErrorKind::malformed, "/note: a text of at most 2000 bytes"};
        }
        text.note = note->get<std::string>();
    }
    if (text.note.empty() && *decided != inspection::Decision::release) return Error{ErrorKind::malformed, "/note: say why, in words for the sender"};
    if (const auto findings = body.find("findings"); findings != body.end()) {
        if (!findings->is_array()) return Error{ErrorKind::malformed, "/findings: a list"};
        text.findings = findings->dump();
        if (text.findings.find("\\u0000") != std::string::npos) return Error{ErrorKind::malformed, "/findings: text must not hold NUL"};
    }
    return text;
}

net::Response moved(const store::LegMove& move, const clearance::LegWork& work, rules::Language language) {
    JsonText json;
    json.open_object().member("inspectionId", work.inspection_id.text()).member("manifestId", move.manifest_id.text());
    json.name("leg").open_object().member("agency", identifiers::code(work.agency)).member("state", to_text(move.state)).member("fence", move.fence).close_object();
    json.member("status", move.status).member("statusText", status_sentence(move.status, language)).member("version", std::int64_t{move.version});
    return json_response(json.close_object().take());
}

/// What start and release-claim have in common.
using Step = asio::awaitable<Result<store::LegMove>> (*)(clearance::LegWork, const access::Caller&, clearance::Clearance&);

asio::awaitable<net::Response> take_step(Visit& visit, Step step) {
    const Result<nlohmann::json> body = read_object(visit.request.body, {"fence"});
    if (!body) co_return failed(body.error(), visit);
    const Result<clearance::LegWork> work = leg_of(visit, *body);
    if (!work) co_return failed(work.error(), visit);
    const Result<store::LegMove> move = co_await step(*work, visit.caller, visit.counter.clearance);
    if (!move) co_return failed(move.error(), visit);
    co_return moved(*move, *work, visit.language);
}

}  // namespace

asio::awaitable<net::Response> list_inspections(Visit& visit) {
    if (const Result<void> officer = need_agency(visit); !officer) co_return failed(officer.error(), visit);
    const Result<std::string> port = port_of(visit);
    if (!port) co_return failed(port.error(), visit);
    std::size_t limit = 50;
    if (const std::optional<std::string_view> text = visit.request.query_value("limit")) {
        const auto [end, fault] = std::from_chars(text->data(), text->data() + text->size(), limit);
        if (fault != std::errc{} || end != text->data() + text->size() || limit < 1 || limit > 200) co_return failed(Error{ErrorKind::malformed, "'limit' is 1 to 200"}, visit);
    }
    std::string cursor{visit.request.query_value("cursor").value_or("")};
    const Result<store::QueuePage> page = co_await clearance::list_inspections(*port, std::move(cursor), limit, visit.caller, visit.counter.clearance);
    if (!page) co_return failed(page.error(), visit);
    co_return json_response(queue_document(*port, *page, visit.language));
}

asio::awaitable<net::Response> claim_inspection(Visit& visit) {
    if (const Result<void> officer = need_agency(visit); !officer) co_return failed(officer.error(), visit);
    const Result<std::string> port = port_of(visit);
    if (!port) co_return failed(port.error(), visit);
    const Result<nlohmann::json> body = read_object(visit.request.body, {"inspectionId"});
    if (!body) co_return failed(body.error(), visit);
    std::optional<Uuid> named;
    if (const auto id = body->find("inspectionId"); id != body->end()) {
        named = id->is_string() ? Uuid::parse(id->get<std::string>()) : std::nullopt;
        if (!named) co_return failed(Error{ErrorKind::malformed, "/inspectionId: a UUID"}, visit);
    }
    const Result<store::Claim> claimed = co_await clearance::claim(*port, named, visit.caller, visit.counter.clearance);
    if (!claimed) co_return failed(claimed.error(), visit);
    JsonText json;
    json.open_object().member("inspectionId", claimed->inspection_id.text()).member("manifestId", claimed->manifest_id.text());
    json.name("leg").open_object().member("agency", identifiers::code(*visit.caller.agency)).member("fence", claimed->fence);
    json.member("leaseUntil", to_text(claimed->lease_until)).close_object();
    json.name("links").open_object().member("manifest", "/v1/manifests/" + claimed->manifest_id.text()).close_object();
    co_return json_response(json.close_object().take());
}

asio::awaitable<net::Response> start_leg(Visit& visit) { co_return co_await take_step(visit, clearance::start); }

asio::awaitable<net::Response> release_claim(Visit& visit) { co_return co_await take_step(visit, clearance::release_claim); }

asio::awaitable<net::Response> decide_leg(Visit& visit) {
    const Result<nlohmann::json> body = read_object(visit.request.body, {"fence", "decision", "note", "findings"});
    if (!body) co_return failed(body.error(), visit);
    const Result<clearance::LegWork> work = leg_of(visit, *body);
    if (!work) co_return failed(work.error(), visit);
    Result<store::DecisionText> decision = decision_of(*body);
    if (!decision) co_return failed(decision.error(), visit);
    const Result<store::LegMove> move = co_await clearance::decide(*work, std::move(*decision), visit.caller, visit.counter.clearance);
    if (!move) co_return failed(move.error(), visit);
    co_return moved(*move, *work, visit.language);
}

}  // namespace puente::api
