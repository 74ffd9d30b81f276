#include "puente/access/token_cache.hpp"

#include <algorithm>
#include <array>
#include <atomic>
#include <functional>
#include <map>
#include <mutex>
#include <shared_mutex>
#include <string>
#include <unordered_map>

namespace puente::access {

namespace {

constexpr std::size_t shard_count = 16;

/// The end of a token is its signature: as good as random, so a few characters of it tell tokens apart. Only tokens with a good signature are
/// put in, so nobody can fill one bucket on purpose.
struct TailHash {
    using is_transparent = void;
    std::size_t operator()(std::string_view token) const {
        return std::hash<std::string_view>{}(token.substr(token.size() - std::min<std::size_t>(token.size(), 24)));
    }
};

/// A part of the cache with its own lock, so that threads seldom meet.
class Shard {
public:
    std::shared_ptr<const VerifiedToken> find(std::string_view token, Instant now) const {
        const std::shared_lock lock{mutex_};
        const auto found = entries_.find(token);
        if (found == entries_.end() || found->second.verified->expires_at <= now) return nullptr;
        return found->second.verified;
    }

    void put(std::string_view token, VerifiedToken verified, Instant now, std::size_t capacity) {
        while (!expiries_.empty() && (expiries_.begin()->first <= now || entries_.size() >= capacity)) drop(expiries_.begin());
        const auto [entry, is_new] = entries_.try_emplace(std::string{token});
        if (!is_new) return;
        entry->second.verified = std::make_shared<const VerifiedToken>(std::move(verified));
        entry->second.expiry = expiries_.emplace(entry->second.verified->expires_at, &entry->first);
    }

    void forget_client(std::string_view client_id) {
        for (auto expiry = expiries_.begin(); expiry != expiries_.end();) {
            const auto next = std::next(expiry);
            if (entries_.find(*expiry->second)->second.verified->caller.client_id == client_id) drop(expiry);
            expiry = next;
        }
    }

    void clear() {
        expiries_.clear();
        entries_.clear();
    }

    std::size_t size() const { return entries_.size(); }
    std::shared_mutex& mutex() const { return mutex_; }

private:
    using Expiries = std::multimap<Instant, const std::string*>;  // to the key in entries_
    struct Entry {
        std::shared_ptr<const VerifiedToken> verified;
        Expiries::iterator expiry;
    };

    void drop(Expiries::iterator expiry) {
        entries_.erase(entries_.find(*expiry->second));
        expiries_.erase(expiry);
    }

    mutable std::shared_mutex mutex_;
    std::unordered_map<std::string, Entry, TailHash, std::equal_to<>> entries_;
    Expiries expiries_;
};

}  // namespace

struct TokenCache::Inside {
    std::size_t capacity;  ///< of one shard
    std::array<Shard, shard_count> shards;
    std::atomic<std::uint64_t> epoch{0};

    Shard& shard_of(std::string_view token) { return shards[TailHash{}(token) / 64 % shard_count]; }
};

TokenCache::TokenCache(std::size_t capacity) : inside_{std::make_unique<Inside>()} {
    inside_->capacity = std::max<std::size_t>(1, capacity / shard_count);
}

TokenCache::~TokenCache() = default;

std::shared_ptr<const VerifiedToken> TokenCache::find(std::string_view token, Instant now) const {
    return inside_->shard_of(token).find(token, now);
}

std::uint64_t TokenCache::epoch() const {
    return inside_->epoch.load();
}

void TokenCache::put(std::string_view token, VerifiedToken verified, Instant now, std::uint64_t epoch) {
    if (verified.expires_at <= now) return;
    Shard& shard = inside_->shard_of(token);
    const std::unique_lock lock{shard.mutex()};
    // Under the lock: whoever forgets raises the epoch first and comes to this shard afterwards.
    if (inside_->epoch.load() != epoch) return;
    shard.put(token, std::move(verified), now, inside_->capacity);
}

void TokenCache::forget_client(std::string_view client_id) {
    inside_->epoch.fetch_add(1);
    for (Shard& shard : inside_->shards) {
        const std::unique_lock lock{shard.mutex()};
        shard.forget_client(client_id);
    }
}

void TokenCache::clear() {
    inside_->epoch.fetch_add(1);
    for (Shard& shard : inside_->shards) {
        const std::unique_lock lock{shard.mutex()};
        shard.clear();
    }
}

std::size_t TokenCache::size() const {
    std::size_t count = 0;
    for (const Shard& shard : inside_->shards) {
        const std::shared_lock lock{shard.mutex()};
        count += shard.size();
    }
    return count;
}

}  // namespace puente::access
