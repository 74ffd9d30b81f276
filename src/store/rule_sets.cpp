#include "puente/store/rule_sets.hpp"

#include <fmt/format.h>

#include "puente/store/transaction.hpp"
#include "store/binary_array.hpp"

namespace puente::store {

namespace {

constexpr Statement add_version{"add_rule_set_version",
                                "INSERT INTO puente.rule_set_version (rule_set, version) VALUES ($1, $2) ON CONFLICT DO NOTHING"};

constexpr Statement add_files{"add_rule_set_files", R"sql(INSERT INTO puente.rule_set_file (rule_set, version, name, agency_only, text)
SELECT $1, $2, * FROM unnest($3::text[], $4::boolean[], $5::text[]))sql"};

constexpr Statement add_approval{
    "add_rule_set_approval",
    "INSERT INTO puente.rule_set_approval (rule_set, version, agency, by_client) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING"};

// One row for each approval; a version without any has one row.
constexpr const char* version_columns = R"sql(SELECT v.rule_set, v.version, v.published_at, a.agency, a.at,
       array_to_string(puente.missing_approvals(v.rule_set, v.version), ' ')
  FROM puente.rule_set_version AS v LEFT JOIN puente.rule_set_approval AS a ON a.rule_set = v.rule_set AND a.version = v.version
 WHERE v.rule_set = $1)sql";

const std::string list_versions_text = fmt::format("{} ORDER BY v.published_at DESC, v.version, a.agency", version_columns);
const Statement list_versions_statement{"list_rule_set_versions", list_versions_text.c_str()};

const std::string find_version_text = fmt::format("{} AND v.version = $2 ORDER BY a.agency", version_columns);
const Statement find_version_statement{"find_rule_set_version", find_version_text.c_str()};

constexpr Statement find_files_statement{
    "find_rule_set_files",
    R"sql(SELECT name, agency_only, text FROM puente.rule_set_file WHERE rule_set = $1 AND version = $2 ORDER BY name COLLATE "C")sql"};

constexpr Statement add_activation{"add_rule_set_activation", R"sql(WITH added AS (
    INSERT INTO puente.rule_set_activation (rule_set, version, effective_from, agency, by_client)
    VALUES ($1, $2, GREATEST(($3::timestamptz[])[1], now()), $4, $5)
    RETURNING activation_id, rule_set, version, effective_from, agency, at
)
SELECT added.*, pg_notify('rules_changed', rule_set) FROM added)sql"};

constexpr Statement list_activations_statement{"list_rule_set_activations", R"sql(SELECT activation_id, rule_set, version, effective_from, agency, at
  FROM puente.rule_set_activation WHERE rule_set = $1 ORDER BY effective_from DESC, activation_id DESC)sql"};

constexpr Statement find_active{"find_active_rule_sets",
                                R"sql(SELECT DISTINCT ON (rule_set) activation_id, rule_set, version, effective_from, agency, at
  FROM puente.rule_set_activation WHERE effective_from <= $1 ORDER BY rule_set, effective_from DESC, activation_id DESC)sql"};

constexpr Statement find_next{"find_next_rule_sets", R"sql(SELECT DISTINCT ON (rule_set) activation_id, rule_set, version, effective_from, agency, at
  FROM puente.rule_set_activation WHERE effective_from > $1 ORDER BY rule_set, effective_from, activation_id DESC)sql"};

constexpr Statement database_clock{"database_clock", "SELECT now()"};

rules::RuleSetName set_of(const std::string& text) {
    if (text == "cbp") return rules::RuleSetName::cbp;
    return text == "sat" ? rules::RuleSetName::sat : rules::RuleSetName::shared;
}

RuleSetActivation activation_of(const Row& row) {
    return {row.int64(0), set_of(row.text(1)), row.text(2), row.instant(3), row.text(4), row.instant(5)};
}

std::vector<std::string> words(const std::string& text) {
    std::vector<std::string> list;
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t end = std::min(text.find(' ', at), text.size());
        list.push_back(text.substr(at, end - at));
        at = end + 1;
    }
    return list;
}

std::vector<RuleSetVersion> versions_of(const Rows& rows) {
    std::vector<RuleSetVersion> versions;
    for (std::size_t i = 0; i < rows.size(); ++i) {
        const Row row = rows[i];
        if (versions.empty() || versions.back().version != row.text(1)) {
            versions.push_back({set_of(row.text(0)), row.text(1), row.instant(2), {}, words(row.text(5))});
        }
        if (!row.is_null(3)) versions.back().approvals.push_back({row.text(3), row.instant(4)});
    }
    return versions;
}

