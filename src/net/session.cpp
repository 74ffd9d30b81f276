#include "net/session.hpp"

#include <algorithm>
#include <boost/asio/cancellation_signal.hpp>
#include <new>

#include "net/ascii.hpp"
#include "net/lane.hpp"
#include "net/reply.hpp"
#include "net/tls_context.hpp"

namespace puente::net {

namespace asio = boost::asio;

namespace {

constexpr std::size_t record_bytes_max = 16 * 1024;  // TLS: one record, and so one send(), holds no more
constexpr std::size_t body_step_bytes = 64 * 1024;
constexpr std::size_t output_kept_bytes = 4096;
constexpr Clock::duration no_limit = Clock::duration::max();
/// The verdict when there is nobody left to answer.
constexpr int gone = -1;

/// Gives back what begin_request() took, however the answer comes to its end.
struct InFlight {
    explicit InFlight(Door& taken_from) : door{taken_from} {}
    InFlight(const InFlight&) = delete;
    InFlight& operator=(const InFlight&) = delete;
    ~InFlight() { door.finish_request(); }

    Door& door;
};

bool make_room(std::string& body, std::size_t size, HeldBody& held);
HeadVerdict overlong(std::string_view bytes);

}  // namespace

// Each awaited answer has a name: from `if (co_await a()) { while (co_await b()) ... }` g++ 12.2 makes a frame that does not begin with the
// resume function, and the first resumption jumps into nowhere.
asio::awaitable<void> Session::run() {
    lane_.add(*this);
    bool serves = co_await shake_hands();
    if (serves) {
        thumbprint_ = client_thumbprint(stream_.ssl());
    } else {
        door_.handshakes_failed.fetch_add(1);
    }
    while (serves) serves = co_await serve_one();
    stream_.close();
    const bool last_words = phase_ == Phase::write || phase_ == Phase::handshake;
    if (last_words) co_await linger();
}

/// Reads a request and answers it; true when another one may follow.
asio::awaitable<bool> Session::serve_one() {
    Request request;
    std::size_t head_bytes = 0;
    HeadVerdict verdict = co_await receive_head(head_bytes);
    if (verdict.status == gone) co_return false;
    request_began_ = Clock::now();
    request.request_id = lane_.new_request_id();
    request.peer_address = peer_address_;
    request.client_certificate_sha256 = thumbprint_;

    std::size_t length = 0;
    bool keep_alive = false;
    bool expects_continue = false;
    if (verdict.status == 0) verdict = read_head(input_.bytes().substr(0, head_bytes), door_.limits, request, length, keep_alive, expects_continue);
    if (verdict.status == 0) verdict = check_host(request);
    if (verdict.status != 0) co_return co_await turn_away(request, verdict);
    input_.consume(head_bytes);

    if (length > input_.bytes().size()) {
        const std::unique_ptr<Response> early = refuse_early(request);
        if (early) co_return co_await dismiss(request, *early);
        if (expects_continue && input_.empty() && !co_await write("HTTP/1.1 100 Continue\r\n\r\n")) co_return false;
    }
    HeldBody held{door_};
    if (length > 0) verdict = co_await receive_body(request.body, length, held);
    if (verdict.status == gone) co_return false;
    if (verdict.status != 0) co_return co_await turn_away(request, verdict);
    co_return co_await answer(request, keep_alive);
}

asio::awaitable<HeadVerdict> Session::receive_head(std::size_t& head_bytes) {
    const std::size_t bytes_max = door_.limits.header_bytes_max;
    if (input_.empty()) {
        input_.shrink();
        enter(Phase::idle, door_.limits.idle_time);
    } else {
        enter(Phase::head, door_.limits.header_time);
    }
    while (true) {
        const Input::Head found = input_.find_head(head_bytes);
        if (found == Input::Head::complete) co_return HeadVerdict{};
        if (found == Input::Head::broken)
            co_return HeadVerdict{400, "every line of the header has to end with CR LF, and the first must not be empty"};
        if (input_.bytes().size() >= bytes_max) co_return overlong(input_.bytes());
        const std::span<char> room = input_.room(bytes_max);
        const std::size_t got = co_await read(room.data(), room.size());
        if (got == 0 && expired_ && phase_ == Phase::head) co_return HeadVerdict{408, "the header did not come in time"};
        if (got == 0) co_return HeadVerdict{gone, {}};
        input_.added(got);
        if (phase_ == Phase::idle) enter(Phase::head, door_.limits.header_time);
    }
}

asio::awaitable<HeadVerdict> Session::receive_body(std::string& body, std::size_t length, HeldBody& held) {
    constexpr std::string_view too_many = "too many large bodies are being read; try again";
    enter(Phase::body, door_.limits.body_time);
    const std::size_t here = std::min(length, input_.bytes().size());
    if (!make_room(body, std::max(here, std::min(length, body_step_bytes)), held)) co_return HeadVerdict{503, std::string{too_many}};
    std::copy_n(input_.bytes().data(), here, body.data());
    input_.consume(here);
    body_length_ = length;
    body_received_ = here;
    while (body_received_ < length) {
        // The room doubles as the bytes come: to announce a large body takes no memory.
        const bool full = body_received_ == body.size();
        if (full && !make_room(body, std::min(length, 2 * body.size()), held)) co_return HeadVerdict{503, std::string{too_many}};
        const std::size_t got = co_await read(body.data() + body_received_, body.size() - body_received_);
        if (got == 0 && expired_) co_return HeadVerdict{408, "the body did not come in time"};
        if (got == 0) co_return HeadVerdict{gone, {}};
        body_received_ += got;
    }
    co_return HeadVerdict{};
}

asio::awaitable<bool> Session::answer(Request& request, bool keep_alive) {
    enter(Phase::answer, no_limit);
    std::size_t route = SIZE_MAX;
    Response response;
    int failed = 503;
    if (door_.begin_request()) {
        const InFlight in_flight{door_};
        request.counted = &door_.requests_in_flight;
        try {
            response = co_await door_.application.answer(request, route);
            failed = 0;
        } catch (const std::bad_alloc&) {
        } catch (...) {
            failed = 500;
        }
    }
    if (failed == 503) response = refusal(request, 503, "too many requests are being answered; try again");
    if (failed == 500) response = refusal(request, 500, "the request could not be answered");
    ++requests_;
    const bool streams = response.stream != nullptr && carries_body(request.method, response.status);
    const bool closes = streams || !keep_alive || response.close || door_.draining() || requests_ >= door_.limits.requests_per_connection_max;
    const bool sent = co_await send(request, response, closes);
    tell(request, response, route);
    if (sent && streams) {
        request = Request{};  // an idle stream keeps no more than it needs
        co_await send_stream(*response.stream);
    }
    co_return sent && !closes;
}

asio::awaitable<bool> Session::turn_away(const Request& request, const HeadVerdict& verdict) {
    const Response response = refusal(request, verdict.status, verdict.detail);
    co_return co_await dismiss(request, response);
}

/// Answers a request whose end has not been read. Whatever follows on this connection could be its body, so this is the last answer.
asio::awaitable<bool> Session::dismiss(const Request& request, const Response& response) {
    co_await send(request, response, true);
    tell(request, response, SIZE_MAX);
    co_return false;
}

asio::awaitable<bool> Session::send(const Request& request, const Response& response, bool closes) {
    enter(Phase::write, door_.limits.write_time);
    ReplyFacts facts;
    facts.date = lane_.date();
    facts.request_id = request.request_id;
    facts.closes = closes;
    output_.clear();
    output_.reserve(output_kept_bytes);
    append_reply_head(output_, response, facts);
    const bool with_body = carries_body(request.method, response.status) && response.stream == nullptr;
    const bool one_record = with_body && output_.size() + response.body.size() <= record_bytes_max;
    if (one_record) output_ += response.body;
    bool sent = co_await write(output_);
    if (sent && with_body && !one_record) sent = co_await write(response.body);
    if (output_.capacity() > output_kept_bytes) std::string{}.swap(output_);
    co_return sent;
}

std::unique_ptr<Response> Session::refuse_early(const Request& request) {
    try {
        return door_.application.refuse_early(request);
    } catch (...) {
        return std::make_unique<Response>(refusal(request, 500, "the request could not be answered"));
    }
}

Response Session::refusal(const Request& request, int status, std::string_view detail) {
    Response response = door_.application.refuse(status, detail, request.request_id);
    if (status == 503 && !response.headers.find("Retry-After")) response.headers.add("Retry-After", "1");
    return response;
}

HeadVerdict Session::check_host(const Request& request) const {
    if (door_.host_names.empty()) return {};
    const std::string_view host = request.headers.find("Host").value_or("");
    const std::string_view name = host.substr(0, host.find(':', host.starts_with('[') ? host.find(']') : 0));
    const auto same = [name](const std::string& allowed) { return same_name(allowed, name); };
    if (std::any_of(door_.host_names.begin(), door_.host_names.end(), same)) return {};
    return {421, "this host name is not served here"};
}

void Session::tell(const Request& request, const Response& response, std::size_t route) {
    const auto duration = std::chrono::duration_cast<std::chrono::microseconds>(Clock::now() - request_began_);
    const Served served{request, response, route, duration};
    door_.application.served(served);
}

namespace {

bool make_room(std::string& body, std::size_t size, HeldBody& held) {
    if (!held.add(size - body.size())) return false;
    try {
        body.resize(size);
    } catch (const std::bad_alloc&) {
        return false;
    }
    return true;
}

HeadVerdict overlong(std::string_view bytes) {
    if (bytes.find('\n') == std::string_view::npos) return {414, "the request target is too long"};
    return {431, "the header is too long"};
}

}  // namespace

}  // namespace puente::net
