#include "puente/clearance/publish_rules.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>
#include <map>
#include <set>
#include <utility>

#include "puente/clearance/rule_desk.hpp"
#include "puente/rules/examples.hpp"
#include "puente/store/pool.hpp"
#include "puente/telemetry/log.hpp"

namespace puente::clearance {

namespace asio = boost::asio;

namespace {

constexpr std::size_t name_bytes_max = 100;
constexpr std::size_t rules_max = 5'000;

bool is_own_set(rules::RuleSetName set, const access::Caller& author) {
    const std::optional<identifiers::Agency> agency = author.agency ? author.agency->customs() : std::nullopt;
    if (!agency) return false;
    if (set == rules::RuleSetName::shared) return true;
    return (set == rules::RuleSetName::cbp) == (*agency == identifiers::Agency::cbp);
}

Error not_yours(rules::RuleSetName set) {
    return Error{ErrorKind::forbidden, fmt::format("the rule set {} belongs to another agency", to_text(set))};
}

/// "cbp/entry.yaml"; of the shared set also "codes/us_ports.csv".
bool is_file_name(rules::RuleSetName set, std::string_view name) {
    const std::string folder = fmt::format("{}/", to_text(set));
    const bool rule_file = name.starts_with(folder) && name.ends_with(".yaml");
    const bool code_list = set == rules::RuleSetName::shared && name.starts_with("codes/") && name.ends_with(".csv");
    if (!rule_file && !code_list) return false;
    const std::size_t begin = name.find('/') + 1;
    const std::string_view stem = name.substr(begin, name.rfind('.') - begin);
    const auto plain = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '-'; };
    return !stem.empty() && name.size() <= name_bytes_max && std::all_of(stem.begin(), stem.end(), plain);
}

/// What can be said of files before they are read.
std::vector<rules::LoadFault> faults_of_form(rules::RuleSetName set, const std::vector<rules::SourceFile>& files) {
    std::vector<rules::LoadFault> faults;
    const std::string folder = fmt::format("{}/", to_text(set));
    if (files.empty() || files.size() > rule_files_max) faults.push_back({folder, 1, 1, fmt::format("a rule set is 1 to {} files", rule_files_max)});
    std::size_t bytes = 0;
    std::set<std::string_view> seen;
    for (const rules::SourceFile& file : files) {
        bytes += file.text.size();
        if (!is_file_name(set, file.name))
            faults.push_back(
                {file.name.substr(0, name_bytes_max), 1, 1, fmt::format("not a file of this set: it is {}name.yaml, in small letters", folder)});
        if (!seen.insert(file.name).second) faults.push_back({file.name, 1, 1, "this file is there twice"});
        if (file.text.size() > rule_file_bytes_max)
            faults.push_back({file.name, 1, 1, fmt::format("a file is at most {} bytes", rule_file_bytes_max)});
        if (file.text.find('\0') != std::string::npos) faults.push_back({file.name, 1, 1, "a text must not hold NUL"});
    }
    if (bytes > rule_set_bytes_max) faults.push_back({folder, 1, 1, fmt::format("a rule set is at most {} bytes", rule_set_bytes_max)});
    return faults;
}

/// The samples of a folder by name: what an example names is looked up here and never becomes a path.
rules::Samples samples_of(const std::string& folder) {
    auto texts = std::make_shared<std::map<std::string, std::string>>();
    std::error_code missing;
    for (const auto& entry : std::filesystem::directory_iterator{folder, missing}) {
        if (entry.path().extension() != ".json") continue;
        std::ifstream in{entry.path(), std::ios::binary};
        texts->emplace(entry.path().stem().string(), std::string{std::istreambuf_iterator<char>{in}, {}});
    }
    return [texts](const std::string& name) -> std::optional<std::string> {
        const auto found = texts->find(name);
        return found == texts->end() ? std::nullopt : std::optional{found->second};
    };
}

std::vector<rules::LoadFault> faults_of_rules(const rules::RuleSet& set) {
    std::vector<rules::LoadFault> faults;
    if (set.rules.size() > rules_max)
        faults.push_back({fmt::format("{}/", to_text(set.name)), 1, 1, fmt::format("a rule set has at most {} rules", rules_max)});
    for (const rules::Rule& rule : set.rules) {
        if (set.name == rules::RuleSetName::shared && rule.agency_only) {
            faults.push_back({rule.file, rule.line, 1,
                              fmt::format("{}: a rule that both agencies share cannot be private to one (inspect, agencyOnly)", rule.id)});
        }
    }
    return faults;
}

std::vector<rules::LoadFault> faults_of_examples(const std::shared_ptr<const rules::Rulebook>& rulebook, rules::RuleSetName set,
                                                 const std::string& samples) {
    std::vector<rules::LoadFault> faults;
    for (const rules::ExampleFault& fault : rules::run_examples(rulebook, samples_of(samples))) {
        if (fault.rule->set != set) continue;
        faults.push_back({fault.rule->file, fault.example->line, 1, fmt::format("{} on {}: {}", fault.rule->id, fault.example->sample, fault.text)});
    }
    return faults;
}

/// A version that may be published.
struct Accepted {
    std::string version;
    std::vector<store::RuleFile> files;
};
using Verdict = std::variant<Accepted, RulesRefused>;

std::vector<store::RuleFile> files_to_keep(const rules::RuleSet& set, std::vector<rules::SourceFile> files) {
    std::set<std::string_view> private_files;
    for (const rules::Rule& rule : set.rules) {
        if (rule.agency_only) private_files.insert(rule.file);
    }
    std::vector<store::RuleFile> kept;
    for (rules::SourceFile& file : files) {
        const bool agency_only = private_files.contains(file.name);
        kept.push_back({std::move(file.name), std::move(file.text), agency_only});
    }
    return kept;
}

Result<Verdict> examine(rules::RuleSetName set, const std::vector<rules::SourceFile>& files, const RulesSnapshot& beside,
                        const std::string& samples) {
    RuleSources sources = beside.sources;
    sources.files(set) = files;
    const MadeRules made = make_rules(std::move(sources));
    if (!made.snapshot) return Verdict{RulesRefused{made.faults}};
    const rules::RuleSet& loaded = made.snapshot->rulebook->set(set);
    std::vector<rules::LoadFault> faults = faults_of_rules(loaded);
    if (faults.empty()) faults = faults_of_examples(made.snapshot->rulebook, set, samples);
    if (!faults.empty()) return Verdict{RulesRefused{std::move(faults)}};
    return Verdict{
        Accepted{loaded.version, files_to_keep(loaded, files)}
    };
}

/// Loads the rules with this version among those in force; gives what is wrong with them.
asio::awaitable<Result<std::vector<rules::LoadFault>>> faults_beside_the_others(rules::RuleSetName set, std::string version,
                                                                                const access::Caller& author, Clearance& clearance) {
    using Files = std::vector<store::RuleFile>;
    using Faults = std::vector<rules::LoadFault>;
    const std::function<Result<Files>(store::Transaction&)> read = [set, version](store::Transaction& tx) {
        return store::find_rule_files(tx, set, version);
    };
    const Result<Files> files = co_await clearance.pool.in_transaction<Files>(store::As::caller(author), read);
    if (!files) co_return files.error();
    RuleSources sources = clearance.rules.current()->sources;
    sources.files(set).clear();
    for (const store::RuleFile& file : *files) sources.files(set).push_back({file.name, file.text});
    const std::function<Result<Faults>()> load = [sources = std::move(sources)]() -> Result<Faults> { return make_rules(sources).faults; };
    co_return co_await clearance.rule_desk.work<Faults>(load);
}

}  // namespace

