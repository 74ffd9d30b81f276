#include "store/filing_batch.hpp"

#include <algorithm>
#include <iterator>
#include <map>
#include <pqxx/binarystring>
#include <pqxx/except>
#include <set>
#include <utility>

#include "store/fault_point.hpp"
#include "store/filing_arrays.hpp"
#include "store/filing_statements.hpp"
#include "store/filing_uses.hpp"
#include "store/rows.hpp"

namespace puente::store {

namespace {

using Kind = FilingOutcome::Kind;
using Key = std::pair<std::string, std::string>;

const std::string variant = "intake";

/// The work of one batch inside its transaction.
class Batch {
public:
    Batch(Connection& connection, pqxx::work& work, const Filings& filings);

    void write();
    void find_earlier_answers(const FilingList& asked, bool looking_up);
    std::vector<FilingOutcome> outcomes() && { return std::move(outcomes_); }
    const FilingList& all() const { return all_; }
    void wait_for_standby_too() { run(wait_for_standby, {}); }

private:
    pqxx::result run(const Statement& statement, const std::vector<Parameter>& parameters);
    void write(const FilingList& judged);
    FilingList judged_rightly(FilingList& surprised);
    void note_earlier_uses(const Statement& statement, const FilingList& filings, const std::vector<Parameter>& parameters);
    bool knew_its_earlier_uses(const Filing& filing, const FilingList& surprised);
    void tell_earlier_uses(const FilingList& filings);
    void refuse_trips(const FilingList& filings);
    void take_back(const FilingList& filings);
    void write_details(const FilingList& filed);
    FilingOutcome& outcome_of(const Key& key) { return outcomes_[places_.at(key)]; }

