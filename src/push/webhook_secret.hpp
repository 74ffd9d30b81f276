#pragma once

#include <optional>
#include <string>

#include "puente/store/webhooks.hpp"
#include "puente/uuid.hpp"

namespace puente::push {

/// Seals secrets for the database with AES-256-GCM (NIST SP 800-38D), bound to their webhook; without a key they are kept as they are.
class SecretBox {
public:
    explicit SecretBox(const std::string& key_material);

    store::KeptSecret keep(const std::string& secret, const Uuid& webhook_id) const;
    /// Nothing when it is sealed and the key is missing or another, or somebody changed it.
    std::optional<std::string> open(const store::KeptSecret& kept, const Uuid& webhook_id) const;

private:
    std::string key_;  ///< 32 octets, or empty
};

}  // namespace puente::push