asio::awaitable<Result<std::variant<RulesPublished, RulesRefused>>> publish_rules(rules::RuleSetName set, std::vector<rules::SourceFile> files,
                                                                                  const access::Caller& author, Clearance& clearance) {
    using Outcome = std::variant<RulesPublished, RulesRefused>;
    if (!is_own_set(set, author)) co_return not_yours(set);
    std::vector<rules::LoadFault> faults = faults_of_form(set, files);
    if (!faults.empty()) co_return Outcome{RulesRefused{std::move(faults)}};
    const std::function<Result<Verdict>()> check = [set, files = std::move(files), beside = clearance.rules.current(),
                                                    &samples = clearance.rule_desk.samples()] { return examine(set, files, *beside, samples); };
    Result<Verdict> verdict = co_await clearance.rule_desk.work<Verdict>(check);
    if (!verdict) co_return verdict.error();
    if (auto* refused = std::get_if<RulesRefused>(&*verdict)) co_return Outcome{std::move(*refused)};

    const std::function<Result<RulesPublished>(store::Transaction&)> keep =
        [set, accepted = std::get<Accepted>(std::move(*verdict)), id = author.client_id](store::Transaction& tx) -> Result<RulesPublished> {
        const Result<bool> fresh = store::publish_rule_set(tx, set, accepted.version, accepted.files, id);
        if (!fresh) return fresh.error();
        Result<store::RuleSetVersion> version = store::find_rule_set_version(tx, set, accepted.version);
        if (!version) return version.error();
        return RulesPublished{std::move(*version), *fresh};
    };
    Result<RulesPublished> published = co_await clearance.pool.in_transaction<RulesPublished>(store::As::caller(author), keep);
    if (!published) co_return published.error();
    telemetry::Event{"rules.published"}
        .with("rule_set", to_text(set))
        .with("version", published->version.version)
        .with("client_id", author.client_id);
    co_return Outcome{std::move(*published)};
}

asio::awaitable<Result<std::variant<RulesActivated, RulesRefused>>> activate_rules(rules::RuleSetName set, std::string version,
                                                                                   std::optional<Instant> from, const access::Caller& author,
                                                                                   Clearance& clearance) {
    using Outcome = std::variant<RulesActivated, RulesRefused>;
    constexpr std::chrono::minutes clock_difference{1};
    if (!is_own_set(set, author)) co_return not_yours(set);
    if (from && *from < clearance.now() - clock_difference)
        co_return Error{ErrorKind::malformed, "/from: a version cannot come into force in the past"};
    Result<std::vector<rules::LoadFault>> faults = co_await faults_beside_the_others(set, version, author, clearance);
    if (!faults) co_return faults.error();
    if (!faults->empty()) co_return Outcome{RulesRefused{std::move(*faults)}};
    const std::function<Result<store::RuleSetActivation>(store::Transaction&)> enter =
        [set, version, from, id = author.client_id](store::Transaction& tx) { return store::activate_rule_set(tx, set, version, from, id); };
    const Result<store::RuleSetActivation> entered =
        co_await clearance.pool.in_transaction<store::RuleSetActivation>(store::As::caller(author), enter);
    if (!entered) co_return entered.error();
    telemetry::Event{"rules.activated"}
        .with("rule_set", to_text(set))
        .with("version", version)
        .with("effective_from", to_text(entered->effective_from))
        .with("client_id", author.client_id);
    clearance.rule_desk.wake();
    co_return Outcome{RulesActivated{*entered}};
}

}  // namespace puente::clearance
