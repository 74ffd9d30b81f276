#include <fmt/chrono.h>
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <chrono>
#include <iostream>
#include <nlohmann/json.hpp>
#include <thread>

#include "main/commands.hpp"
#include "puente/store/pool.hpp"
#include "puente/store/retention.hpp"

namespace puente::main {

namespace {

/// Both countries want the papers of a crossing for five years; the month of the filing is the youngest thing to count from. Source: 19 CFR 163.4(a);
/// Ley Aduanera art. 6, Código Fiscal de la Federación art. 30.
constexpr int months_by_law = 61;
/// The rules look for an identifier on trips of up to three years (CBP-063).
constexpr int months_of_uses = 48;
/// Manifests in one transaction.
constexpr std::size_t at_once = 500;
constexpr int tries_max = 60;

struct Wishes {
    std::string database;
    int months = months_by_law;
    bool dry_run = false;
    bool json = false;
};

Instant months_ago(int months) {
    const auto now = std::chrono::floor<std::chrono::microseconds>(std::chrono::system_clock::now());
    const auto today = std::chrono::floor<std::chrono::days>(now);
    std::chrono::year_month_day then = std::chrono::year_month_day{today} - std::chrono::months{months};
    if (!then.ok()) then = then.year() / then.month() / std::chrono::last;
    return std::chrono::sys_days{then} + (now - today);
}

template <class T>
Result<T> ask(const Wishes& wishes, const std::function<Result<T>(store::Transaction&)>& question) {
    Result<T> answer = Error{ErrorKind::internal, "not asked"};
    const Result<void> done = store::run_once(wishes.database, store::As::gateway(), [&](store::Transaction& tx) -> Result<void> {
        answer = question(tx);
        return answer ? Result<void>{} : Result<void>{answer.error()};
    });
    if (!done) return done.error();
    return answer;
}

std::string day(Instant moment) {
    return fmt::format("{:%Y-%m-%d}", std::chrono::floor<std::chrono::seconds>(moment));
}

std::string megabytes(std::int64_t octets) {
    return fmt::format("{:.1f} MB", static_cast<double>(octets) / 1e6);
}

Result<int> list(const Wishes& wishes) {
    const Result<std::vector<store::Cohort>> cohorts = ask<std::vector<store::Cohort>>(wishes, store::list_cohorts);
    if (!cohorts) return cohorts.error();
    for (const store::Cohort& each : *cohorts) {
        if (wishes.json) {
            nlohmann::ordered_json line{
                {"month",  each.name            },
                {"endsAt", to_text(each.ends_at)},
                {"bytes",  each.octets          }
            };
            if (each.starts_at) line["startsAt"] = to_text(*each.starts_at);
            if (each.removed_at) line["removedAt"] = to_text(*each.removed_at);
            std::cout << line.dump() << "\n";
        } else {
            std::cout << fmt::format("{:<8} {} to {}  {}\n", each.name, each.starts_at ? day(*each.starts_at) : "the beginning", day(each.ends_at),
                                     each.removed_at ? "removed " + day(*each.removed_at) : megabytes(each.octets));
        }
    }
    return 0;
}

/// The tables of a month are never free for long; each try waits half a second for them and then lets the filings pass.
Result<store::Staying> remove_patiently(const Wishes& wishes, const std::string& cohort) {
    const std::function<Result<store::Staying>(store::Transaction&)> remove = [&](store::Transaction& tx) {
        return store::remove_cohort(tx, cohort);
    };
    Result<store::Staying> removed = ask(wishes, remove);
    for (int tries = 1; !removed && removed.error().kind() == ErrorKind::overloaded && tries < tries_max; ++tries) {
        std::this_thread::sleep_for(std::chrono::milliseconds{500});
        removed = ask(wishes, remove);
    }
    if (!removed && removed.error().kind() == ErrorKind::conflict)
        return Error{
            ErrorKind::conflict,
            fmt::format("{} was not removed: its events are not all counted for the boards and made into deliveries; a gateway has to run first",
                        cohort)};
    return removed;
}

Result<int> remove_months(const Wishes& wishes) {
    const Result<std::vector<store::Cohort>> cohorts = ask<std::vector<store::Cohort>>(wishes, store::list_cohorts);
    if (!cohorts) return cohorts.error();
    const Instant limit = months_ago(wishes.months);
    int months = 0;
    for (const store::Cohort& each : *cohorts) {
        if (each.removed_at || each.ends_at > limit) continue;
        const std::function<Result<store::Staying>(store::Transaction&)> look = [&](store::Transaction& tx) {
            return store::staying_of(tx, each.name);
        };
        const Result<store::Staying> staying = wishes.dry_run ? ask(wishes, look) : remove_patiently(wishes, each.name);
        if (!staying) return staying.error();
        const auto others = static_cast<std::int64_t>(staying->manifests.size()) - staying->held;
        std::cout << fmt::format("{} {}, {}; manifests that stay: {} under a legal hold, {} whose trip is not over\n", each.name,
                                 wishes.dry_run ? "would be removed" : "removed", megabytes(each.octets), staying->held, others);
        ++months;
    }
    return months;
}

Result<std::size_t> remove_leftovers(const Wishes& wishes) {
    const std::function<Result<std::size_t>(store::Transaction&)> some = [](store::Transaction& tx) { return store::remove_manifests(tx, at_once); };
    std::size_t all = 0;
    for (std::size_t gone = at_once; gone == at_once;) {
        const Result<std::size_t> removed = ask(wishes, some);
        if (!removed) return removed.error();
        gone = *removed;
        all += gone;
        std::cerr << fmt::format("\r{} manifests", all) << std::flush;
    }
    std::cerr << "\n";
    return all;
}

Result<int> forget_uses(const Wishes& wishes) {
    const Instant limit = months_ago(std::max(wishes.months, months_of_uses));
    std::optional<Uuid> after;
    do {
        const std::function<Result<std::optional<Uuid>>(store::Transaction&)> page = [&](store::Transaction& tx) {
            return store::forget_uses(tx, limit, after);
        };
        const Result<std::optional<Uuid>> reached = ask(wishes, page);
        if (!reached) return reached.error();
        after = *reached;
    } while (after);
    return 0;
}

Result<int> apply(const Wishes& wishes) {
    const Result<int> months = remove_months(wishes);
    if (!months || wishes.dry_run) {
        if (months && *months == 0) std::cout << fmt::format("no month on file ended more than {} months ago\n", wishes.months);
        return months;
    }
    const Result<std::size_t> manifests = remove_leftovers(wishes);
    if (!manifests) return manifests.error();
    if (const Result<int> forgotten = forget_uses(wishes); !forgotten) return forgotten;
    std::cout << fmt::format("months removed: {}, manifests removed: {}\n", *months, *manifests);
    return months;
}

}  // namespace

int retention(int argc, const char* const* argv) {
    CLI::App app{
        "Lists what the database keeps, by the month of filing, and removes what is past its time. What is under a legal hold stays, and what\n"
        "has not crossed, expired or been cancelled or refused. Needs the rights of the schema's owner. Safe to interrupt and to repeat: the\n"
        "next run goes on where this one stopped. Schedule it once a day or once a month.",
        "puente retention"};
    app.require_subcommand(1);
    Wishes wishes;
    CLI::App* listing = app.add_subcommand("list", "the months there are, and how large each is");
    CLI::App* applying = app.add_subcommand("apply", "remove the months that are over for long enough");
    applying->add_option("--months", wishes.months, "how long to keep, counted from the end of the month of filing")
        ->check(CLI::Range(1, 1200))
        ->capture_default_str();
    applying->add_flag("--dry-run", wishes.dry_run, "say what would go, and remove nothing");
    listing->add_flag("--json", wishes.json, "answer in JSON");
    for (CLI::App* each : {listing, applying})
        each->add_option("--database", wishes.database, "PostgreSQL connection URI of the schema's owner")->envname("PUENTE_DATABASE")->required();
    int exit_code = 0;
    if (!parsed(app, argc, argv, exit_code)) return exit_code;
    const Result<int> done = listing->parsed() ? list(wishes) : apply(wishes);
    if (done) return 0;
    std::cerr << done.error().detail() << "\n";
    return 1;
}

}  // namespace puente::main
