#include <fmt/format.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <nlohmann/json.hpp>

#include "main/commands.hpp"
#include "puente/clearance/registry.hpp"
#include "puente/store/registry.hpp"

namespace puente::main {

namespace {

using selection::Programme;
using Json = nlohmann::ordered_json;

/// What the person asked for.
struct Wishes {
    std::string database;
    std::string file;
    std::string programme;
    std::string kind;
    std::string id;
    std::string by;
    bool dry_run = false;
    bool end_many = false;
    bool json = false;
};

/// The agency that keeps a programme's register: commands act in its name.
store::As keeper_of(Programme programme) {
    store::As agency;
    agency.kind = store::As::Kind::officer;
    agency.agency = std::string{identifiers::code(owner_of(programme))};
    return agency;
}

Json document_of(const clearance::RegistryReport& report, bool dry_run) {
    const store::RegistryTally& tally = report.tally;
    Json document{
        {"entries",   report.entries },
        {"added",     tally.added    },
        {"changed",   tally.changed  },
        {"unchanged", tally.unchanged},
        {"ended",     tally.ended    },
        {"written",   report.written },
        {"dryRun",    dry_run        },
        {"faults",    report.faults  }
    };
    if (report.faults_left_out > 0) document["faultsLeftOut"] = report.faults_left_out;
    return document;
}

int told(const clearance::RegistryReport& report, const Wishes& wishes) {
    const std::size_t faults = report.faults.size() + report.faults_left_out;
    if (wishes.json) {
        std::cout << document_of(report, wishes.dry_run).dump(-1, ' ', false, Json::error_handler_t::replace) << "\n";
        return faults == 0 ? 0 : 1;
    }
    for (const std::string& fault : report.faults) std::cerr << fault << "\n";
    if (report.faults_left_out > 0) std::cerr << fmt::format("... and {} more\n", report.faults_left_out);
    if (faults > 0) {
        std::cerr << fmt::format("{} faults: nothing was changed\n", faults);
        return 1;
    }
    const store::RegistryTally& tally = report.tally;
    std::cout << fmt::format("{}: {} new, {} changed, {} unchanged, {} ended{}\n", wishes.programme, tally.added, tally.changed, tally.unchanged,
                             tally.ended, wishes.dry_run ? " (nothing was written)" : "");
    return 0;
}

int import_file(const Wishes& wishes) {
    std::ifstream file{wishes.file, std::ios::binary};
    if (!file) {
        std::cerr << fmt::format("'{}' cannot be read\n", wishes.file);
        return 2;
    }
    const std::filesystem::path path{wishes.file};
    const bool json = path.extension() == ".json" || path.extension() == ".ndjson";
    if (!json && path.extension() != ".csv") {
        std::cerr << fmt::format("'{}': a register comes as .csv, .json or .ndjson\n", wishes.file);
        return 2;
    }
    const clearance::RegistryImport import{*selection::parse_programme(wishes.programme),
                                           json ? clearance::RegistryForm::json : clearance::RegistryForm::csv,
                                           path.filename().string(),
                                           wishes.by,
                                           wishes.dry_run,
                                           wishes.end_many};
    const Result<clearance::RegistryReport> report = clearance::import_registry(file, import, wishes.database);
    if (report) return told(*report, wishes);
    std::cerr << report.error().detail() << "\n";
    return 1;
}

void print(const store::RegistryRecord& record, bool json) {
    const store::RegistryEntry& entry = record.entry;
    const std::string until = entry.valid_until ? day_text(*entry.valid_until) : "";
    if (json) {
        std::cout << Json{{"kind", to_text(entry.kind)}, {"id", entry.id}, {"name", entry.name}, {"tier", entry.tier}, {"status", to_text(entry.status)},
                          {"validFrom", day_text(entry.valid_from)}, {"validUntil", until}, {"source", record.source}, {"recordedAt", to_text(record.recorded_at)},
                          {"recordedBy", record.by}}
                         .dump()
                  << "\n";
        return;
    }
    std::cout << fmt::format("{:<4} {:<14} {:>4} {:<9} {} {:<10} {}\n", to_text(entry.kind), entry.id, entry.tier, to_text(entry.status),
                             day_text(entry.valid_from), until, entry.name);
}

/// In pages, so that a register of any size can be listed.
int list(const Wishes& wishes) {
    constexpr std::size_t page = 1'000;
    const Programme programme = *selection::parse_programme(wishes.programme);
    const Result<void> done = store::run_once(wishes.database, keeper_of(programme), [&](store::Transaction& tx) -> Result<void> {
        std::string after;
        for (bool more = true; more;) {
            const Result<std::vector<store::RegistryRecord>> records = store::list_registry_entries(tx, programme, after, page);
            if (!records) return records.error();
            more = records->size() > page;
            for (std::size_t i = 0; i < records->size() && i < page; ++i) print((*records)[i], wishes.json);
            if (more) after = fmt::format("{}:{}", to_text((*records)[page - 1].entry.kind), (*records)[page - 1].entry.id);
        }
        return {};
    });
    if (done) return 0;
    std::cerr << done.error().detail() << "\n";
    return 1;
}

int remove(const Wishes& wishes) {
    const Programme programme = *selection::parse_programme(wishes.programme);
    const std::optional<selection::IdKind> kind = selection::parse_id_kind(wishes.kind);
    const Result<std::string> id =
        kind ? selection::canonical_id(*kind, wishes.id) : Error{ErrorKind::malformed, "an identifier of a kind that is known"};
    if (!id) {
        std::cerr << fmt::format("'{}' is not {}\n", wishes.id, id.error().detail());
        return 2;
    }
    const Result<void> done = store::run_once(wishes.database, keeper_of(programme), [&](store::Transaction& tx) -> Result<void> {
        const Result<store::RegistryChange> change = store::begin_registry_change(tx, programme, "command line", wishes.by);
        if (!change) return change.error();
        store::RegistryTally tally;
        if (const Result<void> ended = store::end_registry_entry(tx, *change, *kind, *id, tally); !ended) return ended;
        return store::finish_registry_change(tx, *change, tally);
    });
    if (!done) {
        std::cerr << done.error().detail() << "\n";
        return 1;
    }
    std::cout << fmt::format("{} {} has no standing in {} any more; gateways follow within two seconds\n", wishes.kind, *id, wishes.programme);
    return 0;
}

std::string whoever_runs_this() {
    const char* name = std::getenv("USER");
    return name != nullptr && *name != 0 ? name : fmt::format("user {}", ::getuid());
}

}  // namespace

int registry(int argc, const char* const* argv) {
    CLI::App app{"Keeps the registers of trusted-trader programmes: CTPAT and FAST in the name of CBP, OEA and IMMEX in the name of SAT.",
                 "puente registry"};
    app.require_subcommand(1);
    Wishes wishes;
    wishes.by = whoever_runs_this();
    CLI::App* importing = app.add_subcommand("import", "put a file in place of a register: all or nothing; entries that are not in the file end");
    importing
        ->add_option("file", wishes.file,
                     "CSV whose first line names kind, id, name, tier, status, validFrom, validUntil; or JSON objects with these members")
        ->required();
    importing->add_flag("--dry-run", wishes.dry_run, "say what would change; change nothing");
    importing->add_flag("--end-many", wishes.end_many, "also when more than half of the entries would end");
    CLI::App* listing = app.add_subcommand("list", "list the entries of a register");
    CLI::App* removing = app.add_subcommand("remove", "end one entry");
    removing->add_option("kind", wishes.kind, "RFC, IRS, SCAC, CAAT or FAST")
        ->required()
        ->check(CLI::IsMember({"RFC", "IRS", "SCAC", "CAAT", "FAST"}));
    removing->add_option("id", wishes.id, "the holder's identifier")->required();
    for (CLI::App* each : {importing, listing, removing}) {
        each->add_option("--program,--programme", wishes.programme, "CTPAT, FAST, OEA or IMMEX")
            ->required()
            ->check(CLI::IsMember({"CTPAT", "FAST", "OEA", "IMMEX"}));
        each->add_option("--database", wishes.database, "PostgreSQL connection URI of a login that may take the agency's role")
            ->envname("PUENTE_DATABASE")
            ->required();
        if (each != listing) each->add_option("--by", wishes.by, "who does it, for the record")->capture_default_str();
        if (each != removing) each->add_flag("--json", wishes.json, "answer in JSON");
    }
    int exit_code = 0;
    if (!parsed(app, argc, argv, exit_code)) return exit_code;
    if (importing->parsed()) return import_file(wishes);
    return listing->parsed() ? list(wishes) : remove(wishes);
}

}  // namespace puente::main
