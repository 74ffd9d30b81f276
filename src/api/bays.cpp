#include "puente/clearance/bays.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <utility>

#include "api/body.hpp"
#include "api/inspection_answers.hpp"
#include "api/port_path.hpp"
#include "api/routes.hpp"

namespace puente::api {

namespace asio = boost::asio;

namespace {

constexpr std::size_t lanes_max = 20;
constexpr std::size_t hours_max = 50;

std::string clock_text(int minutes) {
    return fmt::format("{:02}:{:02}", minutes / 60, minutes % 60);
}

/// "08:00", to "24:00"; nothing otherwise.
std::optional<int> clock_minutes(const std::string& text) {
    const auto digit = [&](std::size_t at) { return text[at] >= '0' && text[at] <= '9'; };
    if (text.size() != 5 || text[2] != ':' || !digit(0) || !digit(1) || !digit(3) || !digit(4)) return std::nullopt;
    const int hours = (text[0] - '0') * 10 + (text[1] - '0');
    const int minutes = (text[3] - '0') * 10 + (text[4] - '0');
    if (minutes > 59 || hours * 60 + minutes > 24 * 60) return std::nullopt;
    return hours * 60 + minutes;
}

Result<std::vector<inspection::OpenHours>> hours_of(const nlohmann::json& body) {
    const auto hours = body.find("hours");
    if (hours == body.end() || !hours->is_array() || hours->size() > hours_max)
        return Error{ErrorKind::malformed, "/hours: a list of weekday, opens and closes is required; empty: none"};
    std::vector<inspection::OpenHours> all;
    for (const nlohmann::json& item : *hours) {
        const auto fault = [&] {
            return Error{ErrorKind::malformed,
                         fmt::format("/hours/{}: weekday 1 (Monday) to 7, opens and closes as \"08:00\", opens first", all.size())};
        };
        if (!item.is_object() || item.size() != 3 || !item.contains("weekday") || !item["weekday"].is_number_integer()) return fault();
        const Result<std::string> opens = text_member(item, "opens");
        const Result<std::string> closes = text_member(item, "closes");
        if (!opens || !closes) return fault();
        const std::optional<int> from = clock_minutes(*opens);
        const std::optional<int> until = clock_minutes(*closes);
        const auto weekday = item["weekday"].get<std::int64_t>();
        if (!from || !until || *from >= *until || weekday < 1 || weekday > 7) return fault();
        all.push_back({static_cast<int>(weekday), *from, *until});
    }
    return all;
}

bool is_name(const std::string& text, std::size_t most) {
    const auto plain = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-'; };
    return !text.empty() && text.size() <= most && std::all_of(text.begin(), text.end(), plain);
}

Result<std::int32_t> number_of(const nlohmann::json& body, const char* name, std::int32_t otherwise) {
    const auto value = body.find(name);
    if (value == body.end()) return otherwise;
    if (!value->is_number_integer()) return Error{ErrorKind::malformed, fmt::format("/{}: a whole number", name)};
    const auto number = value->get<std::int64_t>();
    return number < 0 || number > 100'000 ? -1 : static_cast<std::int32_t>(number);
}

Result<store::BayRecord> bay_of(const nlohmann::json& body, std::string port) {
    store::BayRecord bay;
    bay.port = std::move(port);
    const Result<std::string> name = text_member(body, "name");
    if (!name || !is_name(*name, 32)) return Error{ErrorKind::malformed, "/name: 1 to 32 letters, digits and '-'"};
    bay.name = *name;
    const Result<std::int32_t> capacity = number_of(body, "capacity", 1);
    if (!capacity || *capacity < 1 || *capacity > 500) return Error{ErrorKind::malformed, "/capacity: loads at the same time, 1 to 500"};
    bay.capacity = *capacity;
    const Result<std::int32_t> slot = number_of(body, "slotMinutes", 30);
    if (!slot || (*slot != 15 && *slot != 20 && *slot != 30 && *slot != 60)) return Error{ErrorKind::malformed, "/slotMinutes: 15, 20, 30 or 60"};
    bay.slot_minutes = *slot;
    const auto lanes = body.find("lanes");
    if (lanes == body.end()) return bay;
    if (!lanes->is_array() || lanes->size() > lanes_max) return Error{ErrorKind::malformed, "/lanes: a list of at most 20"};
    for (const nlohmann::json& lane : *lanes) {
        if (!lane.is_string() || !is_name(lane.get<std::string>(), 8))
            return Error{ErrorKind::malformed, "/lanes: each of 1 to 8 letters, digits and '-', as in the manifest"};
        bay.lanes.push_back(lane.get<std::string>());
    }
    return bay;
}

void write_bay(JsonText& json, const store::BayRecord& bay) {
    json.open_object()
        .member("name", bay.name)
        .member("timeZone", bay.time_zone)
        .texts("lanes", bay.lanes)
        .member("capacity", std::int64_t{bay.capacity});
    json.member("slotMinutes", std::int64_t{bay.slot_minutes}).name("agencies").open_list();
    for (const inspection::AgencyHours& agency : bay.agencies) {
        json.open_object().member("agency", agency.agency).name("hours").open_list();
        for (const inspection::OpenHours& each : agency.hours) {
            json.open_object()
                .member("weekday", std::int64_t{each.weekday})
                .member("opens", clock_text(each.opens))
                .member("closes", clock_text(each.closes))
                .close_object();
        }
        json.close_list().close_object();
    }
    json.close_list().close_object();
}

Result<clearance::SlotRequest> slot_request(const Visit& visit) {
    Result<std::string> port = port_of(visit);
    if (!port) return port.error();
    const Result<nlohmann::json> body = read_object(visit.request.body, {"inspectionId", "bay", "notBefore"});
    if (!body) return body.error();
    const Result<std::string> id = text_member(*body, "inspectionId");
    const std::optional<Uuid> inspection = id ? Uuid::parse(*id) : std::nullopt;
    if (!inspection) return Error{ErrorKind::malformed, "/inspectionId: a UUID is required"};
    Result<std::string> bay = text_member(*body, "bay");
    if (!bay) return bay.error();
    clearance::SlotRequest request{std::move(*port), *inspection, std::move(*bay)};
    const Result<std::string> not_before = text_member(*body, "notBefore");
    if (!not_before) return not_before.error();
    if (body->contains("notBefore")) {
        const std::optional<LocalInstant> moment = parse_date_time(*not_before);
        if (!moment) return Error{ErrorKind::malformed, "/notBefore: a moment (RFC 3339)"};
        request.not_before = moment->at;
    }
    return request;
}

}  // namespace

asio::awaitable<net::Response> list_bays(Visit& visit) {
    if (const Result<void> officer = need_agency(visit); !officer) co_return failed(officer.error(), visit);
    const Result<std::string> port = port_of(visit);
    if (!port) co_return failed(port.error(), visit);
    const Result<std::vector<store::BayRecord>> bays = co_await clearance::list_bays(*port, visit.caller, visit.counter.clearance);
    if (!bays) co_return failed(bays.error(), visit);
    JsonText json;
    json.open_object().member("port", *port).name("items").open_list();
    for (const store::BayRecord& bay : *bays) write_bay(json, bay);
    co_return json_answer(json.close_list().close_object().take());
}

asio::awaitable<net::Response> furnish_bay(Visit& visit) {
    if (const Result<void> officer = need_agency(visit); !officer) co_return failed(officer.error(), visit);
    Result<std::string> port = port_of(visit);
    if (!port) co_return failed(port.error(), visit);
    const Result<nlohmann::json> body = read_object(visit.request.body, {"name", "lanes", "capacity", "slotMinutes", "hours"});
    if (!body) co_return failed(body.error(), visit);
    Result<store::BayRecord> bay = bay_of(*body, std::move(*port));
    if (!bay) co_return failed(bay.error(), visit);
    Result<std::vector<inspection::OpenHours>> hours = hours_of(*body);
    if (!hours) co_return failed(hours.error(), visit);
    const Result<store::BayRecord> furnished =
        co_await clearance::furnish_bay(std::move(*bay), std::move(*hours), visit.caller, visit.counter.clearance);
    if (!furnished) co_return failed(furnished.error(), visit);
    JsonText json;
    write_bay(json, *furnished);
    co_return json_answer(json.take());
}

asio::awaitable<net::Response> schedule_inspection(Visit& visit) {
    if (const Result<void> officer = need_agency(visit); !officer) co_return failed(officer.error(), visit);
    Result<clearance::SlotRequest> request = slot_request(visit);
    if (!request) co_return failed(request.error(), visit);
    const std::string inspection = request->inspection_id.text();
    const Result<store::SlotRecord> slot = co_await clearance::schedule(std::move(*request), visit.caller, visit.counter.clearance);
    if (!slot) co_return failed(slot.error(), visit);
    JsonText json;
    json.open_object().member("inspectionId", inspection).member("port", slot->port).member("bay", slot->bay);
    json.member("startsAt", to_text(slot->starts_at)).member("endsAt", to_text(slot->ends_at));
    co_return json_answer(json.close_object().take());
}

}  // namespace puente::api
