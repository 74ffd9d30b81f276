#include "main/commands.hpp"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <array>
#include <filesystem>
#include <iostream>

#include "main/bundle.hpp"
#include "puente/cel/lines.hpp"

namespace puente::main {

namespace {

constexpr std::array table{
    Command{"serve", "run the gateway", serve},
    Command{"migrate", "bring the database to this program's schema", migrate},
    Command{"validate", "judge manifest files offline, with the gateway's own engine", validate},
    Command{"rules", "check or test a folder of rules", rules},
    Command{"rules-bundle", "write a rule set as a bundle that any CEL library can evaluate", bundle},
    Command{"cel", "evaluate CEL expressions, one JSON object a line, from standard input", evaluate_cel},
    Command{"simulate", "run a port for days in seconds: waits by class, with and without contingency", simulate},
    Command{"seed", "fill a database with made-up filings, for trials and benchmarks", seed},
    Command{"retention", "list the months on file, and remove what is past its time", retention},
    Command{"client", "add, list or revoke clients", client},
    Command{"agency", "add or list the agencies that take part in inspections", agency},
    Command{"registry", "import, list or end the standings of trusted-trader programmes", registry},
    Command{"version", "say which version this is", version},
};

}  // namespace

std::span<const Command> commands() { return table; }

bool parsed(CLI::App& app, int argc, const char* const* argv, int& exit_code) {
    return parsed(app, std::vector<std::string>{argv + 1, argv + argc}, exit_code);
}

bool parsed(CLI::App& app, std::vector<std::string> arguments, int& exit_code) {
    std::reverse(arguments.begin(), arguments.end());  // as CLI11 wants them
    try {
        app.parse(std::move(arguments));
        return true;
    } catch (const CLI::ParseError& error) {
        exit_code = app.exit(error) == 0 ? 0 : 2;
        return false;
    }
}

std::string shipped_folder(const std::string& name) {
    namespace fs = std::filesystem;
    std::error_code ignored;
    const fs::path program = fs::read_symlink("/proc/self/exe", ignored);
    const std::array candidates{fs::path{name}, program.parent_path() / "../../.." / name, fs::path{"/usr/share/puente"} / name};
    for (const fs::path& each : candidates) {
        if (fs::is_directory(each, ignored)) return fs::weakly_canonical(each, ignored).string();
    }
    return name;
}

int evaluate_cel(int argc, const char* const* argv) {
    CLI::App app{"Evaluates CEL. Reads lines {\"expr\", \"bindings\", \"disable_check\"}; writes {\"value\"} or {\"error\"} for each, with values as cel.expr.Value in JSON.",
                 "puente cel"};
    int exit_code = 0;
    if (!parsed(app, argc, argv, exit_code)) return exit_code;
    std::ios::sync_with_stdio(false);
    for (std::string line; std::getline(std::cin, line);) {
        if (line.find_first_not_of(" \t\r") == std::string::npos) continue;
        std::cout << cel::evaluate_line(line) << std::endl;
    }
    return 0;
}

int version(int argc, const char* const* argv) {
    CLI::App app{"Says which version this is.", "puente version"};
    int exit_code = 0;
    if (!parsed(app, argc, argv, exit_code)) return exit_code;
    std::cout << "puente " << PUENTE_VERSION << "\n";
    return 0;
}

}  // namespace puente::main
