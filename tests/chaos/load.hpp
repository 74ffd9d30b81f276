#pragma once

#include <atomic>
#include <chrono>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "api/station.hpp"

namespace puente::test {

/// How much longer a build with sanitizers is waited for. No test judges a time: what is measured is printed.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr int slowness = 8;
#else
constexpr int slowness = 1;
#endif

/// The seed of this run: PUENTE_SEED or a new one. Printed, so that a failure can be run again.
unsigned test_seed();

/// One answer, or the lack of one, as a client of the load saw it.
struct Seen {
    std::string trip;
    int due = 201;   ///< the answer that ends it
    int status = 0;  ///< 0: the connection was lost
    bool retry_after = false;
    bool replayed = false;
    std::chrono::milliseconds took{0};
};

/// A manifest to be filed, and the answer that ends it: 201 or 422.
struct Sheet {
    std::string trip;
    std::string body;
    int due = 201;
};

/// Brokers that file manifests, each retrying with the same key until it has an answer that is final.
class Load {
public:
    /// Without end; `pause` lies between the manifests of one broker.
    Load(Station& station, int brokers, std::chrono::milliseconds pause);
    /// These, in their order, as fast as the brokers can.
    Load(Station& station, int brokers, std::vector<Sheet> sheets);
    ~Load();
    /// No new manifests without end; those begun, and those given, are brought to their end.
    void finish();

    /// What was acknowledged with 201: trip number to manifest id. After finish().
    const std::map<std::string, std::string>& acknowledged() const { return acknowledged_; }
    /// Trips that never got their final answer, and ids that changed between answers: must be empty.
    const std::vector<std::string>& troubles() const { return troubles_; }
    const std::vector<Seen>& history() const { return history_; }
    std::size_t acknowledged_so_far() const { return count_; }

private:
    void begin(int brokers);
    void file_on(unsigned number);
    void file_one(HttpsClient& client, const Sheet& sheet);
    std::optional<Sheet> next_sheet();

    Station& station_;
    std::chrono::milliseconds pause_;
    std::string bearer_;
    std::vector<Sheet> sheets_;  ///< none: without end
    std::atomic<std::size_t> taken_{0};
    std::atomic<bool> finishing_{false};
    std::atomic<std::size_t> count_{0};
    std::mutex mutex_;
    std::map<std::string, std::string> acknowledged_;
    std::vector<std::string> troubles_;
    std::vector<Seen> history_;
    std::vector<std::thread> threads_;
};

/// What must hold after any fault: everything acknowledged is there once, nothing is there twice, every part of a record is there, both agencies see
/// the same, and no client saw an error that was not "retry" or due.
void expect_all_is_well(Station& station, const Load& load);
/// Every leg was claimed as often as its fence says, as the log tells.
void expect_fences_to_agree(const Station& station);

std::int64_t resident_kib(pid_t pid);
std::size_t open_descriptors(pid_t pid);
bool soon(const std::function<bool()>& is_so, std::chrono::milliseconds patience);

}  // namespace puente::test
