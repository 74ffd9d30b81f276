#pragma once

#include <boost/asio/awaitable.hpp>
#include <chrono>
#include <memory>

#include "puente/uuid.hpp"

namespace puente::push {

/// Wakes those who wait for a manifest to change. A wake is a hint: the woken one reads the record again. Any thread.
class ChangeFeed {
public:
    ChangeFeed();
    ~ChangeFeed();

    /// A place in the waiting room of one manifest. Take it before reading the record, so that no change falls between reading and waiting.
    class Watch {
    public:
        ~Watch();
        /// Waits until the manifest changes (true) or the time has passed (false). To be called once, on the executor that took the watch.
        boost::asio::awaitable<bool> wait(std::chrono::milliseconds at_most);

        struct Inside;
        Watch(std::shared_ptr<Inside> inside, ChangeFeed& feed, Uuid manifest_id);
        Watch(const Watch&) = delete;
        Watch& operator=(const Watch&) = delete;

    private:
        std::shared_ptr<Inside> inside_;
        ChangeFeed& feed_;
        Uuid manifest_id_;
    };

    boost::asio::awaitable<std::unique_ptr<Watch>> watch(Uuid manifest_id);
    void announce(const Uuid& manifest_id);
    /// Wakes everybody: when notices may have been missed.
    void announce_all();
    /// Wakes everybody for good: the house closes, nobody waits any more.
    void close();
    bool closed() const;

    struct Inside;

private:
    std::unique_ptr<Inside> inside_;
};

}  // namespace puente::push
