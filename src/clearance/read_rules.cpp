#include "puente/clearance/read_rules.hpp"

#include <fmt/format.h>

#include <functional>
#include <set>
#include <utility>

#include "puente/clearance/rule_desk.hpp"
#include "puente/store/pool.hpp"

namespace puente::clearance {

namespace asio = boost::asio;

namespace {

constexpr std::array all_sets{rules::RuleSetName::shared, rules::RuleSetName::cbp, rules::RuleSetName::sat};

store::As as_reader(const RuleReader& reader) {
    if (!reader) return store::As::gateway();
    return {store::As::Kind::officer, "", "", std::string{identifiers::code(*reader)}};
}

/// Who sees every file of a set: to make rules of it, not to show them.
RuleReader owner_of(rules::RuleSetName set) {
    return set == rules::RuleSetName::sat ? identifiers::Agency::sat : identifiers::Agency::cbp;
}

RuleSetText text_of(const RulesSnapshot& snapshot, rules::RuleSetName set, const RuleReader& reader) {
    const rules::RuleSet& loaded = snapshot.rulebook->set(set);
    std::set<std::string_view> hidden;
    for (const rules::Rule& rule : loaded.rules) {
        if (!may_see(reader, rule)) hidden.insert(rule.file);
    }
    RuleSetText text{loaded.version, std::nullopt, {}};
    for (const rules::SourceFile& file : snapshot.sources.files(set)) {
        if (!hidden.contains(file.name)) text.files.push_back({file.name, file.text});
    }
    return text;
}

std::shared_ptr<const RulesSnapshot> named(const std::string& name, const Clearance& clearance) {
    if (name == "in-force") return clearance.rules.current();
    return name == "shipped" ? clearance.rule_desk.shipped() : nullptr;
}

using Files = std::vector<rules::SourceFile>;

asio::awaitable<Result<Files>> files_of(rules::RuleSetName set, std::string version, Clearance& clearance) {
    const std::function<Result<Files>(store::Transaction&)> read = [set, version](store::Transaction& tx) -> Result<Files> {
        Result<std::vector<store::RuleFile>> found = store::find_rule_files(tx, set, version);
        if (!found) return found.error();
        Files files;
        for (store::RuleFile& file : *found) files.push_back({std::move(file.name), std::move(file.text)});
        return files;
    };
    co_return co_await clearance.pool.in_transaction<Files>(as_reader(owner_of(set)), read);
}

/// Rules of these versions, remembered or made anew.
asio::awaitable<Result<std::shared_ptr<const RulesSnapshot>>> made_of(std::array<std::string, rules::rule_set_count> versions, Clearance& clearance) {
    using Made = std::shared_ptr<const RulesSnapshot>;
    const std::shared_ptr<const RulesSnapshot> current = clearance.rules.current();
    const std::string key = fmt::format("{}", fmt::join(versions, " "));
    if (Made known = clearance.rule_desk.remembered(key)) co_return known;
    RuleSources sources = current->sources;
    bool differs = false;
    for (const rules::RuleSetName set : all_sets) {
        const std::string& version = versions[static_cast<std::size_t>(set)];
        if (version == current->rulebook->set(set).version) continue;
        differs = true;
        Result<Files> files = co_await files_of(set, version, clearance);
        if (!files) co_return files.error();
        sources.files(set) = std::move(*files);
    }
    if (!differs) co_return current;
    const std::function<Result<Made>()> make = [sources = std::move(sources)]() -> Result<Made> {
        MadeRules made = make_rules(sources);
        if (!made.snapshot) return Error{ErrorKind::conflict, "these versions do not load together: " + described(made.faults).substr(0, 500)};
        return std::move(made.snapshot);
    };
    Result<Made> made = co_await clearance.rule_desk.work<Made>(make);
    if (made) clearance.rule_desk.remember(key, *made);
    co_return made;
}

std::array<std::string, rules::rule_set_count> versions_in_force(const Clearance& clearance) {
    const std::shared_ptr<const RulesSnapshot> current = clearance.rules.current();
    std::array<std::string, rules::rule_set_count> versions;
    for (const rules::RuleSet& set : current->rulebook->sets) versions[static_cast<std::size_t>(set.name)] = set.version;
    return versions;
}

}  // namespace

bool may_see_targeting(const RuleReader& reader, rules::RuleSetName set) {
    return reader && (set == rules::RuleSetName::cbp) == (*reader == identifiers::Agency::cbp);
}

bool may_see(const RuleReader& reader, const rules::Rule& rule) {
    return !rule.agency_only || may_see_targeting(reader, rule.set);
}

asio::awaitable<Result<RuleSetHistory>> read_rule_set_history(rules::RuleSetName set, Clearance& clearance) {
    const std::function<Result<RuleSetHistory>(store::Transaction&)> read = [set](store::Transaction& tx) -> Result<RuleSetHistory> {
        Result<std::vector<store::RuleSetVersion>> versions = store::list_rule_set_versions(tx, set);
        if (!versions) return versions.error();
        Result<std::vector<store::RuleSetActivation>> activations = store::list_activations(tx, set);
        if (!activations) return activations.error();
        return RuleSetHistory{std::move(*versions), std::move(*activations)};
    };
    co_return co_await clearance.pool.in_transaction<RuleSetHistory>(store::As::gateway(), read);
}

asio::awaitable<Result<RuleSetText>> read_rule_set(rules::RuleSetName set, std::string name, RuleReader reader, Clearance& clearance) {
    if (const auto snapshot = named(name, clearance)) co_return text_of(*snapshot, set, reader);
    const std::function<Result<RuleSetText>(store::Transaction&)> read = [set, name](store::Transaction& tx) -> Result<RuleSetText> {
        const Result<store::RuleSetVersion> record = store::find_rule_set_version(tx, set, name);
        if (!record) return record.error();
        Result<std::vector<store::RuleFile>> files = store::find_rule_files(tx, set, name);
        if (!files && files.error().kind() != ErrorKind::not_found) return files.error();
        return RuleSetText{name, *record, files ? std::move(*files) : std::vector<store::RuleFile>{}};
    };
    co_return co_await clearance.pool.in_transaction<RuleSetText>(as_reader(reader), read);
}

asio::awaitable<Result<std::shared_ptr<const RulesSnapshot>>> rules_with(rules::RuleSetName set, std::string name, Clearance& clearance) {
    if (auto snapshot = named(name, clearance)) co_return snapshot;
    if (clearance.rule_desk.shipped()->rulebook->set(set).version == name) co_return clearance.rule_desk.shipped();
    std::array<std::string, rules::rule_set_count> versions = versions_in_force(clearance);
    versions[static_cast<std::size_t>(set)] = std::move(name);
    co_return co_await made_of(std::move(versions), clearance);
}

asio::awaitable<Result<std::shared_ptr<const RulesSnapshot>>> rules_on(std::chrono::sys_days day, Clearance& clearance) {
    const Instant last_moment = Instant{day + std::chrono::days{1}} - std::chrono::microseconds{1};
    const std::function<Result<ActivationOfSet>(store::Transaction&)> read = [last_moment](store::Transaction& tx) {
        return store::find_rule_sets_at(tx, last_moment);
    };
    const Result<ActivationOfSet> activations = co_await clearance.pool.in_transaction<ActivationOfSet>(store::As::gateway(), read);
    if (!activations) co_return activations.error();
    std::array<std::string, rules::rule_set_count> versions = versions_in_force(clearance);
    for (const rules::RuleSetName set : all_sets) {
        const auto& activation = (*activations)[static_cast<std::size_t>(set)];
        if (activation) versions[static_cast<std::size_t>(set)] = activation->version;
    }
    co_return co_await made_of(std::move(versions), clearance);
}

}  // namespace puente::clearance
