// A file in place of a register, all or nothing.
#include <fmt/format.h>

#include <algorithm>
#include <istream>
#include <set>

#include "clearance/registry_file.hpp"

namespace puente::clearance {

using store::RegistryChange;
using store::RegistryEntry;
using store::Transaction;

namespace {

constexpr std::size_t batch_max = 1'000;
constexpr std::size_t faults_shown_max = 1'000;
constexpr std::int64_t ending_freely_max = 20;

/// One reading of the file within one transaction. Good entries are put even when others are bad, so that every fault is found; the transaction is
/// then given up.
class Reading {
public:
    Reading(std::istream& file, const RegistryImport& import, Transaction& tx, RegistryReport& report)
        : file_{open_registry_file(file, import.form)}, import_{import}, tx_{tx}, report_{report} {}

    Result<void> run() {
        Result<RegistryChange> change = store::begin_registry_change(tx_, import_.programme, import_.source, import_.by);
        if (!change) return change.error();
        FileEntry entry;
        while (file_->next(entry)) {
            take(entry);
            if (batch_.size() == batch_max) {
                if (const Result<void> put = put_batch(*change); !put) return put;
            }
            if (entry.last) break;
        }
        if (const Result<void> put = put_batch(*change); !put) return put;
        if (report_.entries == 0 && report_.faults.empty()) fault({}, "the file has no entries");
        if (!report_.faults.empty()) return Error{ErrorKind::malformed, "the file has faults"};
        if (const Result<void> ended = store::end_other_registry_entries(tx_, *change, report_.tally); !ended) return ended;
        if (const Result<void> fine = check_ending(); !fine) return fine;
        return store::finish_registry_change(tx_, *change, report_.tally);
    }

private:
    void take(FileEntry& entry) {
        ++report_.entries;
        if (!entry.fault.empty()) return fault(entry.fault_place, entry.fault);
        auto read = read_entry(import_.programme, entry.text);
        if (const auto* bad = std::get_if<EntryFault>(&read)) {
            const auto field = std::find(entry_fields.begin(), entry_fields.end(), bad->field) - entry_fields.begin();
            const FilePlace place = entry.places[static_cast<std::size_t>(field)];
            const bool is_there = place.line > entry.begin.line || (place.line == entry.begin.line && place.column >= entry.begin.column);
            return fault(is_there ? place : entry.begin, fmt::format("{}: {}", bad->field, bad->text));
        }
        auto& good = std::get<RegistryEntry>(read);
        good.line = entry.begin.line;
        if (!named_.emplace(fmt::format("{}:{}", selection::to_text(good.kind), good.id)).second) return fault(entry.begin, repeated);
        batch_.push_back(std::move(good));
    }

    Result<void> put_batch(const RegistryChange& change) {
        if (batch_.empty()) return {};
        const Result<std::vector<std::int32_t>> repeats = store::find_registry_repeats(tx_, change, batch_);
        if (!repeats) return repeats.error();
        for (const std::int32_t line : *repeats) fault({line, 1}, repeated);
        const Result<void> put = store::put_registry_entries(tx_, change, batch_, report_.tally);
        batch_.clear();
        named_.clear();
        return put;
    }

    /// A file that was cut short must not take everybody's standing away.
    Result<void> check_ending() const {
        const store::RegistryTally& tally = report_.tally;
        const std::int64_t stays = tally.changed + tally.unchanged;
        if (import_.end_many || tally.ended <= ending_freely_max || tally.ended <= stays) return {};
        return Error{ErrorKind::conflict, fmt::format("{} of {} entries would end, more than half: is the file whole? --end-many takes it as it is",
                                                      tally.ended, tally.ended + stays)};
    }

    void fault(FilePlace place, const std::string& text) {
        if (report_.faults.size() < faults_shown_max) {
            report_.faults.push_back(fmt::format("{}:{}:{}: {}", import_.source, place.line, place.column, text));
        } else {
            ++report_.faults_left_out;
        }
    }

    static constexpr const char* repeated = "this holder stands twice in the file";

    std::unique_ptr<RegistryFile> file_;
    const RegistryImport& import_;
    Transaction& tx_;
    RegistryReport& report_;
    std::vector<RegistryEntry> batch_;
    std::set<std::string> named_;  ///< in the batch
};

}  // namespace

Result<RegistryReport> import_registry(std::istream& file, const RegistryImport& import, const std::string& database) {
    store::As agency;
    agency.kind = store::As::Kind::officer;
    agency.agency = std::string{identifiers::code(owner_of(import.programme))};
    RegistryReport report;
    const auto work = [&](Transaction& tx) -> Result<void> {
        report = {};  // tried again after a deadlock: from the beginning
        file.clear();
        file.seekg(0);
        const Result<void> read = Reading{file, import, tx, report}.run();
        if (!read) return read;
        if (import.dry_run) return Error{ErrorKind::conflict, "nothing was to be changed"};
        return {};
    };
    const Result<void> done = store::run_once(database, agency, work);
    report.written = bool{done};
    const bool as_asked = done || !report.faults.empty() ||
                          (import.dry_run && done.error().kind() == ErrorKind::conflict && done.error().detail() == "nothing was to be changed");
    if (!as_asked) return done.error();
    return report;
}

}  // namespace puente::clearance
