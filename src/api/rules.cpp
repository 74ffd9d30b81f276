// Rule sets: read by everyone, published and put in force by their authors.
#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <utility>

#include "api/body.hpp"
#include "api/bundle_shelf.hpp"
#include "api/headers.hpp"
#include "api/problem.hpp"
#include "api/routes.hpp"
#include "api/rule_page.hpp"
#include "puente/clearance/publish_rules.hpp"
#include "puente/clearance/read_rules.hpp"
#include "puente/clearance/rule_desk.hpp"

namespace puente::api {

namespace asio = boost::asio;

namespace {

constexpr std::size_t publication_bytes_max = 12 * 1024 * 1024;  // the files with what JSON adds to them
constexpr std::size_t faults_shown_max = 100;

net::Response json_response(int status, std::string body) {
    net::Response response;
    response.status = status;
    response.content_type = "application/json";
    response.body = std::move(body);
    response.headers.add("Cache-Control", "no-cache");
    response.headers.add("Vary", "Authorization");
    return response;
}

net::Response failed(const Error& error, const Visit& visit) {
    return problem(error, visit.language, visit.request.request_id);
}

net::Response refused(const clearance::RulesRefused& refusal, const Visit& visit) {
    const ProblemType& type = problem_type("rules-refused");
    JsonText json = begin_problem(type, visit.language, visit.request.request_id, {});
    json.name("errors").open_list();
    const std::size_t shown = std::min(refusal.faults.size(), faults_shown_max);
    for (std::size_t i = 0; i < shown; ++i) {
        const rules::LoadFault& fault = refusal.faults[i];
        json.open_object()
            .member("file", fault.file)
            .member("line", static_cast<std::int64_t>(fault.line))
            .member("column", static_cast<std::int64_t>(fault.column));
        json.member("message", fault.text).close_object();
    }
    json.close_list();
    if (refusal.faults.size() > shown) json.member("errorsLeftOut", static_cast<std::int64_t>(refusal.faults.size() - shown));
    return finish_problem(type, visit.language, json);
}

Result<rules::RuleSetName> set_of(const Visit& visit) {
    for (const rules::RuleSetName set : {rules::RuleSetName::shared, rules::RuleSetName::cbp, rules::RuleSetName::sat}) {
        if (visit.request.path_value("set") == to_text(set)) return set;
    }
    return Error{ErrorKind::not_found, "no such rule set"};
}

/// Nobody need say who is asking; an agency that does sees its private matter as well.
asio::awaitable<Result<clearance::RuleReader>> reader_of(Visit& visit) {
    const std::optional<std::string_view> token = bearer_token(visit.request);
    if (!token) co_return clearance::RuleReader{};
    const Result<access::Caller> caller =
        co_await clearance::identify(*token, visit.request.client_certificate_sha256, visit.counter.desk, visit.counter.clearance);
    if (!caller) co_return caller.error();
    if (!caller->scopes.has(access::Scope::rules_read) || !caller->agency) co_return clearance::RuleReader{};
    co_return caller->agency->customs();  // an agency without a rule set reads as everybody does
}

/// Which bundle of a set is asked for.
struct BundleChoice {
    std::string version = "in-force";
    std::optional<std::chrono::sys_days> as_of;
};

Result<BundleChoice> choice_of(const net::Request& request) {
    BundleChoice choice;
    for (const auto& [name, value] : request.query) {
        if (name == "version") {
            choice.version = value;
        } else if (name == "asOf") {
            const std::optional<std::chrono::year_month_day> day = parse_date(value);
            if (!day) return Error{ErrorKind::malformed, "'asOf' is a day such as 2026-03-02"};
            choice.as_of = std::chrono::sys_days{*day};
        } else {
            return Error{ErrorKind::malformed, fmt::format("there is no option '{}'; there are version and asOf", name)};
        }
    }
    if (choice.as_of && request.query_value("version")) return Error{ErrorKind::malformed, "either 'version' or 'asOf': the day says which version"};
    return choice;
}

asio::awaitable<Result<std::shared_ptr<const clearance::RulesSnapshot>>> chosen_rules(rules::RuleSetName set, BundleChoice choice,
                                                                                      clearance::Clearance& clearance) {
    if (choice.as_of) co_return co_await clearance::rules_on(*choice.as_of, clearance);
    co_return co_await clearance::rules_with(set, std::move(choice.version), clearance);
}

void write_both(JsonText& json, std::string_view name, const rules::Bilingual& text) {
    json.name(name).open_object().member("en", text.en).member("es", text.es).close_object();
}

void write_effective(JsonText& json, const rules::Effective& effective) {
    json.name("effective").open_object();
    if (effective.from) json.member("from", day_text(*effective.from));
    if (effective.until) json.member("until", day_text(*effective.until));
    json.close_object();
}

void write_activation(JsonText& json, const store::RuleSetActivation& activation) {
    json.open_object().member("activationId", activation.activation_id).member("set", to_text(activation.set)).member("version", activation.version);
    json.member("effectiveFrom", to_text(activation.effective_from))
        .member("agency", activation.agency)
        .member("at", to_text(activation.at))
        .close_object();
}

/// Members of a published version, without braces.
void write_version(JsonText& json, const store::RuleSetVersion& version) {
    json.member("set", to_text(version.set)).member("version", version.version).member("publishedAt", to_text(version.published_at));
    json.name("approvals").open_list();
    for (const store::RuleSetApproval& each : version.approvals)
        json.open_object().member("agency", each.agency).member("at", to_text(each.at)).close_object();
    json.close_list().texts("approvalsMissing", version.missing);
}

std::size_t visible_rules(const rules::RuleSet& set, const clearance::RuleReader& reader) {
    return static_cast<std::size_t>(
        std::count_if(set.rules.begin(), set.rules.end(), [&](const rules::Rule& rule) { return clearance::may_see(reader, rule); }));
}

/// {"files": [{"name", "text"}]}. A body of megabytes: read at the desk, not on an I/O thread.
Result<std::vector<rules::SourceFile>> files_of(const std::string& body) {
    const Result<nlohmann::json> object = read_object(body, {"files"}, publication_bytes_max);
    if (!object) return object.error();
    const Error wanted{ErrorKind::malformed, "/files: a list of objects with the two texts 'name' and 'text'"};
    const auto list = object->find("files");
    if (list == object->end() || !list->is_array()) return wanted;
    std::vector<rules::SourceFile> files;
    for (const nlohmann::json& each : *list) {
        if (!each.is_object() || each.size() != 2 || !each.contains("name") || !each.contains("text") || !each["name"].is_string() ||
            !each["text"].is_string())
            return wanted;
        files.push_back({each["name"].get<std::string>(), each["text"].get<std::string>()});
    }
    return files;
}

Result<std::optional<Instant>> moment_of(const std::string& body) {
    const Result<nlohmann::json> object = read_object(body, {"from"});
    if (!object) return object.error();
    const auto from = object->find("from");
    if (from == object->end()) return std::optional<Instant>{};
    const std::optional<LocalInstant> stated = from->is_string() ? parse_date_time(from->get<std::string>()) : std::nullopt;
    if (!stated) return Error{ErrorKind::malformed, "/from: an RFC 3339 date-time such as 2026-03-02T08:10:00-07:00"};
    return std::optional{stated->at};
}

}  // namespace

asio::awaitable<net::Response> list_rule_sets(Visit& visit) {
    const auto snapshot = visit.counter.clearance.rules.current();
    const clearance::ActivationOfSet next = visit.counter.clearance.rule_desk.next();
    JsonText json;
    json.open_object().name("items").open_list();
    for (const rules::RuleSet& set : snapshot->rulebook->sets) {
        const auto& since = snapshot->activations[static_cast<std::size_t>(set.name)];
        const auto& coming = next[static_cast<std::size_t>(set.name)];
        json.open_object()
            .member("set", to_text(set.name))
            .member("version", set.version)
            .member("rules", static_cast<std::int64_t>(visible_rules(set, {})));
        json.member("source", since ? "published" : "shipped");
        if (since) json.member("since", to_text(since->effective_from)).member("activatedBy", since->agency);
        if (coming)
            json.name("next")
                .open_object()
                .member("version", coming->version)
                .member("effectiveFrom", to_text(coming->effective_from))
                .member("activatedBy", coming->agency)
                .close_object();
        json.name("links").open_object().member("self", fmt::format("/v1/rulesets/{}", to_text(set.name)));
        json.member("versions", fmt::format("/v1/rulesets/{}/versions", to_text(set.name)));
        json.member("bundle", fmt::format("/v1/rulesets/{}/bundle", to_text(set.name))).close_object().close_object();
    }
    co_return json_response(200, json.close_list().close_object().take());
}

asio::awaitable<net::Response> show_rule_set(Visit& visit) {
    const Result<rules::RuleSetName> set = set_of(visit);
    if (!set) co_return failed(set.error(), visit);
    const Result<clearance::RuleReader> reader = co_await reader_of(visit);
    if (!reader) co_return failed(reader.error(), visit);
    const auto snapshot = visit.counter.clearance.rules.current();
    const rules::RuleSet& in_force = snapshot->rulebook->set(*set);
    JsonText json;
    json.open_object().member("set", to_text(*set)).member("version", in_force.version).name("rules").open_list();
    for (const rules::Rule& rule : in_force.rules) {
        if (!clearance::may_see(*reader, rule)) continue;
        json.open_object().member("id", rule.id);
        write_both(json, "title", rule.title);
        json.member("severity", to_text(rule.severity));
        write_effective(json, rule.effective);
        json.member("citation", rule.citation).member("link", "/v1/rules/" + rule.id).close_object();
    }
    co_return json_response(200, json.close_list().close_object().take());
}

asio::awaitable<net::Response> show_rule_bundle(Visit& visit) {
    const Result<rules::RuleSetName> set = set_of(visit);
    if (!set) co_return failed(set.error(), visit);
    const Result<BundleChoice> choice = choice_of(visit.request);
    if (!choice) co_return failed(choice.error(), visit);
    const Result<clearance::RuleReader> reader = co_await reader_of(visit);
    if (!reader) co_return failed(reader.error(), visit);
    clearance::Clearance& clearance = visit.counter.clearance;
    const auto chosen = co_await chosen_rules(*set, *choice, clearance);
    if (!chosen) co_return failed(chosen.error(), visit);
    const rules::BundleWishes wishes{choice->as_of, clearance::may_see_targeting(*reader, *set)};
    const auto bundle = co_await bundle_of(*set, (*chosen)->rulebook, wishes, visit.counter.bundles, clearance.rule_desk);
    if (!bundle) co_return failed(bundle.error(), visit);
    const bool known = none_match_hits(visit.request, (*bundle)->etag);
    net::Response response = json_response(known ? 304 : 200, known ? std::string{} : (*bundle)->text);
    if (known) response.content_type.clear();
    response.headers.add("ETag", (*bundle)->etag);
    co_return response;
}

asio::awaitable<net::Response> show_rule(Visit& visit) {
    const Result<clearance::RuleReader> reader = co_await reader_of(visit);
    if (!reader) co_return failed(reader.error(), visit);
    const auto snapshot = visit.counter.clearance.rules.current();
    const rules::Rule* const rule = snapshot->rulebook->find(visit.request.path_value("rule"));
    if (rule == nullptr || !clearance::may_see(*reader, *rule)) co_return failed(Error{ErrorKind::not_found, "no such rule"}, visit);
    nlohmann::ordered_json page = rule_page(*rule);
    page["version"] = snapshot->rulebook->set(rule->set).version;
    co_return json_response(200, page.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace));
}

