#pragma once

#include <sys/types.h>

#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace puente::test {

using Environment = std::map<std::string, std::string>;

/// What a program that has ended left behind. `exit_code` is 128 + the signal when one ended it, -1 when it had to be stopped after the patience.
struct Finished {
    int exit_code = -1;
    std::string out;
    std::string err;
};

/// A child process. It dies with its object, and with the thread that started it. Of this process's environment it gets all but PUENTE_*.
class Process {
public:
    struct Files {
        std::string in = "/dev/null";
        std::string out = "/dev/null";
        std::string err = "/dev/null";
    };
    Process(const std::vector<std::string>& arguments, const Environment& environment, const Files& files);
    ~Process();
    Process(const Process&) = delete;
    Process& operator=(const Process&) = delete;

    pid_t pid() const { return pid_; }
    void signal(int number) const;
    bool alive();
    /// The exit code once it has ended; nothing when it has not within the patience.
    std::optional<int> wait(std::chrono::milliseconds patience);

private:
    pid_t pid_ = -1;
    std::optional<int> exit_code_;
};

/// Path of the program under test.
std::string puente_program();
/// Runs `puente` with these arguments to its end.
Finished puente(std::vector<std::string> arguments, const Environment& environment = {}, const std::string& input = {});
/// Runs any program to its end.
Finished run_to_end(const std::vector<std::string>& arguments, const Environment& environment = {}, const std::string& input = {});

/// A temporary folder that is gone with its object.
class TemporaryFolder {
public:
    TemporaryFolder();
    ~TemporaryFolder();
    TemporaryFolder(const TemporaryFolder&) = delete;
    TemporaryFolder& operator=(const TemporaryFolder&) = delete;
    const std::string& path() const { return path_; }
    std::string file(const std::string& name) const { return path_ + "/" + name; }

private:
    std::string path_;
};

std::string read_file(const std::string& name);
void write_file(const std::string& name, const std::string& text);

}  // namespace puente::test
