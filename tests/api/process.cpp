#include "api/process.hpp"

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <string_view>
#include <thread>

extern char** environ;

namespace puente::test {

namespace {

constexpr std::chrono::seconds longest_run{60};

std::vector<std::string> full_environment(const Environment& own) {
    std::vector<std::string> all;
    for (char** each = environ; *each != nullptr; ++each) {
        const std::string_view entry{*each};
        const std::string name{entry.substr(0, entry.find('='))};
        if (!name.starts_with("PUENTE_") && !own.contains(name)) all.emplace_back(entry);
    }
    for (const auto& [name, value] : own) all.push_back(name + "=" + value);
    return all;
}

std::vector<char*> pointers(std::vector<std::string>& texts) {
    std::vector<char*> all;
    for (std::string& each : texts) all.push_back(each.data());
    all.push_back(nullptr);
    return all;
}

/// posix_spawn's attributes and file actions, given back at the end.
struct Spawning {
    explicit Spawning(const Process::Files& files) {
        posix_spawn_file_actions_init(&actions);
        posix_spawnattr_init(&attributes);
        posix_spawn_file_actions_addopen(&actions, 0, files.in.c_str(), O_RDONLY, 0);
        posix_spawn_file_actions_addopen(&actions, 1, files.out.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0644);
        posix_spawn_file_actions_addopen(&actions, 2, files.err.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0644);
        sigset_t defaults;
        sigemptyset(&defaults);
        sigaddset(&defaults, SIGPIPE);  // ignored here, and that would be inherited
        posix_spawnattr_setsigdefault(&attributes, &defaults);
        posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGDEF);
    }
    ~Spawning() {
        posix_spawn_file_actions_destroy(&actions);
        posix_spawnattr_destroy(&attributes);
    }
    Spawning(const Spawning&) = delete;
    Spawning& operator=(const Spawning&) = delete;

    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
};

}  // namespace

Process::Process(const std::vector<std::string>& arguments, const Environment& environment, const Files& files) {
    std::vector<std::string> line{"setpriv", "--pdeathsig", "KILL"};
    line.insert(line.end(), arguments.begin(), arguments.end());
    std::vector<std::string> variables = full_environment(environment);
    const std::vector<char*> argument_pointers = pointers(line);
    const std::vector<char*> variable_pointers = pointers(variables);
    const Spawning spawning{files};
    const int failed = posix_spawnp(&pid_, "setpriv", &spawning.actions, &spawning.attributes, argument_pointers.data(), variable_pointers.data());
    if (failed != 0) throw std::runtime_error{"cannot start " + arguments.at(0)};
}

Process::~Process() {
    if (exit_code_) return;
    ::kill(pid_, SIGKILL);
    ::waitpid(pid_, nullptr, 0);
}

void Process::signal(int number) const {
    if (!exit_code_) ::kill(pid_, number);
}

bool Process::alive() {
    return !wait(std::chrono::milliseconds{0});
}

std::optional<int> Process::wait(std::chrono::milliseconds patience) {
    const auto deadline = std::chrono::steady_clock::now() + patience;
    while (!exit_code_) {
        int status = 0;
        if (::waitpid(pid_, &status, WNOHANG) == pid_) exit_code_ = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
        if (exit_code_ || std::chrono::steady_clock::now() >= deadline) break;
        std::this_thread::sleep_for(std::chrono::milliseconds{5});
    }
    return exit_code_;
}

std::string puente_program() {
#ifdef PUENTE_BINARY
    return PUENTE_BINARY;
#else
    return PUENTE_BINARY_DIR "/bin/puente";
#endif
}

Finished puente(std::vector<std::string> arguments, const Environment& environment, const std::string& input) {
    arguments.insert(arguments.begin(), puente_program());
    return run_to_end(arguments, environment, input);
}

Finished run_to_end(const std::vector<std::string>& arguments, const Environment& environment, const std::string& input) {
    const TemporaryFolder folder;
    write_file(folder.file("in"), input);
    Process process{
        arguments, environment, {folder.file("in"), folder.file("out"), folder.file("err")}
    };
    const std::optional<int> exit_code = process.wait(longest_run);
    return {exit_code.value_or(-1), read_file(folder.file("out")), read_file(folder.file("err"))};
}

TemporaryFolder::TemporaryFolder() {
    std::string pattern = (std::filesystem::temp_directory_path() / "puente-test-XXXXXX").string();
    if (::mkdtemp(pattern.data()) == nullptr) throw std::runtime_error{"cannot make a temporary folder"};
    path_ = pattern;
}

TemporaryFolder::~TemporaryFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
}

std::string read_file(const std::string& name) {
    std::ifstream in{name, std::ios::binary};
    return {std::istreambuf_iterator<char>{in}, {}};
}

void write_file(const std::string& name, const std::string& text) {
    std::ofstream out{name, std::ios::binary | std::ios::trunc};
    out << text;
    if (!out.flush()) throw std::runtime_error{"cannot write " + name};
}

}  // namespace puente::test
