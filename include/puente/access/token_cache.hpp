#pragma once

#include <cstdint>
#include <memory>
#include <string_view>

#include "puente/access/token.hpp"
#include "puente/instant.hpp"

namespace puente::access {

/// Remembers the tokens that were found good, because checking a signature costs a thousand times more than a look-up. Bounded; thread-safe.
class TokenCache {
public:
    /// Room for about `capacity` tokens, at most 8 kB each.
    explicit TokenCache(std::size_t capacity);
    ~TokenCache();
    TokenCache(const TokenCache&) = delete;
    TokenCache& operator=(const TokenCache&) = delete;

    /// The token if it is remembered and has not expired; null otherwise. The whole text is compared.
    std::shared_ptr<const VerifiedToken> find(std::string_view token, Instant now) const;

    /// Counts the calls of forget_client and clear. To be read before a token is checked and given to `put` afterwards.
    std::uint64_t epoch() const;
    /// Remembers a token. Does nothing when something was forgotten since `epoch`: the client may have been revoked while its token was checked.
    /// Drops what has expired and, when there is no room, what expires first.
    void put(std::string_view token, VerifiedToken verified, Instant now, std::uint64_t epoch);

    /// Forgets every token of a client: to be called when it is revoked or changed.
    void forget_client(std::string_view client_id);
    void clear();
    /// How many tokens are remembered.
    std::size_t size() const;

private:
    struct Inside;
    std::unique_ptr<Inside> inside_;
};

}  // namespace puente::access
