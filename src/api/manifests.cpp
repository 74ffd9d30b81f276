#include <fmt/format.h>

#include <charconv>
#include <utility>

#include "api/headers.hpp"
#include "api/manifest_body.hpp"
#include "api/problem.hpp"
#include "api/representation.hpp"
#include "api/routes.hpp"
#include "puente/clearance/read.hpp"
#include "puente/clearance/read_rules.hpp"
#include "puente/clearance/submit.hpp"

namespace puente::api {

namespace asio = boost::asio;

namespace {

net::Response not_modified(const std::string& etag) {
    net::Response response;
    response.status = 304;
    response.headers.add("ETag", etag);
    response.headers.add("Cache-Control", "private, no-cache");
    response.headers.add("Vary", "Authorization, Accept-Language");
    return response;
}

Result<Wishes> wishes_of(const net::Request& request) {
    Wishes wishes;
    for (const auto& [name, value] : request.query) {
        if (name == "asOf") {
            const std::optional<std::chrono::year_month_day> day = parse_date(value);
            if (!day) return Error{ErrorKind::malformed, "'asOf' is a day such as 2026-03-02"};
            wishes.as_of = std::chrono::sys_days{*day};
        } else if (name == "explain") {
            if (value != "true" && value != "false") return Error{ErrorKind::malformed, "'explain' is true or false"};
            wishes.explain = value == "true";
        } else {
            return Error{ErrorKind::malformed, fmt::format("there is no option '{}'; there are asOf and explain", name)};
        }
    }
    return wishes;
}

net::Response represented(const store::FilingOutcome& outcome, const Visit& visit) {
    using Kind = store::FilingOutcome::Kind;
    switch (outcome.kind) {
        case Kind::filed: return recalled({outcome.status, outcome.body, outcome.headers});
        case Kind::replayed: {
            net::Response response = recalled({outcome.status, outcome.body, outcome.headers});
            response.headers.add("Idempotent-Replayed", "true");
            return response;
        }
        case Kind::key_reused: return problem("key-reused", visit.language, visit.request.request_id);
        case Kind::trip_in_use: return problem("trip-in-use", visit.language, visit.request.request_id);
        case Kind::seen_before:
        case Kind::unavailable:
            return problem("unavailable", visit.language, visit.request.request_id, "the database cannot be reached or its answer is unknown; retry with the same Idempotency-Key");
        case Kind::overloaded: return problem("unavailable", visit.language, visit.request.request_id, "too much is waiting; retry with the same Idempotency-Key");
    }
    return problem("internal", visit.language, visit.request.request_id);
}

Result<Uuid> manifest_id_of(const Visit& visit) {
    const std::optional<Uuid> id = Uuid::parse(visit.request.path_value("id"));
    if (!id) return Error{ErrorKind::not_found, "no such manifest"};
    return *id;
}

net::Response failed(const Error& error, const Visit& visit) { return problem(error, visit.language, visit.request.request_id); }

Result<store::ListFilter> read_filter(const net::Request& request) {
    store::ListFilter filter;
    for (const auto& [name, value] : request.query) {
        if (name == "trip") {
            filter.trip_number = value;
        } else if (name == "status") {
            filter.status = value;
        } else if (name == "port") {
            filter.port = value;
        } else if (name == "carrier") {
            filter.carrier = value;
        } else if (name == "since") {
            const std::optional<LocalInstant> since = parse_date_time(value);
            if (!since) return Error{ErrorKind::malformed, "'since' is an RFC 3339 date-time"};
            filter.since = since->at;
        } else if (name == "cursor") {
            filter.after = Uuid::parse(value);
            if (!filter.after) return Error{ErrorKind::malformed, "'cursor' is what 'next' of the page before said"};
        } else if (name == "limit") {
            const auto [end, fault] = std::from_chars(value.data(), value.data() + value.size(), filter.limit);
            if (fault != std::errc{} || end != value.data() + value.size() || filter.limit < 1 || filter.limit > 200) return Error{ErrorKind::malformed, "'limit' is 1 to 200"};
        } else {
            return Error{ErrorKind::malformed, fmt::format("there is no filter '{}'; there are trip, status, port, carrier, since, cursor, limit", name)};
        }
    }
    return filter;
}

}  // namespace

asio::awaitable<net::Response> submit_manifest(Visit& visit) {
    const Instant received_at = visit.counter.clearance.now();
    Result<std::string> key = idempotency_key(visit.request);
    if (!key) co_return failed(key.error(), visit);
    const Opened opened = open_manifest(visit);
    if (!opened.manifest) co_return opened.refusal;

    const clearance::AnswerWriter write_answer = [&visit](const clearance::Judgement& judgement, const Uuid* manifest_id) {
        if (manifest_id == nullptr) return remembered(rejected(judgement, visit));
        net::Response response = json_response(201, on_file_document(judgement, *manifest_id, visit.language), visit.language);
        response.headers.add("Location", "/v1/manifests/" + manifest_id->text());
        response.headers.add("ETag", "\"1.1\"");
        return remembered(response);
    };
    clearance::Submission submission{*opened.manifest, visit.caller, std::move(*key), received_at};
    const store::FilingOutcome outcome = co_await clearance::submit(std::move(submission), write_answer, visit.counter.clearance);
    co_return represented(outcome, visit);
}

/// Selection is not disclosed here: who could ask before filing would ask until the draw comes out well.
asio::awaitable<net::Response> validate_manifest(Visit& visit) {
    clearance::Clearance& clearance = visit.counter.clearance;
    const Result<Wishes> wishes = wishes_of(visit.request);
    if (!wishes) co_return failed(wishes.error(), visit);
    const Opened opened = open_manifest(visit);
    if (!opened.manifest) co_return opened.refusal;
    std::shared_ptr<const clearance::RulesSnapshot> rules;
    if (wishes->as_of) {
        auto on_that_day = co_await clearance::rules_on(*wishes->as_of, clearance);
        if (!on_that_day) co_return failed(on_that_day.error(), visit);
        rules = std::move(*on_that_day);
    }
    const Result<clearance::Memory> memory = co_await clearance::remember(*opened.manifest, clearance);
    if (!memory) co_return failed(memory.error(), visit);
    const clearance::Judgement judgement = rules ? clearance::judge_as_of(*opened.manifest, *memory, rules, *wishes->as_of, clearance.now())
                                                 : clearance::judge(*opened.manifest, *memory, clearance, clearance.now());
    Result<Explained> explained = Explained{};
    const std::chrono::sys_days day = wishes->as_of.value_or(opened.manifest->arrival_day());
    if (wishes->explain) explained = co_await clearance::explain_findings(judgement, day, clearance);
    if (!explained) co_return failed(explained.error(), visit);
    if (judgement.assessment.rejects()) co_return rejected(judgement, visit, *wishes, *explained);
    JsonText json;
    json.open_object().member("verdict", "ACCEPTABLE").member("documentId", opened.manifest->document_id()).member("tripNumber", opened.manifest->trip_number());
    json.name("ruleSets").raw(judgement.rules->versions);
    if (wishes->as_of) json.member("asOf", day_text(*wishes->as_of));
    write_findings(json, judgement.assessment, visit.language);
    if (wishes->explain) write_explanations(json, *explained);
    co_return json_response(200, json.close_object().take(), visit.language);
}

asio::awaitable<net::Response> show_status(Visit& visit) {
    const Result<Uuid> id = manifest_id_of(visit);
    if (!id) co_return failed(id.error(), visit);
    clearance::Patience patience{known_etag(visit.request), preferred_wait(visit.request, visit.counter.settings.long_poll_max)};
    const auto status = co_await clearance::read_status(*id, visit.caller, std::move(patience), visit.counter.clearance);
    if (!status) co_return failed(status.error(), visit);
    if (none_match_hits(visit.request, (*status)->etag)) co_return not_modified((*status)->etag);
    JsonText json;
    json.open_object();
    write_status(json, (*status)->record, visit.language);
    net::Response response = json_response(200, json.close_object().take(), visit.language);
    response.headers.add("ETag", (*status)->etag);
    co_return response;
}

asio::awaitable<net::Response> show_manifest(Visit& visit) {
    const Result<Uuid> id = manifest_id_of(visit);
    if (!id) co_return failed(id.error(), visit);
    clearance::Patience patience{known_etag(visit.request), preferred_wait(visit.request, visit.counter.settings.long_poll_max)};
    const auto status = co_await clearance::read_status(*id, visit.caller, std::move(patience), visit.counter.clearance);
    if (!status) co_return failed(status.error(), visit);
    if (none_match_hits(visit.request, (*status)->etag)) co_return not_modified((*status)->etag);
    const Result<store::ManifestRecord> record = co_await clearance::read_manifest(*id, visit.caller, visit.counter.clearance);
    if (!record) co_return failed(record.error(), visit);
    net::Response response = json_response(200, manifest_document(*record, visit.language), visit.language);
    response.headers.add("ETag", clearance::etag_of(record->status));
    co_return response;
}

asio::awaitable<net::Response> show_history(Visit& visit) {
    const Result<Uuid> id = manifest_id_of(visit);
    if (!id) co_return failed(id.error(), visit);
    const Result<clearance::History> history = co_await clearance::read_history(*id, visit.caller, visit.counter.clearance);
    if (!history) co_return failed(history.error(), visit);
    co_return json_response(200, history_document(*history), visit.language);
}

asio::awaitable<net::Response> list_manifests(Visit& visit) {
    const Result<store::ListFilter> filter = read_filter(visit.request);
    if (!filter) co_return failed(filter.error(), visit);
    const auto records = co_await clearance::list_manifests(*filter, visit.caller, visit.counter.clearance);
    if (!records) co_return failed(records.error(), visit);
    JsonText json;
    json.open_object().name("items").open_list();
    for (const store::StatusRecord& record : *records) {
        json.open_object();
        write_status(json, record, visit.language);
        json.close_object();
    }
    json.close_list();
    if (records->size() == filter->limit) json.member("next", records->back().manifest_id.text());
    co_return json_response(200, json.close_object().take(), visit.language);
}

}  // namespace puente::api
