#pragma once

#include <array>
#include <chrono>
#include <mutex>
#include <string>
#include <unordered_map>

namespace puente::api {

/// How many requests a client may send: a bucket that holds two seconds' worth and fills evenly. Any thread.
class ClientRate {
public:
    /// 0: no limit.
    explicit ClientRate(unsigned requests_per_second) : per_second_{static_cast<double>(requests_per_second)} {}

    /// Takes one request of a client; false when its bucket is empty.
    bool admits(const std::string& client_id, std::chrono::steady_clock::time_point now);

private:
    struct Bucket {
        double left;
        std::chrono::steady_clock::time_point at;
    };
    struct Shard {
        std::mutex mutex;
        std::unordered_map<std::string, Bucket> buckets;
    };
    static constexpr std::size_t clients_per_shard_max = 10'000;

    double per_second_;
    std::array<Shard, 16> shards_;
};

}  // namespace puente::api
