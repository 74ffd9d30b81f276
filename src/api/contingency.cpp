#include "puente/clearance/contingency.hpp"

#include <nlohmann/json.hpp>
#include <utility>

#include "api/body.hpp"
#include "api/inspection_answers.hpp"
#include "api/port_path.hpp"
#include "api/routes.hpp"
#include "puente/inspection/found.hpp"

namespace puente::api {

namespace asio = boost::asio;

namespace {

constexpr std::size_t classes_max = 20;
constexpr std::int64_t minutes_max = 30 * 24 * 60;

Result<clearance::ContingencyProposal> proposal_of(const nlohmann::json& body, std::string port) {
    clearance::ContingencyProposal proposal{std::move(port), {}, {}, {}};
    const auto classes = body.find("classes");
    if (classes == body.end() || !classes->is_array() || classes->size() > classes_max)
        return Error{ErrorKind::malformed, "/classes: a list of classes of essential goods is required"};
    for (const nlohmann::json& each : *classes) {
        if (!each.is_string()) return Error{ErrorKind::malformed, "/classes: texts"};
        proposal.classes.push_back(each.get<std::string>());
    }
    Result<std::string> reason = text_member(body, "reason");
    if (!reason || !inspection::says_something(*reason, inspection::note_bytes_max))
        return Error{ErrorKind::malformed, "/reason: a text of 1 to 2000 bytes is required"};
    proposal.reason = std::move(*reason);
    const auto lasts = body.find("lastsMinutes");
    if (lasts == body.end() || !lasts->is_number_integer() || lasts->get<std::int64_t>() < 1 || lasts->get<std::int64_t>() > minutes_max) {
        return Error{ErrorKind::malformed, "/lastsMinutes: after how many minutes it ends by itself, 1 to 43200, is required"};
    }
    proposal.lasts = std::chrono::minutes{lasts->get<std::int64_t>()};
    return proposal;
}

void write_contingency(JsonText& json, const store::ContingencyRecord& record) {
    json.open_object().member("contingencyId", record.id.text()).member("state", to_text(record.state)).member("port", record.port);
    json.texts("usPorts", record.us_ports).texts("mxOffices", record.mx_offices).texts("classes", record.classes);
    json.member("headStartMinutes", std::int64_t{record.head_start.count()}).member("reason", record.reason).member("declaredBy", record.declared_by);
    json.member("declaredAt", to_text(record.declared_at)).member("endsAt", to_text(record.ends_at)).name("steps").open_list();
    for (const store::ContingencyStep& step : record.steps) {
        json.open_object().member("step", step.step).member("at", to_text(step.at)).member_if("agency", step.agency).close_object();
    }
    json.close_list().close_object();
}

net::Response answer(const Result<store::ContingencyRecord>& record, const Visit& visit) {
    if (!record) return failed(record.error(), visit);
    JsonText json;
    write_contingency(json, *record);
    return json_answer(json.take());
}

using Turn = asio::awaitable<Result<store::ContingencyRecord>> (*)(std::string, Uuid, const access::Caller&, clearance::Clearance&);

/// Which one is always said: nobody confirms what was declared anew meanwhile.
asio::awaitable<net::Response> turn_key(Visit& visit, Turn turn) {
    if (const Result<void> officer = need_agency(visit); !officer) co_return failed(officer.error(), visit);
    Result<std::string> port = port_of(visit);
    if (!port) co_return failed(port.error(), visit);
    const Result<nlohmann::json> body = read_object(visit.request.body, {"contingencyId"});
    if (!body) co_return failed(body.error(), visit);
    const Result<std::string> text = text_member(*body, "contingencyId");
    const std::optional<Uuid> id = text ? Uuid::parse(*text) : std::nullopt;
    if (!id) co_return failed(Error{ErrorKind::malformed, "/contingencyId: the UUID of the declaration is required"}, visit);
    const Result<store::ContingencyRecord> record = co_await turn(std::move(*port), *id, visit.caller, visit.counter.clearance);
    co_return answer(record, visit);
}

}  // namespace

asio::awaitable<net::Response> list_contingencies(Visit& visit) {
    if (const Result<void> officer = need_agency(visit); !officer) co_return failed(officer.error(), visit);
    const Result<std::string> port = port_of(visit);
    if (!port) co_return failed(port.error(), visit);
    const Result<std::vector<store::ContingencyRecord>> records =
        co_await clearance::list_contingencies(*port, visit.caller, visit.counter.clearance);
    if (!records) co_return failed(records.error(), visit);
    JsonText json;
    json.open_object().member("port", *port).name("items").open_list();
    for (const store::ContingencyRecord& record : *records) write_contingency(json, record);
    co_return json_answer(json.close_list().close_object().take());
}

asio::awaitable<net::Response> declare_contingency(Visit& visit) {
    if (const Result<void> officer = need_agency(visit); !officer) co_return failed(officer.error(), visit);
    Result<std::string> port = port_of(visit);
    if (!port) co_return failed(port.error(), visit);
    const Result<nlohmann::json> body = read_object(visit.request.body, {"classes", "reason", "lastsMinutes"});
    if (!body) co_return failed(body.error(), visit);
    Result<clearance::ContingencyProposal> proposal = proposal_of(*body, std::move(*port));
    if (!proposal) co_return failed(proposal.error(), visit);
    const Result<store::ContingencyRecord> record =
        co_await clearance::declare_contingency(std::move(*proposal), visit.caller, visit.counter.clearance);
    co_return answer(record, visit);
}

asio::awaitable<net::Response> confirm_contingency(Visit& visit) {
    co_return co_await turn_key(visit, clearance::confirm_contingency);
}

asio::awaitable<net::Response> end_contingency(Visit& visit) {
    co_return co_await turn_key(visit, clearance::end_contingency);
}

}  // namespace puente::api
