#include <CLI/CLI.hpp>
#include <iostream>

#include "main/commands.hpp"
#include "puente/store/migrate.hpp"

namespace puente::main {

int migrate(int argc, const char* const* argv) {
    CLI::App app{"Brings the database to this program's schema: applies the numbered files of migrations/ that have not been applied, each in a transaction of its own,\n"
                 "under a lock. Needs the rights of the schema's owner, and to create roles.",
                 "puente migrate"};
    std::string url;
    std::string folder = shipped_folder("migrations");
    app.add_option("--database", url, "PostgreSQL connection URI")->envname("PUENTE_DATABASE")->required();
    app.add_option("--migrations", folder, "folder of numbered SQL files")->envname("PUENTE_MIGRATIONS")->capture_default_str();
    int exit_code = 0;
    if (!parsed(app, argc, argv, exit_code)) return exit_code;
    const auto migrations = store::read_migrations(folder);
    if (!migrations) {
        std::cerr << migrations.error().detail() << "\n";
        return 1;
    }
    const Result<int> applied = store::migrate(url, *migrations, [](const std::string& name) { std::cout << "applying " << name << "\n"; });
    if (!applied) {
        std::cerr << applied.error().detail() << "\n";
        return 1;
    }
    std::cout << *applied << " applied; the database is at " << migrations->back().name << "\n";
    return 0;
}

}  // namespace puente::main
