#include "puente/clearance/webhooks.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <utility>

#include "api/body.hpp"
#include "api/json_text.hpp"
#include "api/problem.hpp"
#include "api/query.hpp"
#include "api/routes.hpp"

namespace puente::api {

namespace asio = boost::asio;

namespace {

constexpr std::size_t description_bytes_max = 200;
constexpr std::size_t kinds_max = 20;
constexpr std::size_t kind_bytes_max = 40;
constexpr std::size_t carrier_bytes_max = 20;
constexpr std::int64_t overlap_minutes_max = 7 * 24 * 60;
constexpr std::size_t limit_max = 200;

net::Response failed(const Error& error, const Visit& visit) {
    return problem(error, visit.language, visit.request.request_id);
}

Error malformed(const char* detail) {
    return Error{ErrorKind::malformed, detail};
}

net::Response json_response(int status, JsonText& json) {
    net::Response response;
    response.status = status;
    response.content_type = "application/json";
    response.body = json.take();
    response.headers.add("Cache-Control", "private, no-store");
    return response;
}

Result<Uuid> id_of(const Visit& visit) {
    const std::optional<Uuid> id = Uuid::parse(visit.request.path_value("id"));
    if (!id) return Error{ErrorKind::not_found, "no such webhook"};
    return *id;
}

void write_attempts(JsonText& json, const char* name, const std::vector<store::AttemptRecord>& attempts) {
    json.name(name).open_list();
    for (const store::AttemptRecord& each : attempts) {
        json.open_object().member("at", to_text(each.at)).member("attempt", std::int64_t{each.attempt});
        if (each.status > 0) json.member("status", std::int64_t{each.status});
        json.member("latencyMs", std::int64_t{each.latency_ms}).member_if("error", each.error).close_object();
    }
    json.close_list();
}

/// Members of a webhook's document, without its braces.
void write_webhook(JsonText& json, const store::WebhookRecord& record) {
    const std::string self = "/v1/webhooks/" + record.webhook_id.text();
    json.member("webhookId", record.webhook_id.text())
        .member("url", record.url)
        .member_if("description", record.description)
        .texts("kinds", record.kinds);
    if (record.manifest_id) json.member("manifestId", record.manifest_id->text());
    json.member_if("carrier", record.carrier_key).member("state", record.state).member_if("reason", record.state_reason);
    json.member("createdAt", to_text(record.created_at));
    if (record.verified_at) json.member("verifiedAt", to_text(*record.verified_at));
    if (record.failing_since) json.member("failingSince", to_text(*record.failing_since)).member("failures", std::int64_t{record.failures});
    json.member("waiting", record.waiting).member("parked", record.parked);
    if (record.old_secret_until) json.member("oldSecretUntil", to_text(*record.old_secret_until));
    json.name("links").open_object().member("self", self).member("deliveries", self + "/deliveries").close_object();
}

net::Response webhook_response(const store::WebhookRecord& record) {
    JsonText json;
    json.open_object();
    write_webhook(json, record);
    return json_response(200, json.close_object());
}

net::Response secret_response(int status, const clearance::SecretTold& told) {
    JsonText json;
    json.open_object();
    write_webhook(json, told.record);
    net::Response response = json_response(status, json.member("secret", told.secret).close_object());
    if (status == 201) response.headers.add("Location", "/v1/webhooks/" + told.record.webhook_id.text());
    return response;
}

/// A text member of at most `bytes_max` bytes without control characters; empty without it.
Result<std::string> text_of(const nlohmann::json& body, const char* name, std::size_t bytes_max) {
    const auto member = body.find(name);
    if (member == body.end()) return std::string{};
    const std::string text = member->is_string() ? member->get<std::string>() : std::string{};
    const bool clean = std::none_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; });
    if (!member->is_string() || text.size() > bytes_max || !clean) {
        return Error{ErrorKind::malformed, fmt::format("/{}: a text of at most {} bytes without control characters", name, bytes_max)};
    }
    return text;
}

