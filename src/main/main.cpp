#include <iostream>
#include <string_view>

#include "main/commands.hpp"

namespace {

void print_usage(std::ostream& out) {
    out << "Puente: pre-clearance gateway for freight across the US-Mexico border\n\nUsage: puente COMMAND [OPTIONS]\n\nCommands:\n";
    for (const puente::main::Command& command : puente::main::commands()) {
        out << "  " << command.name << std::string(14 - std::string_view{command.name}.size(), ' ') << command.purpose << "\n";
    }
    out << "\n'puente COMMAND --help' tells more.\n";
}

}  // namespace

int main(int argc, char** argv) {
    const std::string_view name = argc > 1 ? argv[1] : "";
    if (name == "--help" || name == "-h" || name == "help") {
        print_usage(std::cout);
        return 0;
    }
    if (name == "--version") return puente::main::version(1, argv);
    for (const puente::main::Command& command : puente::main::commands()) {
        if (name == command.name) return command.run(argc - 1, argv + 1);
    }
    if (!name.empty()) std::cerr << "puente: there is no command '" << name << "'\n\n";
    print_usage(std::cerr);
    return 2;
}