using OfEachSet = std::array<std::optional<RuleSetActivation>, rules::rule_set_count>;

Result<OfEachSet> one_of_each(Transaction& tx, const Statement& statement, Instant moment) {
    const Result<Rows> rows = tx.run(statement, moment);
    if (!rows) return rows.error();
    OfEachSet found;
    for (std::size_t i = 0; i < rows->size(); ++i) {
        RuleSetActivation activation = activation_of((*rows)[i]);
        found[static_cast<std::size_t>(activation.set)] = std::move(activation);
    }
    return found;
}

}  // namespace

Result<bool> publish_rule_set(Transaction& tx, rules::RuleSetName set, const std::string& version, const std::vector<RuleFile>& files,
                              const std::string& client_id) {
    const std::string_view name = to_text(set);
    const Result<Rows> added = tx.run(add_version, name, version);
    if (!added) return added.error();
    const bool fresh = added->affected() == 1;
    if (fresh) {
        BinaryArray names{Element::text};
        BinaryArray agency_only{Element::boolean};
        BinaryArray texts{Element::text};
        for (const RuleFile& file : files) {
            names.add_text(file.name);
            agency_only.add_bool(file.agency_only);
            texts.add_text(file.text);
        }
        const Result<Rows> kept = tx.run(add_files, name, version, names.parameter(), agency_only.parameter(), texts.parameter());
        if (!kept) return kept.error();
    }
    const Result<Rows> approved = tx.run(add_approval, name, version, tx.as().agency, client_id);
    if (!approved) return approved.error();
    return fresh;
}

Result<std::vector<RuleSetVersion>> list_rule_set_versions(Transaction& tx, rules::RuleSetName set) {
    const Result<Rows> rows = tx.run(list_versions_statement, to_text(set));
    if (!rows) return rows.error();
    return versions_of(*rows);
}

Result<RuleSetVersion> find_rule_set_version(Transaction& tx, rules::RuleSetName set, const std::string& version) {
    const Result<Rows> rows = tx.run(find_version_statement, to_text(set), version);
    if (!rows) return rows.error();
    if (rows->empty()) return Error{ErrorKind::not_found, "no such version of this rule set"};
    return versions_of(*rows).front();
}

Result<std::vector<RuleFile>> find_rule_files(Transaction& tx, rules::RuleSetName set, const std::string& version) {
    const Result<Rows> rows = tx.run(find_files_statement, to_text(set), version);
    if (!rows) return rows.error();
    if (rows->empty()) return Error{ErrorKind::not_found, "no such version of this rule set"};
    std::vector<RuleFile> files;
    for (std::size_t i = 0; i < rows->size(); ++i) files.push_back({(*rows)[i].text(0), (*rows)[i].text(2), (*rows)[i].boolean(1)});
    return files;
}

Result<RuleSetActivation> activate_rule_set(Transaction& tx, rules::RuleSetName set, const std::string& version, std::optional<Instant> from,
                                            const std::string& client_id) {
    const Result<RuleSetVersion> known = find_rule_set_version(tx, set, version);
    if (!known) return known.error();
    if (!known->missing.empty()) {
        return Error{ErrorKind::conflict,
                     fmt::format("the approval of {} is missing: its author publishes the same files", fmt::join(known->missing, " and "))};
    }
    const Result<Rows> added = tx.run(add_activation, to_text(set), version, from, tx.as().agency, client_id);
    if (!added) return added.error();
    return activation_of((*added)[0]);
}

Result<std::vector<RuleSetActivation>> list_activations(Transaction& tx, rules::RuleSetName set) {
    const Result<Rows> rows = tx.run(list_activations_statement, to_text(set));
    if (!rows) return rows.error();
    std::vector<RuleSetActivation> activations;
    for (std::size_t i = 0; i < rows->size(); ++i) activations.push_back(activation_of((*rows)[i]));
    return activations;
}

Result<RuleSetOutlook> find_rule_set_outlook(Transaction& tx) {
    const Result<Rows> clock = tx.run(database_clock);
    if (!clock) return clock.error();
    RuleSetOutlook outlook;
    outlook.now = (*clock)[0].instant(0);
    Result<OfEachSet> in_force = one_of_each(tx, find_active, outlook.now);
    if (!in_force) return in_force.error();
    Result<OfEachSet> next = one_of_each(tx, find_next, outlook.now);
    if (!next) return next.error();
    outlook.in_force = std::move(*in_force);
    outlook.next = std::move(*next);
    return outlook;
}

Result<OfEachSet> find_rule_sets_at(Transaction& tx, Instant moment) {
    return one_of_each(tx, find_active, moment);
}

}  // namespace puente::store