Result<std::vector<std::string>> kinds_of(const nlohmann::json& body) {
    std::vector<std::string> kinds;
    const auto member = body.find("kinds");
    if (member == body.end()) return kinds;
    const Error wrong = malformed("/kinds: a list of at most 20 kinds of events, such as \"filed\"");
    if (!member->is_array() || member->size() > kinds_max) return wrong;
    for (const nlohmann::json& each : *member) {
        const std::string kind = each.is_string() ? each.get<std::string>() : std::string{};
        const bool named = std::all_of(kind.begin(), kind.end(),
                                       [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '-' || c == '.'; });
        if (kind.empty() || kind.size() > kind_bytes_max || !named) return wrong;
        kinds.push_back(kind);
    }
    return kinds;
}

Result<clearance::Subscription> subscription_of(const nlohmann::json& body) {
    clearance::Subscription wanted;
    Result<std::string> url = text_of(body, "url", 2'048);
    if (!url || url->empty()) return url ? malformed("/url: the https address to call is required") : url.error();
    Result<std::string> description = text_of(body, "description", description_bytes_max);
    if (!description) return description.error();
    Result<std::vector<std::string>> kinds = kinds_of(body);
    if (!kinds) return kinds.error();
    Result<std::string> carrier = text_of(body, "carrier", carrier_bytes_max);
    if (!carrier) return carrier.error();
    if (const auto id = body.find("manifestId"); id != body.end()) {
        wanted.manifest_id = id->is_string() ? Uuid::parse(id->get<std::string>()) : std::nullopt;
        if (!wanted.manifest_id) return malformed("/manifestId: a UUID");
    }
    wanted.url = std::move(*url);
    wanted.description = std::move(*description);
    wanted.kinds = std::move(*kinds);
    wanted.carrier = std::move(*carrier);
    return wanted;
}

asio::awaitable<net::Response> move(Visit& visit, clearance::WebhookMove step) {
    const Result<Uuid> id = id_of(visit);
    if (!id) co_return failed(id.error(), visit);
    const Result<nlohmann::json> body = read_object(visit.request.body, {});
    if (!body) co_return failed(body.error(), visit);
    const Result<store::WebhookRecord> moved = co_await clearance::move_webhook(*id, step, visit.caller, visit.counter.clearance);
    co_return moved ? webhook_response(*moved) : failed(moved.error(), visit);
}

}  // namespace

asio::awaitable<net::Response> add_webhook(Visit& visit) {
    const Result<nlohmann::json> body = read_object(visit.request.body, {"url", "kinds", "manifestId", "carrier", "description"});
    if (!body) co_return failed(body.error(), visit);
    Result<clearance::Subscription> wanted = subscription_of(*body);
    if (!wanted) co_return failed(wanted.error(), visit);
    const Result<clearance::SecretTold> told = co_await clearance::subscribe(std::move(*wanted), visit.caller, visit.counter.clearance);
    co_return told ? secret_response(201, *told) : failed(told.error(), visit);
}

asio::awaitable<net::Response> list_webhooks(Visit& visit) {
    const Result<std::vector<store::WebhookRecord>> records = co_await clearance::list_webhooks(visit.caller, visit.counter.clearance);
    if (!records) co_return failed(records.error(), visit);
    JsonText json;
    json.open_object().name("items").open_list();
    for (const store::WebhookRecord& record : *records) {
        json.open_object();
        write_webhook(json, record);
        json.close_object();
    }
    co_return json_response(200, json.close_list().close_object());
}

asio::awaitable<net::Response> show_webhook(Visit& visit) {
    const Result<Uuid> id = id_of(visit);
    if (!id) co_return failed(id.error(), visit);
    const Result<clearance::WebhookView> view = co_await clearance::show_webhook(*id, visit.caller, visit.counter.clearance);
    if (!view) co_return failed(view.error(), visit);
    JsonText json;
    json.open_object();
    write_webhook(json, view->record);
    write_attempts(json, "challenges", view->challenges);
    co_return json_response(200, json.close_object());
}

asio::awaitable<net::Response> remove_webhook(Visit& visit) {
    const Result<Uuid> id = id_of(visit);
    if (!id) co_return failed(id.error(), visit);
    const Result<void> removed = co_await clearance::unsubscribe(*id, visit.caller, visit.counter.clearance);
    if (!removed) co_return failed(removed.error(), visit);
    JsonText json;
    json.open_object().member("webhookId", id->text()).member("state", "DELETED");
    co_return json_response(200, json.close_object());
}