asio::awaitable<net::Response> list_rule_versions(Visit& visit) {
    const Result<rules::RuleSetName> set = set_of(visit);
    if (!set) co_return failed(set.error(), visit);
    const Result<clearance::RuleSetHistory> history = co_await clearance::read_rule_set_history(*set, visit.counter.clearance);
    if (!history) co_return failed(history.error(), visit);
    JsonText json;
    json.open_object().member("set", to_text(*set)).member("inForce", visit.counter.clearance.rules.current()->rulebook->set(*set).version);
    json.member("shipped", visit.counter.clearance.rule_desk.shipped()->rulebook->set(*set).version).name("versions").open_list();
    for (const store::RuleSetVersion& version : history->versions) {
        json.open_object();
        write_version(json, version);
        json.close_object();
    }
    json.close_list().name("activations").open_list();
    for (const store::RuleSetActivation& activation : history->activations) write_activation(json, activation);
    co_return json_response(200, json.close_list().close_object().take());
}

asio::awaitable<net::Response> show_rule_version(Visit& visit) {
    const Result<rules::RuleSetName> set = set_of(visit);
    if (!set) co_return failed(set.error(), visit);
    const Result<clearance::RuleReader> reader = co_await reader_of(visit);
    if (!reader) co_return failed(reader.error(), visit);
    std::string name{visit.request.path_value("version")};
    const Result<clearance::RuleSetText> text = co_await clearance::read_rule_set(*set, std::move(name), *reader, visit.counter.clearance);
    if (!text) co_return failed(text.error(), visit);
    JsonText json;
    json.open_object();
    if (text->record) {
        write_version(json, *text->record);
    } else {
        json.member("set", to_text(*set)).member("version", text->version);
    }
    json.name("files").open_list();
    for (const store::RuleFile& file : text->files) json.open_object().member("name", file.name).member("text", file.text).close_object();
    co_return json_response(200, json.close_list().close_object().take());
}

