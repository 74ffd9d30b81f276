#pragma once

#include <functional>
#include <thread>

namespace puente::main {

/// Takes the signals of the process on a thread of its own: TERM and INT stop the house, HUP makes it read its files again. To be made before any other thread.
class Signals {
public:
    Signals();
    ~Signals();
    /// Starts listening. Each function is called on the listening thread.
    void listen(std::function<void()> stop, std::function<void()> reread);

private:
    std::thread thread_;
};

}  // namespace puente::main
