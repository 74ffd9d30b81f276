#include "net/lane.hpp"

#include <openssl/rand.h>

#include <algorithm>
#include <boost/asio/post.hpp>
#include <ctime>
#include <stdexcept>

#include "net/session.hpp"
#include "puente/uuid.hpp"

namespace puente::net {

namespace {

// Deadlines are kept by looking at all connections ten times a second, not by a timer for each: a request sets its deadlines by storing a number,
// where arming and cancelling timers would cost it a heap operation and a queue entry each time. They are late by at most this much.
constexpr std::chrono::milliseconds sweep_interval{100};
/// While draining: a stop should not wait for the next look.
constexpr std::chrono::milliseconds drain_interval{10};
/// How long coroutines have to end after their connections have been cut.
constexpr std::chrono::milliseconds cut_grace{500};

}  // namespace

Lane::Lane(Door& door) : door_{door}, stay_{boost::asio::make_work_guard(io_)}, timer_{io_} {}

void Lane::run() {
    sweep_later();
    io_.run();
}

void Lane::drain() {
    boost::asio::post(io_, [this] {
        for (Session* session : sessions_) session->leave_if_idle();
        sweep_later();  // replaces the wait that is under way
    });
}

void Lane::remove(Session& session) {
    const auto found = std::find(sessions_.begin(), sessions_.end(), &session);
    if (found == sessions_.end()) return;
    *found = sessions_.back();
    sessions_.pop_back();
}

void Lane::sweep_later() {
    timer_.expires_after(door_.draining() ? drain_interval : sweep_interval);
    timer_.async_wait([this](const boost::system::error_code& error) {
        if (!error) sweep();
    });
}

void Lane::sweep() {
    const Clock::time_point now = Clock::now();
    for (Session* session : sessions_) session->check(now);
    if (door_.draining() && leave_when_drained(now)) return;
    sweep_later();
}

bool Lane::leave_when_drained(Clock::time_point now) {
    if (!door_.accepting.load() && door_.connections.load() == 0) {
        stay_.reset();
        return true;
    }
    if (now >= door_.cut_at()) {
        const std::vector<Session*> present = sessions_;  // a session that ends at once takes itself off the list
        for (Session* session : present) session->cut();
    }
    if (now >= door_.cut_at() + cut_grace) {
        io_.stop();
        return true;
    }
    return false;
}

void Lane::ring(std::shared_ptr<Bell> bell) {
    bool is_first = false;
    {
        const std::lock_guard lock{bells_mutex_};
        is_first = bells_.empty();
        bells_.push_back(std::move(bell));
    }
    if (is_first) boost::asio::post(io_, [this] { answer_bells(); });
}

void Lane::answer_bells() {
    std::vector<std::shared_ptr<Bell>> rung;
    {
        const std::lock_guard lock{bells_mutex_};
        rung.swap(bells_);
    }
    for (const std::shared_ptr<Bell>& bell : rung) {
        if (bell->session != nullptr) bell->session->wake();
    }
}

std::string_view Lane::date() {
    const std::time_t now = std::time(nullptr);
    if (now != date_second_) {
        date_second_ = now;
        std::tm utc{};
        gmtime_r(&now, &utc);
        std::strftime(date_.data(), date_.size(), "%a, %d %b %Y %H:%M:%S GMT", &utc);  // the locale of a server is "C"
    }
    return std::string_view{date_.data()};
}

std::string Lane::new_request_id() {
    constexpr std::size_t bytes = 10;
    // A draw from OpenSSL's generator costs about the same for one identifier as for a hundred.
    if (random_used_ + bytes > random_.size()) {
        if (RAND_bytes(random_.data(), static_cast<int>(random_.size())) != 1) throw std::runtime_error{"OpenSSL has no random bytes"};
        random_used_ = 0;
    }
    const std::span<const std::uint8_t, bytes> random{random_.data() + random_used_, bytes};
    random_used_ += bytes;
    const auto now = std::chrono::time_point_cast<std::chrono::microseconds>(std::chrono::system_clock::now());
    return Uuid::version7(now, random).text();
}

}  // namespace puente::net