asio::awaitable<net::Response> show_rule_difference(Visit& visit) {
    const Result<rules::RuleSetName> set = set_of(visit);
    if (!set) co_return failed(set.error(), visit);
    const Result<clearance::RuleReader> reader = co_await reader_of(visit);
    if (!reader) co_return failed(reader.error(), visit);
    std::string other{visit.request.query_value("from").value_or("in-force")};
    std::string name{visit.request.path_value("version")};
    const auto from = co_await clearance::rules_with(*set, std::move(other), visit.counter.clearance);
    if (!from) co_return failed(from.error(), visit);
    const auto to = co_await clearance::rules_with(*set, std::move(name), visit.counter.clearance);
    if (!to) co_return failed(to.error(), visit);
    const std::function<Result<std::string>()> compare = [set = *set, from = *from, to = *to, reader = *reader]() -> Result<std::string> {
        return rules_difference(from->rulebook->set(set), to->rulebook->set(set), reader)
            .dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
    };
    Result<std::string> difference = co_await visit.counter.clearance.rule_desk.work<std::string>(compare);
    if (!difference) co_return failed(difference.error(), visit);
    co_return json_response(200, std::move(*difference));
}

asio::awaitable<net::Response> publish_rules(Visit& visit) {
    const Result<rules::RuleSetName> set = set_of(visit);
    if (!set) co_return failed(set.error(), visit);
    if (visit.request.body.size() > publication_bytes_max) co_return problem("too-large", visit.language, visit.request.request_id);
    const std::function<Result<std::vector<rules::SourceFile>>()> read = [body = std::move(visit.request.body)] { return files_of(body); };
    Result<std::vector<rules::SourceFile>> files = co_await visit.counter.clearance.rule_desk.work<std::vector<rules::SourceFile>>(read);
    if (!files) co_return failed(files.error(), visit);
    const auto outcome = co_await clearance::publish_rules(*set, std::move(*files), visit.caller, visit.counter.clearance);
    if (!outcome) co_return failed(outcome.error(), visit);
    if (const auto* refusal = std::get_if<clearance::RulesRefused>(&*outcome)) co_return refused(*refusal, visit);
    const auto& published = std::get<clearance::RulesPublished>(*outcome);
    JsonText json;
    json.open_object();
    write_version(json, published.version);
    net::Response response = json_response(published.fresh ? 201 : 200, json.close_object().take());
    response.headers.add("Location", fmt::format("/v1/rulesets/{}/versions/{}", to_text(*set), published.version.version));
    co_return response;
}

asio::awaitable<net::Response> activate_rules(Visit& visit) {
    const Result<rules::RuleSetName> set = set_of(visit);
    if (!set) co_return failed(set.error(), visit);
    const Result<std::optional<Instant>> from = moment_of(visit.request.body);
    if (!from) co_return failed(from.error(), visit);
    std::string version{visit.request.path_value("version")};
    const auto outcome = co_await clearance::activate_rules(*set, std::move(version), *from, visit.caller, visit.counter.clearance);
    if (!outcome) co_return failed(outcome.error(), visit);
    if (const auto* refusal = std::get_if<clearance::RulesRefused>(&*outcome)) co_return refused(*refusal, visit);
    JsonText json;
    write_activation(json, std::get<clearance::RulesActivated>(*outcome).activation);
    co_return json_response(200, json.take());
}

}  // namespace puente::api
