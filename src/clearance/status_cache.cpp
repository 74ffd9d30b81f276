#include "puente/clearance/status_cache.hpp"

#include <utility>

namespace puente::clearance {

std::shared_ptr<const StatusSnapshot> StatusCache::find(const std::string& viewer, const Uuid& manifest_id, std::chrono::steady_clock::time_point now) const {
    const Shard& shard = shard_of(manifest_id);
    const std::lock_guard lock{shard.mutex};
    const auto manifest = shard.manifests.find(manifest_id);
    if (manifest == shard.manifests.end()) return nullptr;
    const auto entry = manifest->second.find(viewer);
    if (entry == manifest->second.end() || now - entry->second.read_at > lifetime) return nullptr;
    return entry->second.snapshot;
}

void StatusCache::put(const std::string& viewer, const Uuid& manifest_id, std::shared_ptr<const StatusSnapshot> snapshot, std::chrono::steady_clock::time_point now) {
    if (!listening_) return;
    Shard& shard = shard_of(manifest_id);
    const std::lock_guard lock{shard.mutex};
    if (shard.manifests.size() >= manifests_per_shard_max) shard.manifests.clear();
    shard.manifests[manifest_id][viewer] = {std::move(snapshot), now};
}

void StatusCache::drop(const Uuid& manifest_id) {
    Shard& shard = shard_of(manifest_id);
    const std::lock_guard lock{shard.mutex};
    shard.manifests.erase(manifest_id);
}

void StatusCache::set_listening(bool listening) {
    listening_ = listening;
    for (Shard& shard : shards_) {
        const std::lock_guard lock{shard.mutex};
        shard.manifests.clear();
    }
}

}  // namespace puente::clearance
