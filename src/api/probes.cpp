#include <utility>

#include "api/headers.hpp"
#include "api/problem.hpp"
#include "api/routes.hpp"
#include "puente/telemetry/metrics.hpp"

namespace puente::api {

namespace asio = boost::asio;

namespace {

net::Response text_response(std::string content_type, std::string body) {
    net::Response response;
    response.content_type = std::move(content_type);
    response.body = std::move(body);
    return response;
}

/// A document that changes only with the program.
net::Response fixed_document(const Visit& visit, std::string content_type, std::string_view body, const std::string& etag) {
    net::Response response;
    if (none_match_hits(visit.request, etag)) {
        response.status = 304;
    } else {
        response.content_type = std::move(content_type);
        response.body = body;
    }
    response.headers.add("ETag", etag);
    response.headers.add("Cache-Control", "public, max-age=300");
    return response;
}

}  // namespace

asio::awaitable<net::Response> show_alive(Visit&) { co_return text_response("application/json", R"({"alive":true})"); }

asio::awaitable<net::Response> show_ready(Visit& visit) {
    const Readiness readiness = visit.counter.house.readiness();
    if (!readiness.ready) co_return problem("unavailable", visit.language, visit.request.request_id, readiness.reason);
    JsonText json;
    json.open_object().member("ready", true).name("ruleSets").raw(visit.counter.clearance.rules.current()->versions).close_object();
    co_return text_response("application/json", json.take());
}

asio::awaitable<net::Response> show_metrics(Visit& visit) {
    visit.counter.house.count_door();
    co_return text_response("text/plain; version=0.0.4; charset=utf-8", visit.counter.clearance.metrics.text());
}

asio::awaitable<net::Response> show_openapi(Visit& visit) {
    co_return fixed_document(visit, "application/json", visit.counter.openapi_text, visit.counter.openapi_etag);
}

asio::awaitable<net::Response> show_schema(Visit& visit) {
    co_return fixed_document(visit, "application/schema+json", manifest::json_schema(), visit.counter.schema_etag);
}

asio::awaitable<net::Response> show_problem(Visit& visit) {
    for (const ProblemType& type : problem_types()) {
        if (visit.request.path_value("slug") != type.slug) continue;
        JsonText json;
        json.open_object().member("type", std::string{"/problems/"} + type.slug).member("status", std::int64_t{type.status});
        json.name("title").open_object().member("en", type.title_en).member("es", type.title_es).close_object();
        json.name("detail").open_object().member("en", type.detail_en).member("es", type.detail_es).close_object().close_object();
        co_return text_response("application/json", json.take());
    }
    co_return problem("not-found", visit.language, visit.request.request_id);
}

}  // namespace puente::api
