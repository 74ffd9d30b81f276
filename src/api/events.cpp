#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <utility>

#include "api/headers.hpp"
#include "api/problem.hpp"
#include "api/routes.hpp"
#include "puente/clearance/events.hpp"

namespace puente::api {

namespace asio = boost::asio;

namespace {

/// A sign of life, so that proxies keep the connection and both sides notice when it is dead.
constexpr std::chrono::seconds heartbeat{15};
constexpr std::size_t events_at_once = 128;
constexpr std::size_t limit_usual = 100;
constexpr std::size_t limit_max = 500;

/// What came with the request, checked.
struct Question {
    clearance::EventWish wish;
    std::size_t limit = limit_usual;
};

Result<Question> question_of(const net::Request& request);
net::Response failed(const Error& error, const Visit& visit);
bool wants_stream(const net::Request& request);

/// The feed as server-sent events (WHATWG HTML, 9.2), until the token ends.
class EventStream final : public net::Stream {
public:
    EventStream(std::unique_ptr<push::Listening> listening, Instant ends_at, unsigned retry_ms, std::function<Instant()> now)
        : listening_{std::move(listening)}, ends_at_{ends_at}, now_{std::move(now)}, retry_ms_{retry_ms} {}

    void begin(std::function<void()> ring) override { listening_->on_arrival(std::move(ring)); }

    bool take(std::string& out, bool quiet) override {
        if (now_() >= ends_at_) return false;
        if (retry_ms_ > 0) out += fmt::format("retry: {}\n\n", std::exchange(retry_ms_, 0));
        const push::Taken taken = listening_->take(events_at_once, quiet);
        for (const std::shared_ptr<const push::Told>& told : taken.events) out += told->frame;
        // An id without data moves the listener's place and is no event: one who hears little does not have to go far back.
        if (taken.reached) out += fmt::format(":\nid: {}\n\n", clearance::cursor_text(*taken.reached));
        return !taken.is_over;
    }

    std::chrono::milliseconds pulse() const override {
        const auto left = std::chrono::ceil<std::chrono::milliseconds>(ends_at_ - now_());
        return std::clamp<std::chrono::milliseconds>(left, std::chrono::milliseconds{0}, heartbeat);
    }

private:
    const std::unique_ptr<push::Listening> listening_;
    const Instant ends_at_;
    const std::function<Instant()> now_;
    unsigned retry_ms_;
};

/// After a stop everybody comes back: not at the same moment.
unsigned retry_for(const net::Request& request) {
    return 1'000 + static_cast<unsigned>(std::hash<std::string>{}(request.request_id) % 2'000);
}

asio::awaitable<net::Response> stream_events(Visit& visit, Question question) {
    clearance::Clearance& clearance = visit.counter.clearance;
    net::Response response;
    response.content_type = "text/event-stream";
    response.headers.add("Cache-Control", "no-store");
    response.headers.add("Vary", "Authorization, Accept");
    response.headers.add("X-Accel-Buffering", "no");  // or nginx would keep events until it has a buffer full of them
    if (visit.request.method == net::Method::head) co_return response;
    const Result<Instant> ends_at = clearance::token_end(bearer_token(visit.request).value_or(""), visit.counter.desk, clearance);
    if (!ends_at) co_return failed(ends_at.error(), visit);
    Result<std::unique_ptr<push::Listening>> listening = co_await clearance::listen(std::move(question.wish), visit.caller, clearance);
    if (!listening) co_return failed(listening.error(), visit);
    response.stream = std::make_shared<EventStream>(std::move(*listening), *ends_at, retry_for(visit.request), clearance.now);
    co_return response;
}

asio::awaitable<net::Response> list_events(Visit& visit, Question question) {
    const std::chrono::seconds patience = preferred_wait(visit.request, visit.counter.settings.long_poll_max);
    const net::Aside aside{visit.request};
    const Result<clearance::EventPage> page =
        co_await clearance::next_events(std::move(question.wish), question.limit, patience, visit.caller, visit.counter.clearance);
    if (!page) co_return failed(page.error(), visit);
    JsonText json;
    json.open_object().name("items").open_list();
    for (const std::shared_ptr<const push::Told>& told : page->events) json.raw(told->data());
    json.close_list().member("next", clearance::cursor_text(page->next));
    net::Response response;
    response.content_type = "application/json";
    response.body = json.close_object().take();
    response.headers.add("Cache-Control", "no-store");
    response.headers.add("Vary", "Authorization, Accept");
    co_return response;
}

}  // namespace

