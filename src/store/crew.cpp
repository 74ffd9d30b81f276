#include "store/crew.hpp"

#include <algorithm>
#include <exception>

#include "puente/telemetry/log.hpp"
#include "puente/telemetry/metrics.hpp"

namespace puente::store {

using namespace std::chrono_literals;

Crew::Crew(std::size_t count, Session session, Duties duties) : session_{std::move(session)}, duties_{std::move(duties)} {
    for (std::size_t i = 0; i < std::max<std::size_t>(count, 1); ++i) hands_.push_back(std::make_unique<Hand>());
    for (const auto& hand : hands_) hand->thread = std::thread{[this, &hand = *hand] { serve(hand); }};
}

Crew::~Crew() {
    join(0ms);
}

void Crew::serve(Hand& hand) {
    std::chrono::milliseconds patience = 50ms;
    std::unique_ptr<Connection> connection;
    while (!duties_.is_over()) {
        if (!connection) connection = connect(hand);
        if (!connection) {
            if (!reachable()) {
                if (!down_.exchange(true)) telemetry::Event{"database.down", telemetry::Level::error};
                tell();
                duties_.nobody_home();
            }
            duties_.pause(patience);
            patience = std::min<std::chrono::milliseconds>(patience * 2, 1s);
            continue;
        }
        patience = 50ms;
        duties_.turn(*connection);
        if (!connection->is_open()) {
            --up_;
            connection.reset();
            tell();
        }
    }
    if (connection) --up_;
    connection.reset();
    hand.done = true;
}

std::unique_ptr<Connection> Crew::connect(Hand& hand) {
    try {
        auto connection = std::make_unique<Connection>(session_, &hand.lifeline);
        ++up_;
        if (down_.exchange(false)) telemetry::Event{"database.up"};
        tell();
        return connection;
    } catch (const std::exception&) {
        return nullptr;
    }
}

void Crew::tell() const {
    if (session_.metrics != nullptr) session_.metrics->database_up(reachable());
}

void Crew::join(std::chrono::milliseconds grace) {
    const auto deadline = std::chrono::steady_clock::now() + grace;
    const auto all_done = [this] { return std::all_of(hands_.begin(), hands_.end(), [](const auto& hand) { return hand->done.load(); }); };
    while (!all_done() && std::chrono::steady_clock::now() < deadline) std::this_thread::sleep_for(2ms);
    for (const auto& hand : hands_) {
        if (!hand->done) hand->lifeline.cut();
        if (hand->thread.joinable()) hand->thread.join();
    }
}

}  // namespace puente::store
