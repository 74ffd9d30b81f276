#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <iostream>
#include <nlohmann/json.hpp>

#include "main/commands.hpp"
#include "puente/identifiers/agency_code.hpp"
#include "puente/store/agencies.hpp"
#include "puente/store/pool.hpp"

namespace puente::main {

namespace {

int add(const std::string& database, const store::AgencyRecord& wanted, bool json) {
    const std::optional<identifiers::AgencyCode> code = identifiers::AgencyCode::parse(wanted.code);
    if (!code) {
        std::cerr << "a code has 2 to 16 letters, digits and '_', a letter first\n";
        return 2;
    }
    store::AgencyRecord agency = wanted;
    agency.code = code->text();
    const Result<void> added = store::run_once(database, store::As::gateway(), [&](store::Transaction& tx) -> Result<void> {
        const Result<std::string> role = store::add_agency(tx, agency);
        if (!role) return role.error();
        agency.database_role = *role;
        return {};
    });
    if (!added) {
        std::cerr << added.error().detail() << "\n";
        return 1;
    }
    if (json) {
        std::cout << nlohmann::ordered_json{{"code", agency.code}, {"databaseRole", agency.database_role}}.dump() << "\n";
    } else {
        std::cout << agency.code << " takes part; its officers work as " << agency.database_role << "\n";
    }
    return 0;
}

int list(const std::string& database, bool json) {
    std::vector<store::AgencyRecord> agencies;
    const Result<void> done = store::run_once(database, store::As::gateway(), [&](store::Transaction& tx) -> Result<void> {
        Result<std::vector<store::AgencyRecord>> found = store::list_agencies(tx);
        if (!found) return found.error();
        agencies = std::move(*found);
        return {};
    });
    if (!done) {
        std::cerr << done.error().detail() << "\n";
        return 1;
    }
    for (const store::AgencyRecord& each : agencies) {
        if (json) {
            std::cout << nlohmann::ordered_json{{"code", each.code}, {"country", each.country}, {"nameEn", each.name_en}, {"nameEs", each.name_es}}.dump() << "\n";
        } else {
            std::cout << fmt::format("{:<16} {} {} / {}\n", each.code, each.country, each.name_en, each.name_es);
        }
    }
    return 0;
}

}  // namespace

int agency(int argc, const char* const* argv) {
    CLI::App app{"Adds or lists the agencies whose officers take part in inspections. Adding needs the rights of the schema's owner.",
                 "puente agency"};
    app.require_subcommand(1);
    std::string database;
    store::AgencyRecord wanted;
    bool json = false;
    CLI::App* adding = app.add_subcommand("add", "let another agency look: it can hold a leg, but owns no rule set and selects no load");
    adding->add_option("code", wanted.code, "its short name, in the record for good")->required();
    adding->add_option("--country", wanted.country, "US or MX")->required()->check(CLI::IsMember({"US", "MX"}));
    adding->add_option("--name-en", wanted.name_en, "its name in English")->required();
    adding->add_option("--name-es", wanted.name_es, "its name in Spanish")->required();
    CLI::App* listing = app.add_subcommand("list", "list all agencies");
    for (CLI::App* each : {adding, listing}) {
        each->add_option("--database", database, "PostgreSQL connection URI of the schema's owner")->envname("PUENTE_DATABASE")->required();
        each->add_flag("--json", json, "answer in JSON");
    }
    int exit_code = 0;
    if (!parsed(app, argc, argv, exit_code)) return exit_code;
    return adding->parsed() ? add(database, wanted, json) : list(database, json);
}

}  // namespace puente::main