asio::awaitable<net::Response> rotate_webhook_secret(Visit& visit) {
    const Result<Uuid> id = id_of(visit);
    if (!id) co_return failed(id.error(), visit);
    const Result<nlohmann::json> body = read_object(visit.request.body, {"overlapMinutes"});
    if (!body) co_return failed(body.error(), visit);
    std::optional<std::chrono::seconds> overlap;
    if (const auto minutes = body->find("overlapMinutes"); minutes != body->end()) {
        const std::int64_t count = minutes->is_number_integer() ? minutes->get<std::int64_t>() : -1;
        if (count < 0 || count > overlap_minutes_max) co_return failed(malformed("/overlapMinutes: a whole number from 0 to 10080"), visit);
        overlap = std::chrono::minutes{count};
    }
    const Result<clearance::SecretTold> told = co_await clearance::rotate_secret(*id, overlap, visit.caller, visit.counter.clearance);
    co_return told ? secret_response(200, *told) : failed(told.error(), visit);
}

asio::awaitable<net::Response> pause_webhook(Visit& visit) {
    co_return co_await move(visit, clearance::WebhookMove::pause);
}

asio::awaitable<net::Response> resume_webhook(Visit& visit) {
    co_return co_await move(visit, clearance::WebhookMove::resume);
}

asio::awaitable<net::Response> verify_webhook(Visit& visit) {
    co_return co_await move(visit, clearance::WebhookMove::verify);
}

asio::awaitable<net::Response> replay_webhook(Visit& visit) {
    const Result<Uuid> id = id_of(visit);
    if (!id) co_return failed(id.error(), visit);
    const Result<nlohmann::json> body = read_object(visit.request.body, {"after"});
    if (!body) co_return failed(body.error(), visit);
    const auto after = body->find("after");
    const std::int64_t event_id = after != body->end() && after->is_number_integer() ? after->get<std::int64_t>() : -1;
    if (event_id < 0) co_return failed(malformed("/after: the number of the last event not to deliver again, or 0 for all"), visit);
    const Result<store::WebhookRecord> replayed = co_await clearance::replay(*id, event_id, visit.caller, visit.counter.clearance);
    co_return replayed ? webhook_response(*replayed) : failed(replayed.error(), visit);
}

asio::awaitable<net::Response> list_deliveries(Visit& visit) {
    const Result<Uuid> id = id_of(visit);
    if (!id) co_return failed(id.error(), visit);
    const std::string state{visit.request.query_value("state").value_or("")};
    if (!state.empty() && state != "WAITING" && state != "DELIVERED" && state != "PARKED") {
        co_return failed(malformed("'state' is WAITING, DELIVERED or PARKED"), visit);
    }
    const Result<std::optional<std::int64_t>> limit = query_number(visit.request, "limit", 1, limit_max);
    if (!limit) co_return failed(limit.error(), visit);
    const Result<std::optional<std::int64_t>> cursor = query_number(visit.request, "cursor", 1, INT64_MAX);
    if (!cursor) co_return failed(cursor.error(), visit);
    const auto count = static_cast<std::size_t>(limit->value_or(50));
    const Result<clearance::DeliveryPage> page =
        co_await clearance::list_deliveries(*id, state, cursor->value_or(0), count, visit.caller, visit.counter.clearance);
    if (!page) co_return failed(page.error(), visit);
    JsonText json;
    json.open_object().name("items").open_list();
    for (const store::DeliveryRecord& each : page->deliveries) {
        json.open_object().member("eventId", each.event_id).member("manifestId", each.manifest_id.text()).member("state", each.state);
        json.member_if("reason", each.reason).member("attempts", std::int64_t{each.attempts}).member("madeAt", to_text(each.made_at));
        if (each.state == "WAITING") json.member("dueAt", to_text(each.due_at));
        if (each.delivered_at) json.member("deliveredAt", to_text(*each.delivered_at));
        write_attempts(json, "log", each.log);
        json.close_object();
    }
    json.close_list();
    if (page->next > 0) json.member("next", std::to_string(page->next));
    co_return json_response(200, json.close_object());
}

}  // namespace puente::api
