#pragma once

#include <memory>

#include "puente/clearance/registry_in_force.hpp"

namespace puente::store {
class Pool;
}

namespace puente::clearance {

/// Keeps the registers in memory in step with the database.
class RegistryDesk {
public:
    explicit RegistryDesk(RegistryInForce& registry);
    ~RegistryDesk();
    RegistryDesk(const RegistryDesk&) = delete;
    RegistryDesk& operator=(const RegistryDesk&) = delete;

    /// Reads the registers and from then on follows them: at once when woken, within a second otherwise. Blocks until the first reading is done or
    /// has failed; a failure is told in the log, and until one succeeds nobody stands well.
    void follow(store::Pool& pool);
    /// Something about the registers in the database has changed. Any thread.
    void wake();
    void stop();

    struct Inside;

private:
    std::unique_ptr<Inside> inside_;
};

}  // namespace puente::clearance