    Connection& connection_;
    pqxx::work& work_;
    FilingList all_;
    std::map<Key, std::size_t> places_;
    std::vector<FilingOutcome> outcomes_;
};

Key key_of(const Filing& filing) {
    return {filing.client_id, filing.idempotency_key};
}

Key key_of(const pqxx::row& row) {
    return {row[0].as<std::string>(), row[1].as<std::string>()};
}

FilingOutcome filed(const Filing& filing) {
    return {Kind::filed, filing.answer_status, filing.answer_body, filing.answer_headers, {}};
}

Batch::Batch(Connection& connection, pqxx::work& work, const Filings& filings) : connection_{connection}, work_{work} {
    for (const auto& filing : filings) {
        places_[key_of(*filing)] = all_.size();
        all_.push_back(filing.get());
    }
    outcomes_.resize(all_.size());
}

pqxx::result Batch::run(const Statement& statement, const std::vector<Parameter>& parameters) {
    return connection_.run(work_, statement, variant, parameters);
}

void Batch::write() {
    FilingList surprised;
    const FilingList judged = judged_rightly(surprised);
    if (!judged.empty()) write(judged);
    if (surprised.empty()) return;
    for (const Filing* filing : surprised) outcome_of(key_of(*filing)).kind = Kind::seen_before;
    tell_earlier_uses(surprised);
    find_earlier_answers(surprised, false);
}

void Batch::write(const FilingList& judged) {
    const pqxx::result fresh = run(file_manifests, manifest_arrays(judged));
    std::set<const Filing*> taken{judged.begin(), judged.end()};
    FilingList on_file;
    FilingList without_trip;
    for (const pqxx::row& row : fresh) {
        const std::size_t place = places_.at(key_of(row));
        const Filing& filing = *all_[place];
        taken.erase(&filing);
        if (!filing.on_file || row[2].as<bool>()) {
            outcomes_[place] = filed(filing);
            if (filing.on_file) on_file.push_back(&filing);
        } else {
            without_trip.push_back(&filing);
        }
    }
    write_details(on_file);
    if (!without_trip.empty()) refuse_trips(without_trip);
    if (taken.empty()) return;
    const FilingList repeated{taken.begin(), taken.end()};
    take_back(repeated);
    find_earlier_answers(repeated, false);
}

/// Looks for earlier uses of all identifiers and notes those of what is to go on file. The filings whose rules knew of exactly these uses; the
/// others are `surprised`: to be judged again, unless they repeat what was answered before.
FilingList Batch::judged_rightly(FilingList& surprised) {
    FilingList to_file;
    FilingList rejected;
    for (const Filing* filing : all_) (filing->on_file ? to_file : rejected).push_back(filing);
    if (!rejected.empty()) note_earlier_uses(find_uses, rejected, wanted_use_arrays(rejected));
    if (!to_file.empty()) note_earlier_uses(note_uses, to_file, noted_use_arrays(to_file));
    FilingList judged;
    for (const FilingList& filings : {rejected, to_file}) {
        for (const Filing* filing : filings) (knew_its_earlier_uses(*filing, surprised) ? judged : surprised).push_back(filing);
    }
    take_back(surprised);
    return judged;
}

void Batch::note_earlier_uses(const Statement& statement, const FilingList& filings, const std::vector<Parameter>& parameters) {
    const Rows rows{std::make_shared<const Rows::Inside>(run(statement, parameters))};
    for (auto& [place, use] : earlier_uses(rows)) outcome_of(key_of(*filings[place])).earlier_uses.push_back(std::move(use));
}

/// A neighbour that is not filed now has used nothing.
bool Batch::knew_its_earlier_uses(const Filing& filing, const FilingList& surprised) {
    std::vector<manifest::EarlierUse>& found = outcome_of(key_of(filing)).earlier_uses;
    std::erase_if(found, [&](const manifest::EarlierUse& use) {
        return std::any_of(surprised.begin(), surprised.end(), [&](const Filing* other) { return other->manifest_id == use.manifest_id; });
    });
    std::sort(found.begin(), found.end());
    // An open trip of the same number shows when the record is written.
    const auto is_trip = [](const manifest::EarlierUse& use) { return use.key == Uuid{}; };
    if (!filing.on_file || std::none_of(filing.judged_with.begin(), filing.judged_with.end(), is_trip)) return found == filing.judged_with;
    std::vector<manifest::EarlierUse> known = filing.judged_with;
    std::erase_if(known, is_trip);
    return found == known;
}

/// Another trip of this number is open. The rules have to know of it; if they did and did not mind, the record cannot hold both all the same.
void Batch::refuse_trips(const FilingList& filings) {
    run(forget_keys, key_arrays(filings));
    take_back(filings);
    tell_earlier_uses(filings);
    for (const Filing* filing : filings) {
        FilingOutcome& outcome = outcome_of(key_of(*filing));
        outcome.kind = outcome.earlier_uses == filing->judged_with ? Kind::trip_in_use : Kind::seen_before;
    }
}

/// What stands on record now, once all that can be filed is.
void Batch::tell_earlier_uses(const FilingList& filings) {
    for (const Filing* filing : filings) outcome_of(key_of(*filing)).earlier_uses.clear();
    note_earlier_uses(find_uses, filings, wanted_use_arrays(filings));
    for (const Filing* filing : filings) {
        std::vector<manifest::EarlierUse>& told = outcome_of(key_of(*filing)).earlier_uses;
        std::sort(told.begin(), told.end());
    }
}

void Batch::take_back(const FilingList& filings) {
    FilingList noted;
    std::copy_if(filings.begin(), filings.end(), std::back_inserter(noted), [](const Filing* filing) { return filing->on_file && !filing->uses.empty(); });
    if (!noted.empty()) run(forget_uses, lost_use_arrays(noted));
}

void Batch::write_details(const FilingList& filed) {
    const auto any = [&](auto has) { return std::any_of(filed.begin(), filed.end(), has); };
    if (any([](const Filing* filing) { return !filing->findings.empty(); })) run(file_findings, finding_arrays(filed));
    if (!any([](const Filing* filing) { return filing->inspection.has_value(); })) return;
    run(file_inspections, inspection_arrays(filed));
    run(file_legs, leg_arrays(filed));
    if (any([](const Filing* filing) { return filing->inspection && !filing->inspection->factors.empty(); })) run(file_factors, factor_arrays(filed));
}

/// An answer found counts once it is as durable as one given: the COMMIT of this transaction must wait for the standby as theirs did.
/// A filing that finds its own manifest id was filed; one that was rejected has none, and is taken for itself only when `looking_up`.
void Batch::find_earlier_answers(const FilingList& asked, bool looking_up) {
    wait_for_standby_too();
    for (const pqxx::row& row : run(find_answers, key_arrays(asked))) {
        const std::size_t place = places_.at(key_of(row));
        const Filing& filing = *all_[place];
        FilingOutcome& outcome = outcomes_[place];
        if (pqxx::binarystring{row[2]}.str() != filing.fingerprint) {
            outcome.kind = Kind::key_reused;
            continue;
        }
        const bool is_own = row[6].is_null() ? looking_up && !filing.on_file : row[6].as<std::string>() == filing.manifest_id.text();
        outcome = {is_own ? Kind::filed : Kind::replayed, row[3].as<int>(), pqxx::binarystring{row[4]}.str(), row[5].as<std::string>(), {}};
    }
}

template <class Work>
BatchResult in_one_transaction(Connection& connection, const Filings& filings, Work work) {
    bool asked_to_commit = false;
    try {
        pqxx::work transaction{connection.raw()};
        Batch batch{connection, transaction, filings};
        work(batch);
        fault_point("before_commit_abort");
        asked_to_commit = true;
        if (!connection.commit(transaction)) return {Ending::in_doubt, "", {}};
        fault_point("after_commit_abort");
        return {Ending::committed, "", std::move(batch).outcomes()};
    } catch (const pqxx::pqxx_exception&) {
        const Failure failure = failure_in_flight(connection);
        if (asked_to_commit && failure.ending == Ending::lost) return {Ending::in_doubt, failure.sqlstate, {}};
        return {failure.ending, failure.sqlstate, {}};
    }
}

}  // namespace

BatchResult commit_batch(Connection& connection, const Filings& filings) {
    return in_one_transaction(connection, filings, [](Batch& batch) { batch.write(); });
}

BatchResult look_up(Connection& connection, const Filings& filings) {
    return in_one_transaction(connection, filings, [](Batch& batch) { batch.find_earlier_answers(batch.all(), true); });
}

}  // namespace puente::store
