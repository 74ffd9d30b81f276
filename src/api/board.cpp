#include "puente/clearance/board.hpp"

#include <charconv>
#include <cmath>

#include "api/headers.hpp"
#include "api/inspection_answers.hpp"
#include "api/port_path.hpp"
#include "api/routes.hpp"

namespace puente::api {

namespace asio = boost::asio;

namespace {

constexpr int hours_usual = 24;
constexpr int hours_max = 48;

Result<int> hours_of(const Visit& visit) {
    for (const auto& [name, value] : visit.request.query) {
        if (name != "hours") return Error{ErrorKind::malformed, "the only query parameter is hours"};
    }
    const std::optional<std::string_view> text = visit.request.query_value("hours");
    if (!text) return hours_usual;
    int hours = 0;
    const auto [end, fault] = std::from_chars(text->data(), text->data() + text->size(), hours);
    if (fault != std::errc{} || end != text->data() + text->size() || hours < 1 || hours > hours_max) {
        return Error{ErrorKind::malformed, "hours: how many hours to look back, 1 to 48"};
    }
    return hours;
}

/// In minutes: whole ones, below ten with one decimal, as exact as they are.
void write_minutes(JsonText& json, const char* name, double minutes) {
    const auto tenths = static_cast<std::int64_t>(std::llround(minutes * 10));
    if (tenths >= 100) {
        json.member(name, static_cast<std::int64_t>(std::llround(minutes)));
    } else {
        json.name(name).raw(std::to_string(tenths / 10) + "." + std::to_string(tenths % 10));
    }
}

void write_work(JsonText& json, const clearance::BoardWork& work) {
    json.open_object().member("agency", work.agency);
    if (!work.load_class.empty()) json.member("lane", work.lane).member("class", work.load_class);
    json.member("begun", work.begun).member("released", work.released).member("held", work.held).member("refused", work.refused);
    if (work.waits.count > 0) {
        json.name("waitMinutes").open_object();
        write_minutes(json, "p50", work.waits.p50);
        write_minutes(json, "p90", work.waits.p90);
        write_minutes(json, "p95", work.waits.p95);
        json.close_object();
    }
    json.close_object();
}

void write_line(JsonText& json, const clearance::BoardLine& line) {
    json.open_object()
        .member("hour", to_text(line.hour))
        .member("filed", line.filed)
        .member("selected", line.selected)
        .member("crossed", line.crossed);
    json.name("agencies").open_list();
    for (const clearance::BoardWork& work : line.agencies) write_work(json, work);
    json.close_list().name("selectedBy").open_list();
    for (const clearance::BoardSelected& each : line.selected_by) {
        json.open_object().member("lane", each.lane).member("class", each.load_class).member("selected", each.count).close_object();
    }
    json.close_list().name("groups").open_list();
    for (const clearance::BoardWork& work : line.groups) write_work(json, work);
    json.close_list().close_object();
}

std::string board_text(const std::string& port, const clearance::Board& board) {
    JsonText json;
    json.open_object().member("port", port).member("current", board.current).name("statuses").open_object();
    for (const store::BoardStatus& each : board.statuses) json.member(each.status, each.manifests);
    json.close_object().name("queue").open_list();
    for (const store::BoardQueue& each : board.queue) {
        json.open_object()
            .member("agency", each.agency)
            .member("class", each.load_class)
            .member("waiting", each.waiting)
            .member("arrived", each.arrived);
        json.member("inHand", each.in_hand);
        if (each.oldest_since) json.member("oldestSince", to_text(*each.oldest_since));
        json.close_object();
    }
    json.close_list().name("hours").open_list();
    for (const clearance::BoardLine& line : board.hours) write_line(json, line);
    return json.close_list().close_object().take();
}

}  // namespace

asio::awaitable<net::Response> show_board(Visit& visit) {
    if (const Result<void> officer = need_agency(visit); !officer) co_return failed(officer.error(), visit);
    const Result<std::string> port = port_of(visit);
    if (!port) co_return failed(port.error(), visit);
    const Result<int> hours = hours_of(visit);
    if (!hours) co_return failed(hours.error(), visit);
    const Result<clearance::Board> board = co_await clearance::find_board(*port, *hours, visit.caller, visit.counter.clearance);
    if (!board) co_return failed(board.error(), visit);
    net::Response response = json_answer(board_text(*port, *board));
    const std::string etag = etag_of_text(response.body);
    if (none_match_hits(visit.request, etag)) {
        response.status = 304;
        response.content_type.clear();
        response.body.clear();
    }
    response.headers.add("ETag", etag);
    co_return response;
}

}  // namespace puente::api
