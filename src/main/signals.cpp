#include "main/signals.hpp"

#include <pthread.h>

#include <csignal>
#include <utility>

namespace puente::main {

namespace {

sigset_t signals_of_interest() {
    sigset_t set;
    sigemptyset(&set);
    for (const int each : {SIGTERM, SIGINT, SIGHUP, SIGUSR2}) sigaddset(&set, each);
    return set;
}

}  // namespace

/// Threads inherit the mask: from here on these signals reach the listening thread only.
Signals::Signals() {
    const sigset_t set = signals_of_interest();
    pthread_sigmask(SIG_BLOCK, &set, nullptr);
    std::signal(SIGPIPE, SIG_IGN);
}

Signals::~Signals() {
    if (!thread_.joinable()) return;
    pthread_kill(thread_.native_handle(), SIGUSR2);
    thread_.join();
}

void Signals::listen(std::function<void()> stop, std::function<void()> reread) {
    thread_ = std::thread{[stop = std::move(stop), reread = std::move(reread)] {
        const sigset_t set = signals_of_interest();
        for (int signal = 0; sigwait(&set, &signal) == 0;) {
            if (signal == SIGUSR2) return;  // the destructor's
            if (signal == SIGHUP) reread();
            if (signal == SIGTERM || signal == SIGINT) stop();
        }
    }};
}

}  // namespace puente::main
