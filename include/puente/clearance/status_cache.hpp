#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>

#include "puente/store/records.hpp"
#include "puente/uuid.hpp"

namespace puente::clearance {

/// The status of a manifest as one kind of viewer may see it, ready to be compared and sent.
struct StatusSnapshot {
    store::StatusRecord record;
    std::string etag;  ///< strong, with its quotes
};

/// Remembers statuses for a second, so that thousands of polls cost one read. An entry belongs to the viewer under whose database role it was
/// read: row-level security stays the only judge of who sees what. Changes drop entries at once, here and (by notice) on every other gateway;
/// while notices cannot be heard nothing is remembered.
class StatusCache {
public:
    static constexpr std::chrono::seconds lifetime{1};

    /// The snapshot a viewer read less than `lifetime` ago; null otherwise.
    std::shared_ptr<const StatusSnapshot> find(const std::string& viewer, const Uuid& manifest_id, std::chrono::steady_clock::time_point now) const;
    void put(const std::string& viewer, const Uuid& manifest_id, std::shared_ptr<const StatusSnapshot> snapshot, std::chrono::steady_clock::time_point now);
    void drop(const Uuid& manifest_id);
    /// Whether notices of changes are being heard. Without them the cache is empty and stays so.
    void set_listening(bool listening);

private:
    struct Entry {
        std::shared_ptr<const StatusSnapshot> snapshot;
        std::chrono::steady_clock::time_point read_at;
    };
    struct Shard {
        mutable std::mutex mutex;
        std::unordered_map<Uuid, std::unordered_map<std::string, Entry>> manifests;
    };
    static constexpr std::size_t shard_count = 16;
    static constexpr std::size_t manifests_per_shard_max = 4'096;

    Shard& shard_of(const Uuid& manifest_id) { return shards_[manifest_id.bytes()[15] % shard_count]; }
    const Shard& shard_of(const Uuid& manifest_id) const { return shards_[manifest_id.bytes()[15] % shard_count]; }

    std::array<Shard, shard_count> shards_;
    std::atomic<bool> listening_{false};
};

}  // namespace puente::clearance
