#include "puente/clearance/legal_holds.hpp"

#include <nlohmann/json.hpp>
#include <utility>

#include "api/body.hpp"
#include "api/inspection_answers.hpp"
#include "api/query.hpp"
#include "api/routes.hpp"

namespace puente::api {

namespace asio = boost::asio;
using store::LegalHold;

namespace {

constexpr std::int64_t limit_usual = 50;
constexpr std::int64_t limit_max = 200;

std::string address_of(const LegalHold& hold) {
    return "/v1/manifests/" + hold.manifest_id.text() + "/legal-holds/" + hold.hold_id.text();
}

void write_hold(JsonText& json, const LegalHold& hold) {
    json.open_object().member("holdId", hold.hold_id.text()).member("manifestId", hold.manifest_id.text()).member("reason", hold.reason);
    json.member("placedAt", to_text(hold.placed_at)).member("placedBy", hold.placed_by);
    if (hold.lifted) {
        json.name("lifted").open_object().member("at", to_text(hold.lifted->at)).member("by", hold.lifted->by);
        json.member("reason", hold.lifted->reason).close_object();
    }
    json.name("links").open_object().member("self", address_of(hold)).member("manifest", "/v1/manifests/" + hold.manifest_id.text());
    json.close_object().close_object();
}

void write_holds(JsonText& json, const std::vector<LegalHold>& holds) {
    json.name("items").open_list();
    for (const LegalHold& each : holds) write_hold(json, each);
    json.close_list();
}

net::Response answer(const Result<LegalHold>& hold, const Visit& visit, int status = 200) {
    if (!hold) return failed(hold.error(), visit);
    JsonText json;
    write_hold(json, *hold);
    net::Response response = json_answer(json.take(), status);
    if (status == 201) response.headers.add("Location", address_of(*hold));
    return response;
}

/// A hold in the path.
struct HoldPlace {
    Uuid manifest_id;
    Uuid hold_id;
};

Result<HoldPlace> place_of(const Visit& visit) {
    if (const Result<void> officer = need_agency(visit); !officer) return officer.error();
    const Result<Uuid> manifest_id = id_of(visit);
    if (!manifest_id) return manifest_id.error();
    const std::optional<Uuid> hold_id = Uuid::parse(visit.request.path_value("holdId"));
    if (!hold_id) return Error{ErrorKind::not_found, "no such legal hold"};
    return HoldPlace{*manifest_id, *hold_id};
}

Result<std::string> reason_of(const Visit& visit) {
    const Result<nlohmann::json> body = read_object(visit.request.body, {"reason"});
    if (!body) return body.error();
    return text_member(*body, "reason");
}

}  // namespace

asio::awaitable<net::Response> place_legal_hold(Visit& visit) {
    if (const Result<void> officer = need_agency(visit); !officer) co_return failed(officer.error(), visit);
    const Result<Uuid> manifest_id = id_of(visit);
    if (!manifest_id) co_return failed(manifest_id.error(), visit);
    const Result<std::string> reason = reason_of(visit);
    if (!reason) co_return failed(reason.error(), visit);
    const Result<LegalHold> placed = co_await clearance::place_legal_hold(*manifest_id, *reason, visit.caller, visit.counter.clearance);
    co_return answer(placed, visit, 201);
}

asio::awaitable<net::Response> lift_legal_hold(Visit& visit) {
    const Result<HoldPlace> place = place_of(visit);
    if (!place) co_return failed(place.error(), visit);
    const Result<std::string> reason = reason_of(visit);
    if (!reason) co_return failed(reason.error(), visit);
    const Result<LegalHold> lifted =
        co_await clearance::lift_legal_hold(place->manifest_id, place->hold_id, *reason, visit.caller, visit.counter.clearance);
    co_return answer(lifted, visit);
}

asio::awaitable<net::Response> show_legal_hold(Visit& visit) {
    const Result<HoldPlace> place = place_of(visit);
    if (!place) co_return failed(place.error(), visit);
    const Result<LegalHold> hold = co_await clearance::read_legal_hold(place->manifest_id, place->hold_id, visit.caller, visit.counter.clearance);
    co_return answer(hold, visit);
}

asio::awaitable<net::Response> list_holds_of_manifest(Visit& visit) {
    if (const Result<void> officer = need_agency(visit); !officer) co_return failed(officer.error(), visit);
    const Result<Uuid> manifest_id = id_of(visit);
    if (!manifest_id) co_return failed(manifest_id.error(), visit);
    const Result<std::vector<LegalHold>> holds = co_await clearance::read_legal_holds(*manifest_id, visit.caller, visit.counter.clearance);
    if (!holds) co_return failed(holds.error(), visit);
    JsonText json;
    write_holds(json.open_object(), *holds);
    co_return json_answer(json.close_object().take());
}

asio::awaitable<net::Response> list_legal_holds(Visit& visit) {
    if (const Result<void> officer = need_agency(visit); !officer) co_return failed(officer.error(), visit);
    const Result<std::optional<std::int64_t>> limit = query_number(visit.request, "limit", 1, limit_max);
    if (!limit) co_return failed(limit.error(), visit);
    const std::optional<std::string_view> cursor = visit.request.query_value("cursor");
    const std::optional<Uuid> after = cursor ? Uuid::parse(*cursor) : std::nullopt;
    if (cursor && !after) co_return failed(Error{ErrorKind::malformed, "'cursor' is what 'next' of the page before said"}, visit);
    const auto count = static_cast<std::size_t>(limit->value_or(limit_usual));
    const Result<store::LegalHoldPage> page = co_await clearance::list_legal_holds(after, count, visit.caller, visit.counter.clearance);
    if (!page) co_return failed(page.error(), visit);
    JsonText json;
    write_holds(json.open_object(), page->holds);
    if (page->next) json.member("next", page->next->text());
    co_return json_answer(json.close_object().take());
}

}  // namespace puente::api
