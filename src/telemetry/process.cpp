#include "telemetry/process.hpp"

#include <unistd.h>

#include <filesystem>
#include <fstream>

namespace puente::telemetry {

std::optional<double> resident_memory_bytes() {
    std::ifstream file{"/proc/self/statm"};
    long pages_of_address_space = 0;
    long resident_pages = 0;
    if (!(file >> pages_of_address_space >> resident_pages)) return std::nullopt;
    return static_cast<double>(resident_pages) * static_cast<double>(sysconf(_SC_PAGESIZE));
}

std::optional<double> open_descriptors() {
    std::error_code error;
    std::filesystem::directory_iterator descriptor{"/proc/self/fd", error};
    double count = -1;  // the one that reads the directory does not count
    for (; !error && descriptor != std::filesystem::directory_iterator{}; descriptor.increment(error)) ++count;
    if (error) return std::nullopt;
    return count;
}

}  // namespace puente::telemetry
