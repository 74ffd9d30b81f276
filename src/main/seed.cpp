#include "puente/store/seed.hpp"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <chrono>
#include <iostream>

#include "main/commands.hpp"
#include "puente/crypto/digest.hpp"
#include "puente/store/pool.hpp"

namespace puente::main {

namespace {

/// Filings in one transaction: locks are short, and the event log is read on in between.
constexpr std::int64_t stretch_filings = 20'000;

struct Wishes {
    std::string database;
    std::int64_t manifests = 100'000;
    std::int32_t days = 14;
    bool force = false;
};

Result<void> need_no_others(const Wishes& wishes) {
    bool others = false;
    const auto look = [&](store::Transaction& tx) -> Result<void> {
        const Result<bool> found = store::has_manifests_of_others(tx);
        if (!found) return found.error();
        others = *found;
        return {};
    };
    if (const Result<void> looked = store::run_once(wishes.database, store::As::gateway(), look); !looked) return looked;
    if (others && !wishes.force)
        return Error{ErrorKind::conflict,
                     "this database holds manifests of companies that are not synthetic: nothing was written. --force writes all the same"};
    return {};
}

Result<void> seed_all(const Wishes& wishes) {
    if (const Result<void> free = need_no_others(wishes); !free) return free;
    const auto began = std::chrono::steady_clock::now();
    store::SeedStretch stretch{1,
                               0,
                               wishes.manifests,
                               wishes.days,
                               std::chrono::floor<std::chrono::microseconds>(std::chrono::system_clock::now()),
                               crypto::hex(crypto::random_octets(4))};
    while (stretch.first <= wishes.manifests) {
        stretch.count = std::min(stretch_filings, wishes.manifests - stretch.first + 1);
        const Result<void> written =
            store::run_once(wishes.database, store::As::gateway(), [&](store::Transaction& tx) { return store::seed(tx, stretch); });
        if (!written) return written;
        stretch.first += stretch.count;
        const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count();
        std::cerr << fmt::format("\r{} of {} manifests, {:.0f} s", stretch.first - 1, wishes.manifests, seconds) << std::flush;
    }
    std::cerr << "\n";
    return store::run_once(wishes.database, store::As::gateway(), store::analyze_all);
}

}  // namespace

int seed(int argc, const char* const* argv) {
    CLI::App app{
        "Fills a database with made-up filings of the days before now, at the ports of the border: manifests, events, inspections and legs, as "
        "gateways would have\n"
        "left them. Their companies are called SYNTHETIC-0001 and so on. For trials and benchmarks; needs the rights of the tables' owner, and locks "
        "the tables\n"
        "for seconds at a time. Boards are counted by the gateways afterwards.",
        "puente seed"};
    Wishes wishes;
    app.add_option("--database", wishes.database, "PostgreSQL connection URI of the schema's owner")->envname("PUENTE_DATABASE")->required();
    app.add_option("--manifests", wishes.manifests, "how many")->check(CLI::Range(1, 100'000'000))->capture_default_str();
    app.add_option("--days", wishes.days, "spread over so many days before now")->check(CLI::Range(1, 366))->capture_default_str();
    app.add_flag("--force", wishes.force, "write even where there are manifests of other companies");
    int exit_code = 0;
    if (!parsed(app, argc, argv, exit_code)) return exit_code;
    if (const Result<void> seeded = seed_all(wishes); !seeded) {
        std::cerr << seeded.error().detail() << "\n";
        return 1;
    }
    std::cout << fmt::format("{} synthetic manifests written\n", wishes.manifests);
    return 0;
}

}  // namespace puente::main
