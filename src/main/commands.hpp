#pragma once

#include <span>
#include <string>
#include <vector>

namespace CLI {
class App;
}

namespace puente::main {

/// One command of the program. `run` gets the arguments after the command's name and gives the exit code: 0 done, 1 the thing looked at is not
/// in order, 2 wrong use.
struct Command {
    const char* name;
    const char* purpose;
    int (*run)(int argc, const char* const* argv);
};

std::span<const Command> commands();

int serve(int argc, const char* const* argv);
int migrate(int argc, const char* const* argv);
int validate(int argc, const char* const* argv);
int rules(int argc, const char* const* argv);
int evaluate_cel(int argc, const char* const* argv);
int simulate(int argc, const char* const* argv);
int seed(int argc, const char* const* argv);
int retention(int argc, const char* const* argv);
int client(int argc, const char* const* argv);
int agency(int argc, const char* const* argv);
int registry(int argc, const char* const* argv);
int version(int argc, const char* const* argv);

/// Parses with CLI11 and says what is wrong. True: go on; false: leave with `exit_code`.
bool parsed(CLI::App& app, int argc, const char* const* argv, int& exit_code);
bool parsed(CLI::App& app, std::vector<std::string> arguments, int& exit_code);

/// A folder that comes with the program ("rules", "migrations", "tests/samples"): below the current folder, beside the build, or installed.
std::string shipped_folder(const std::string& name);

}  // namespace puente::main
