#include "puente/store/listen.hpp"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <pqxx/notification>
#include <thread>
#include <utility>

#include "store/connection.hpp"

namespace puente::store {

namespace {

using namespace std::chrono_literals;

/// Passes on what one channel brings.
class Ear : public pqxx::notification_receiver {
public:
    Ear(pqxx::connection_base& connection, const std::string& channel, const std::function<void(const Notice&)>& heard)
        : pqxx::notification_receiver{connection, channel}, heard_{heard} {}
    void operator()(const std::string& payload, int) override { heard_(Notice{channel(), payload}); }

private:
    const std::function<void(const Notice&)>& heard_;
};

constexpr auto quiet_time_max = 10s;  ///< after so long without a notice the server is asked for a sign of life

}  // namespace

struct Listener::Inside {
    void listen();
    void listen_once();
    void rest(std::chrono::milliseconds time);

    std::string url;
    std::function<void(const Notice&)> heard;
    std::function<void(bool)> up;
    Lifeline lifeline;
    std::atomic<bool> over{false};
    bool is_up = false;
    std::mutex mutex;
    std::condition_variable ended;
    std::thread thread;
};

Listener::Listener(std::string url, std::function<void(const Notice&)> heard, std::function<void(bool)> up) : inside_{std::make_unique<Inside>()} {
    inside_->url = std::move(url);
    inside_->heard = std::move(heard);
    inside_->up = std::move(up);
    inside_->thread = std::thread{[inside = inside_.get()] { inside->listen(); }};
}

Listener::~Listener() {
    stop();
}

void Listener::stop() {
    {
        const std::lock_guard lock{inside_->mutex};
        inside_->over = true;
    }
    inside_->ended.notify_all();
    inside_->lifeline.cut();
    if (inside_->thread.joinable()) inside_->thread.join();
}

void Listener::Inside::listen() {
    std::chrono::milliseconds patience = 50ms;
    while (!over) {
        try {
            listen_once();
        } catch (const std::exception&) {
            // The connection is lost or cannot be made: told below, and tried again.
        }
        if (is_up) {
            is_up = false;
            patience = 50ms;
            up(false);
        }
        rest(patience);
        patience = std::min<std::chrono::milliseconds>(patience * 2, 1s);
    }
}

/// Listens until the connection is lost.
void Listener::Inside::listen_once() {
    const Session session{url, "", 0ms, 0ms, nullptr};
    Connection connection{session, &lifeline};
    const Ear manifests{connection.raw(), "manifest_changed", heard};
    const Ear clients{connection.raw(), "client_changed", heard};
    const Ear rules{connection.raw(), "rules_changed", heard};
    const Ear registry{connection.raw(), "registry_changed", heard};
    is_up = true;
    up(true);
    auto last_sign = std::chrono::steady_clock::now();
    while (!over) {
        if (connection.raw().await_notification(1, 0) > 0) last_sign = std::chrono::steady_clock::now();
        if (!connection.is_open()) return;
        if (std::chrono::steady_clock::now() - last_sign < quiet_time_max) continue;
        connection.ping();
        last_sign = std::chrono::steady_clock::now();
    }
}

void Listener::Inside::rest(std::chrono::milliseconds time) {
    std::unique_lock lock{mutex};
    ended.wait_for(lock, time, [this] { return over.load(); });
}

}  // namespace puente::store
