#include <openssl/crypto.h>
#include <openssl/rand.h>
#include <pthread.h>

#include <array>
#include <atomic>
#include <cstdint>

#include "crypto/openssl.hpp"
#include "puente/crypto/digest.hpp"

namespace puente::crypto {

namespace {

/// Counts the forks: a child must not hand out what its parent has in store.
std::atomic<std::uint64_t> forks{0};

bool watch_forks() {
    pthread_atfork(nullptr, nullptr, [] { forks.fetch_add(1, std::memory_order_relaxed); });
    return true;
}

/// Random octets fetched ahead, because one call of the generator costs about as much for 10 octets as for 500.
class Store {
public:
    ~Store() { OPENSSL_cleanse(octets_.data(), octets_.size()); }

    void take(std::string& into) {
        const std::uint64_t now = forks.load(std::memory_order_relaxed);
        if (octets_.size() - used_ < into.size() || now != filled_at_) {
            must(RAND_bytes(octets_.data(), static_cast<int>(octets_.size())), "the random generator failed");
            used_ = 0;
            filled_at_ = now;
        }
        for (char& octet : into) {
            octet = static_cast<char>(octets_[used_]);
            octets_[used_++] = 0;  // what was handed out must not be found here later
        }
    }

private:
    std::array<unsigned char, 512> octets_{};
    std::size_t used_ = octets_.size();
    std::uint64_t filled_at_ = 0;
};

}  // namespace

std::string random_octets(std::size_t count) {
    static const bool watching = watch_forks();
    static_cast<void>(watching);
    std::string octets(count, '\0');
    if (count > 64) {
        must(RAND_bytes_ex(nullptr, unsigned_octets(octets), count, 0), "the random generator failed");
        return octets;
    }
    thread_local Store store;
    store.take(octets);
    return octets;
}

}  // namespace puente::crypto
