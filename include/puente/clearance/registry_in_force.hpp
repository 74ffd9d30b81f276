#pragma once

#include <atomic>
#include <chrono>
#include <memory>
#include <utility>

#include "puente/selection/standing.hpp"

namespace puente::clearance {

/// The registers of the programmes that standing is read from: one immutable snapshot, swapped whole. A snapshot that was not compared with the
/// database for too long counts as none: the benefit is withheld.
class RegistryInForce {
public:
    explicit RegistryInForce(std::chrono::seconds stale_after) : stale_after_{stale_after} {}

    /// Null when it was never read, or is stale.
    std::shared_ptr<const selection::Registry> current() const { return is_stale() ? nullptr : std::atomic_load(&current_); }
    /// What was read last, however old; empty registers before the first reading.
    std::shared_ptr<const selection::Registry> last() const { return std::atomic_load(&current_); }
    void replace(std::shared_ptr<const selection::Registry> next) { std::atomic_store(&current_, std::move(next)); }
    /// The database says in this moment what the snapshot says.
    void confirm() { confirmed_.store(steady_now(), std::memory_order_relaxed); }
    bool is_stale() const {
        const std::int64_t confirmed = confirmed_.load(std::memory_order_relaxed);
        return confirmed == never || steady_now() - confirmed > std::chrono::nanoseconds{stale_after_}.count();
    }

private:
    static constexpr std::int64_t never = -1;
    static std::int64_t steady_now() {
        return std::chrono::duration_cast<std::chrono::nanoseconds>(std::chrono::steady_clock::now().time_since_epoch()).count();
    }

    const std::chrono::seconds stale_after_;
    std::atomic<std::int64_t> confirmed_{never};
    std::shared_ptr<const selection::Registry> current_ = std::make_shared<const selection::Registry>();
};

}  // namespace puente::clearance