asio::awaitable<net::Response> show_events(Visit& visit) {
    Result<Question> question = question_of(visit.request);
    if (!question) co_return failed(question.error(), visit);
    const bool streams = wants_stream(visit.request);
    if (!streams && !accepts(visit.request, "application/json")) {
        co_return problem("not-acceptable", visit.language, visit.request.request_id, "events are told as text/event-stream or application/json");
    }
    if (streams) co_return co_await stream_events(visit, std::move(*question));
    co_return co_await list_events(visit, std::move(*question));
}

void write_event(push::Told& told) {
    const store::FeedEvent& event = told.event;
    JsonText json;
    json.open_object().member("eventId", event.place.event_id);
    if (event.ports.empty()) {
        json.member("manifestId", event.manifest_id.text()).member("tripNumber", event.trip_number);
        json.member("version", std::int64_t{event.version}).member("stateNo", event.state_no);
        json.member("usPort", event.us_port).member("mxOffice", event.mx_office);
    }
    json.member("at", to_text(event.at)).member("kind", event.kind).member("status", event.status).member("actor", event.actor);
    if (!event.detail.empty()) json.name("detail").raw(event.detail);
    std::string data = json.close_object().take();
    // A line break would end the field; in JSON it can only stand between two tokens.
    std::replace_if(
        data.begin(), data.end(), [](char c) { return c == '\n' || c == '\r'; }, ' ');
    told.frame = fmt::format("id: {}\nevent: {}\ndata: ", clearance::cursor_text(event.place), event.kind);
    told.data_begin = told.frame.size();
    told.data_size = data.size();
    told.frame += data;
    told.frame += "\n\n";
}

namespace {

Result<void> read_option(Question& question, const std::string& name, const std::string& value) {
    const auto consists_of = [&value](std::string_view allowed) { return value.find_first_not_of(allowed) == std::string::npos; };
    if (name == "after") {
        question.wish.after = clearance::parse_cursor(value);
        if (!question.wish.after) return Error{ErrorKind::malformed, "'after' is an id that came with an event"};
    } else if (name == "manifest") {
        question.wish.manifest_id = Uuid::parse(value);
        if (!question.wish.manifest_id) return Error{ErrorKind::malformed, "'manifest' is the id of a manifest"};
    } else if (name == "port") {
        if (!consists_of("0123456789") || (value.size() != 4 && value.size() != 3))
            return Error{ErrorKind::malformed, "'port' is a Schedule D code (4 digits) or a Mexican office and section (3)"};
        question.wish.port = value;
    } else if (name == "kind") {
        if (value.empty() || value.size() > 40 || !consists_of("abcdefghijklmnopqrstuvwxyz_"))
            return Error{ErrorKind::malformed, "'kind' is a kind of event such as leg_decided"};
        question.wish.kind = value;
    } else if (name == "limit") {
        const auto [end, fault] = std::from_chars(value.data(), value.data() + value.size(), question.limit);
        if (fault != std::errc{} || end != value.data() + value.size() || question.limit < 1 || question.limit > limit_max)
            return Error{ErrorKind::malformed, fmt::format("'limit' is 1 to {}", limit_max)};
    } else {
        return Error{ErrorKind::malformed, fmt::format("there is no option '{}'; there are after, manifest, port, kind and limit", name)};
    }
    return {};
}

Result<Question> question_of(const net::Request& request) {
    Question question;
    for (const auto& [name, value] : request.query) {
        if (const Result<void> read = read_option(question, name, value); !read) return read.error();
    }
    // A browser that comes back repeats its first address: the header is the newer of the two.
    const std::string_view last = request.headers.find("Last-Event-ID").value_or("");
    if (last.empty()) return question;
    question.wish.after = clearance::parse_cursor(last);
    if (!question.wish.after) return Error{ErrorKind::malformed, "Last-Event-ID is an id that came with an event"};
    return question;
}

net::Response failed(const Error& error, const Visit& visit) {
    if (error.kind() == ErrorKind::stale) return problem("cursor-gone", visit.language, visit.request.request_id);
    if (error.kind() == ErrorKind::conflict) return problem("too-many-requests", visit.language, visit.request.request_id, error.detail());
    return problem(error, visit.language, visit.request.request_id);
}

/// Server-sent events unless JSON was asked for and they were not.
bool wants_stream(const net::Request& request) {
    const std::string_view accept = request.headers.find("Accept").value_or("");
    if (accept.find("text/event-stream") != std::string_view::npos) return accepts(request, "text/event-stream");
    return accept.find("application/json") == std::string_view::npos && accepts(request, "text/event-stream");
}

}  // namespace

}  // namespace puente::api
