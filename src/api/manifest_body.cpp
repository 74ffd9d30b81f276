#include "api/manifest_body.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "api/headers.hpp"
#include "api/problem.hpp"
#include "api/representation.hpp"
#include "puente/telemetry/metrics.hpp"

namespace puente::api {

namespace {

net::Response not_the_format(const manifest::Decoded& decoded, const Visit& visit) {
    const ProblemType& type = problem_type("not-the-format");
    JsonText json = begin_problem(type, visit.language, visit.request.request_id, {});
    json.name("errors").open_list();
    for (const manifest::Fault& fault : decoded.faults) {
        json.open_object().member("pointer", fault.pointer).member("code", fault.code);
        json.member("message", visit.language == rules::Language::es ? fault.es : fault.en).close_object();
    }
    json.close_list();
    if (decoded.faults_left_out > 0) json.member("errorsLeftOut", static_cast<std::int64_t>(decoded.faults_left_out));
    return finish_problem(type, visit.language, json);
}

}  // namespace

net::Response json_response(int status, std::string body, rules::Language language) {
    net::Response response;
    response.status = status;
    response.content_type = json_type;
    response.body = std::move(body);
    response.headers.add("Content-Language", language == rules::Language::es ? "es" : "en");
    response.headers.add("Cache-Control", "private, no-cache");
    response.headers.add("Vary", "Authorization, Accept-Language");
    return response;
}

Opened open_manifest(Visit& visit) {
    const std::string media_type = media_type_of(visit.request);
    const bool json = media_type == json_type;
    if (!accepts(visit.request, json_type)) return {nullptr, problem("not-acceptable", visit.language, visit.request.request_id)};
    if (!json && media_type != "application/x-protobuf" && media_type != "application/protobuf") {
        net::Response refusal = problem("unsupported-media-type", visit.language, visit.request.request_id);
        refusal.headers.add("Accept-Post", "application/json, application/x-protobuf");
        return {nullptr, std::move(refusal)};
    }
    std::string body = std::move(visit.request.body);
    manifest::Decoded decoded = json ? manifest::decode_json(std::move(body), visit.counter.settings.document)
                                     : manifest::decode_protobuf(std::move(body), visit.counter.settings.document);
    if (decoded.manifest) return {std::move(decoded.manifest), {}};
    visit.counter.clearance.metrics.manifest(telemetry::Outcome::malformed);
    return {nullptr, not_the_format(decoded, visit)};
}

net::Response rejected(const clearance::Judgement& judgement, const Visit& visit, const Wishes& wishes, const Explained& explained) {
    const ProblemType& type = problem_type("rejected-by-rules");
    JsonText json = begin_problem(type, visit.language, visit.request.request_id, {});
    json.member("documentId", judgement.manifest.document_id()).member("tripNumber", judgement.manifest.trip_number());
    json.name("ruleSets").raw(judgement.rules->versions);
    if (wishes.as_of) json.member("asOf", day_text(*wishes.as_of));
    write_findings(json, judgement.assessment, visit.language);
    if (wishes.explain) write_explanations(json, explained);
    return finish_problem(type, visit.language, json);
}

clearance::Answer remembered(const net::Response& response) {
    clearance::Answer answer{response.status, response.body, fmt::format("Content-Type: {}\n", response.content_type)};
    for (const auto& [name, value] : response.headers.fields()) answer.headers += fmt::format("{}: {}\n", name, value);
    return answer;
}

net::Response recalled(const clearance::Answer& answer) {
    net::Response response;
    response.status = answer.status;
    response.body = answer.body;
    for (std::string_view lines = answer.headers; !lines.empty();) {
        const std::string_view line = lines.substr(0, lines.find('\n'));
        lines.remove_prefix(std::min(lines.size(), line.size() + 1));
        const std::size_t colon = line.find(": ");
        if (colon == std::string_view::npos) continue;
        std::string name{line.substr(0, colon)};
        std::string value{line.substr(colon + 2)};
        if (name == "Content-Type") {
            response.content_type = std::move(value);
        } else {
            response.headers.add(std::move(name), std::move(value));
        }
    }
    return response;
}

}  // namespace puente::api
