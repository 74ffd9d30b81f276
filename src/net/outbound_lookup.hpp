#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/address.hpp>
#include <boost/asio/thread_pool.hpp>
#include <chrono>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

namespace puente::net {

/// Resolves names on threads of its own, one question for each name at a time: a name whose servers are silent holds up one thread, not the others.
/// Asio's own resolver has a single thread for all. Any thread.
class Lookup {
public:
    Lookup();
    ~Lookup();

    /// The addresses of a name, none when there are none or the time is over.
    boost::asio::awaitable<std::vector<boost::asio::ip::address>> find(std::string name, std::chrono::steady_clock::time_point deadline);
    /// Waits for the threads. Before the executors of those who ask end.
    void stop();

private:
    struct Waiter;
    void ask(const std::string& name);

    std::mutex mutex_;
    std::map<std::string, std::vector<std::shared_ptr<Waiter>>> waiting_;
    boost::asio::thread_pool threads_;
};

}  // namespace puente::net
