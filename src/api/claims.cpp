#include "puente/clearance/claims.hpp"

#include <nlohmann/json.hpp>
#include <utility>

#include "api/body.hpp"
#include "api/inspection_answers.hpp"
#include "api/port_path.hpp"
#include "api/routes.hpp"

namespace puente::api {

namespace asio = boost::asio;

Result<std::string> port_of(const Visit& visit) {
    const std::string_view port = visit.request.path_value("port");
    const bool digits = port.find_first_not_of("0123456789") == std::string_view::npos;
    if (!digits || (port.size() != 4 && port.size() != 3))
        return Error{ErrorKind::not_found, "a port is a Schedule D code (4 digits) or a Mexican office and section (3)"};
    return std::string{port};
}

namespace {

Result<clearance::ClaimRequest> request_of(const Visit& visit) {
    Result<std::string> port = port_of(visit);
    if (!port) return port.error();
    const Result<nlohmann::json> body = read_object(visit.request.body, {"inspectionId", "lane", "bay"});
    if (!body) return body.error();
    if (body->size() > 1) return Error{ErrorKind::malformed, "one of inspectionId, lane and bay at most"};
    clearance::ClaimRequest request{std::move(*port)};
    const Result<std::string> named = text_member(*body, "inspectionId");
    if (!named) return named.error();
    if (body->contains("inspectionId")) {
        request.inspection_id = Uuid::parse(*named);
        if (!request.inspection_id) return Error{ErrorKind::malformed, "/inspectionId: a UUID"};
    }
    Result<std::string> lane = text_member(*body, "lane");
    if (!lane) return lane.error();
    Result<std::string> bay = text_member(*body, "bay");
    if (!bay) return bay.error();
    request.lane = std::move(*lane);
    request.bay = std::move(*bay);
    return request;
}

JsonText& write_claimed_leg(JsonText& json, const identifiers::AgencyCode& agency, std::int64_t fence, Instant lease_until) {
    json.name("leg").open_object().member("agency", agency.text()).member("fence", fence);
    return json.member("leaseUntil", to_text(lease_until)).close_object();
}

}  // namespace

asio::awaitable<net::Response> claim_inspection(Visit& visit) {
    if (const Result<void> officer = need_agency(visit); !officer) co_return failed(officer.error(), visit);
    Result<clearance::ClaimRequest> request = request_of(visit);
    if (!request) co_return failed(request.error(), visit);
    const clearance::ClaimOutcome outcome = co_await clearance::claim(std::move(*request), visit.caller, visit.counter.clearance);
    if (const auto* refusal = std::get_if<clearance::LegRefusal>(&outcome)) co_return refused(*refusal, visit);
    const auto& claimed = std::get<store::Claim>(outcome);
    JsonText json;
    json.open_object().member("inspectionId", claimed.inspection_id.text()).member("manifestId", claimed.manifest_id.text());
    write_claimed_leg(json, *visit.caller.agency, claimed.fence, claimed.lease_until);
    json.name("links").open_object().member("manifest", "/v1/manifests/" + claimed.manifest_id.text()).close_object();
    co_return json_answer(json.close_object().take());
}

asio::awaitable<net::Response> keep_claim(Visit& visit) {
    if (const Result<void> officer = need_agency(visit); !officer) co_return failed(officer.error(), visit);
    const std::optional<Uuid> id = Uuid::parse(visit.request.path_value("id"));
    const std::optional<identifiers::AgencyCode> agency = identifiers::AgencyCode::parse(visit.request.path_value("agency"));
    if (!id || !agency) co_return failed(Error{ErrorKind::not_found, "no such leg"}, visit);
    const Result<nlohmann::json> body = read_object(visit.request.body, {"fence"});
    if (!body) co_return failed(body.error(), visit);
    const auto fence = body->find("fence");
    if (fence == body->end() || !fence->is_number_integer())
        co_return failed(Error{ErrorKind::malformed, "/fence: the whole number that the claim gave is required"}, visit);
    const clearance::LegWork work{*id, *agency, fence->get<std::int64_t>()};
    const clearance::HeartbeatOutcome outcome = co_await clearance::heartbeat(work, visit.caller, visit.counter.clearance);
    if (const auto* refusal = std::get_if<clearance::LegRefusal>(&outcome)) co_return refused(*refusal, visit);
    JsonText json;
    json.open_object().member("inspectionId", id->text());
    write_claimed_leg(json, *agency, work.fence, std::get<Instant>(outcome));
    co_return json_answer(json.close_object().take());
}

}  // namespace puente::api
