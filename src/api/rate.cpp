#include "api/rate.hpp"

#include <algorithm>

namespace puente::api {

bool ClientRate::admits(const std::string& client_id, std::chrono::steady_clock::time_point now) {
    if (per_second_ <= 0) return true;
    const double full = per_second_ * 2;
    Shard& shard = shards_[std::hash<std::string>{}(client_id) % shards_.size()];
    const std::lock_guard lock{shard.mutex};
    if (shard.buckets.size() >= clients_per_shard_max) shard.buckets.clear();
    Bucket& bucket = shard.buckets.try_emplace(client_id, Bucket{full, now}).first->second;
    const std::chrono::duration<double> since = now - bucket.at;
    bucket.left = std::min(full, bucket.left + since.count() * per_second_);
    bucket.at = now;
    if (bucket.left < 1) return false;
    bucket.left -= 1;
    return true;
}

}  // namespace puente::api
