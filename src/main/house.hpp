#pragma once

#include <memory>

#include "main/settings.hpp"
#include "puente/result.hpp"

namespace puente::main {

/// The gateway as a whole: built from the ground up, taken down in reverse.
class House {
public:
    /// Checks and opens everything. The error names what is missing or wrong.
    static Result<std::unique_ptr<House>> open(Settings settings);
    ~House();

    /// Serves until stop().
    void run();
    /// Drains and ends. Any thread.
    void stop();
    /// Reads certificates and rules again; what does not fit is logged and the old ones stay in force. Any thread.
    void reread();
    std::uint16_t port() const;

    struct Inside;
    explicit House(std::unique_ptr<Inside> inside);

private:
    std::unique_ptr<Inside> inside_;
};

}  // namespace puente::main
