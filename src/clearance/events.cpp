#include "puente/clearance/events.hpp"

#include <algorithm>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <utility>

#include "puente/crypto/base64url.hpp"

namespace puente::clearance {

namespace asio = boost::asio;

namespace {

constexpr std::size_t number_octets = 8;
/// One who comes back after long is read for, even if not ready to wait for news.
constexpr std::chrono::seconds catch_up_time{2};

void append_number(std::string& octets, std::uint64_t number) {
    for (std::size_t i = number_octets; i-- > 0;) octets += static_cast<char>(number >> (8 * i) & 0xff);
}

std::uint64_t read_number(std::string_view octets) {
    std::uint64_t number = 0;
    for (const char octet : octets) number = number << 8 | static_cast<unsigned char>(octet);
    return number;
}

/// Waits to be rung for. The timer is touched on the executor of the one who waits only.
struct Doorbell : std::enable_shared_from_this<Doorbell> {
    explicit Doorbell(asio::any_io_executor executor) : timer{std::move(executor)} {}

    void ring() {
        asio::post(timer.get_executor(), [self = shared_from_this()] {
            self->has_rung = true;
            self->timer.cancel();
        });
    }

    asio::awaitable<void> wait(std::chrono::steady_clock::time_point until) {
        if (!std::exchange(has_rung, false)) {
            timer.expires_at(until);
            boost::system::error_code woken;
            co_await timer.async_wait(asio::redirect_error(asio::use_awaitable, woken));
        }
        has_rung = false;
    }

    asio::steady_timer timer;
    bool has_rung = false;
};

}  // namespace

std::string cursor_text(const store::FeedPlace& place) {
    std::string octets;
    append_number(octets, place.written_by);
    append_number(octets, static_cast<std::uint64_t>(place.event_id));
    return crypto::base64url(octets);
}

std::optional<store::FeedPlace> parse_cursor(std::string_view text) {
    const std::optional<std::string> octets = crypto::from_base64url(text);
    if (!octets || octets->size() != 2 * number_octets) return std::nullopt;
    const std::string_view both{*octets};
    const std::uint64_t event_id = read_number(both.substr(number_octets));
    if (event_id > static_cast<std::uint64_t>(INT64_MAX)) return std::nullopt;
    return store::FeedPlace{read_number(both.substr(0, number_octets)), static_cast<std::int64_t>(event_id)};
}

asio::awaitable<Result<std::unique_ptr<push::Listening>>> listen(EventWish wish, const access::Caller& caller, Clearance& clearance) {
    const store::As as = store::As::caller(caller);
    push::Interest interest;
    interest.client_id = caller.client_id;
    if (as.kind == store::As::Kind::officer) {
        interest.agency = as.agency;
    } else {
        interest.company = as.company;
        interest.scac = as.scac;
    }
    interest.manifest_id = wish.manifest_id;
    interest.port = std::move(wish.port);
    interest.kind = std::move(wish.kind);
    co_return co_await clearance.events.listen(std::move(interest), wish.after);
}

asio::awaitable<Result<EventPage>> next_events(EventWish wish, std::size_t events_max, std::chrono::milliseconds at_most,
                                               const access::Caller& caller, Clearance& clearance) {
    const auto begun = std::chrono::steady_clock::now();
    const Result<std::unique_ptr<push::Listening>> listening = co_await listen(std::move(wish), caller, clearance);
    if (!listening) co_return listening.error();
    const auto bell = std::make_shared<Doorbell>(co_await asio::this_coro::executor);
    (*listening)->on_arrival([bell] { bell->ring(); });
    while (true) {
        push::Taken taken = (*listening)->take(events_max, true);
        if (!taken.events.empty()) {
            const store::FeedPlace next = taken.events.back()->event.place;
            co_return EventPage{std::move(taken.events), next};
        }
        const auto until = begun + (taken.is_live ? at_most : std::max<std::chrono::milliseconds>(at_most, catch_up_time));
        if (taken.is_over || std::chrono::steady_clock::now() >= until) co_return EventPage{{}, taken.reached.value_or(store::FeedPlace{})};
        co_await bell->wait(until);
    }
}

Result<Instant> token_end(std::string_view token, const AccessDesk& desk, Clearance& clearance) {
    const Result<access::VerifiedToken> verified = access::verify_token(desk.issuer, token, clearance.now());
    if (!verified) return Error{ErrorKind::unauthorized, "the token has ended"};
    return verified->expires_at;
}

}  // namespace puente::clearance
