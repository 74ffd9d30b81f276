#include "rules/rule_reader.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <set>
#include <utility>

#include "puente/instant.hpp"
#include "rules/nearest.hpp"

namespace puente::rules {

namespace {

constexpr std::size_t loops_max = 4;

constexpr std::array<std::string_view, 1> file_fields{"rules"};
constexpr std::array<std::string_view, 15> rule_fields{"id",    "title",   "each", "when",     "assert",     "severity",  "agencyOnly", "pointer",
                                                       "value", "message", "fix",  "citation", "confidence", "effective", "examples"};
constexpr std::array<std::string_view, 2> languages{"en", "es"};
constexpr std::array<std::string_view, 2> effective_fields{"from", "until"};
constexpr std::array<std::string_view, 2> example_kinds{"pass", "fail"};
constexpr std::array<std::string_view, 3> example_fields{"sample", "patch", "received"};
constexpr std::array<std::string_view, 3> reserved_variables{"manifest", "facts", "list"};
const std::set<std::string> confidences{"C2", "S1", "GK", "PP", "2+", "1*", "1"};

std::string_view trimmed(std::string_view text) {
    const std::size_t first = text.find_first_not_of(" \t\n");
    if (first == std::string_view::npos) return {};
    return text.substr(first, text.find_last_not_of(" \t\n") - first + 1);
}

/// Splits at commas that stand outside every bracket.
std::vector<std::string_view> split_clauses(std::string_view text) {
    std::vector<std::string_view> clauses;
    int depth = 0;
    std::size_t start = 0;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '(' || text[i] == '[') ++depth;
        if (text[i] == ')' || text[i] == ']') --depth;
        if (text[i] == ',' && depth == 0) {
            clauses.push_back(trimmed(text.substr(start, i - start)));
            start = i + 1;
        }
    }
    clauses.push_back(trimmed(text.substr(start)));
    return clauses;
}

/// What a rule id must begin with.
std::string prefix_of(RuleSetName set) {
    switch (set) {
        case RuleSetName::shared:
            return "SHARED-";
        case RuleSetName::cbp:
            return "CBP-";
        case RuleSetName::sat:
            return "SAT-";
    }
    return {};
}

}  // namespace

void RuleReader::read_file(const SourceFile& file, RuleSetName set, std::vector<Rule>& rules) {
    file_ = file.name;
    try {
        if (const std::optional<YAML::Mark> alias = first_alias(file.text)) {
            faults_.push_back({file_, static_cast<std::size_t>(alias->line + 1), static_cast<std::size_t>(alias->column + 1),
                               "a rule file has no aliases (*name): write it out"});
            return;
        }
        const YAML::Node document = YAML::Load(file.text);
        const YAML::Node list = document.IsMap() ? document["rules"] : YAML::Node{YAML::NodeType::Undefined};
        if (document.IsMap()) check_fields(document, file_fields);
        if (!list || !list.IsSequence()) {
            fault(document, "a rule file is a map with the one key 'rules', a list");
            return;
        }
        for (const YAML::Node& node : list) read_rule(node, set, rules);
    } catch (const YAML::Exception& error) {
        faults_.push_back({file_, static_cast<std::size_t>(error.mark.line + 1), static_cast<std::size_t>(error.mark.column + 1), error.msg});
    }
}

void RuleReader::read_rule(const YAML::Node& node, RuleSetName set, std::vector<Rule>& rules) {
    if (!node.IsMap()) return fault(node, "a rule is a map");
    check_fields(node, rule_fields);
    Rule rule;
    rule.file = file_;
    rule.line = static_cast<std::size_t>(node.Mark().line + 1);
    rule.set = set;
    rule.id = read_text(node, "id");
    if (!rule.id.starts_with(prefix_of(set))) fault(node["id"], fmt::format("rule ids of this set begin with {}", prefix_of(set)));
    rule.title = read_bilingual(node, "title");
    rule.citation = read_text(node, "citation");
    rule.confidence = read_text(node, "confidence");
    if (!confidences.contains(rule.confidence)) fault(node["confidence"], "confidence is one of C2, S1, GK, PP, 2+, 1*, 1");
    const std::optional<Severity> severity = parse_severity(read_text(node, "severity"));
    if (!severity) fault(node["severity"], "severity is one of reject, review, inspect, advise");
    rule.severity = severity.value_or(Severity::advise);
    if (rule.severity == Severity::reject && (rule.confidence == "GK" || rule.confidence == "PP")) {
        fault(node["severity"], "a rule that rests on general knowledge or on our own policy never rejects");
    }
    rule.agency_only = rule.severity == Severity::inspect || read_flag(node["agencyOnly"]);
    rule.effective = read_effective(node["effective"]);

    const LoopScope* scope = read_scope(node["each"]);
    if (scope == nullptr) return;
    read_loops(node, *scope, rule);
    if (node["when"]) rule.when = compile(node["when"], read_text(node, "when"), *scope, "bool");
    std::optional<cel::Program> assertion = compile(node["assert"] ? node["assert"] : node, read_text(node, "assert"), *scope, "bool");
    if (assertion) rule.assertion = std::move(*assertion);
    read_pointer(node, *scope, rule);
    read_value(node, *scope, rule);
    rule.message = read_template(node, "message", *scope, rule);
    rule.fix = read_template(node, "fix", *scope, rule);
    read_examples(node, "pass", true, rule);
    read_examples(node, "fail", false, rule);
    rules.push_back(std::move(rule));
}

/// The environment in which a rule's expressions are compiled; made once for each distinct `each` text.
LoopScope* RuleReader::read_scope(const YAML::Node& node) {
    const std::string text = node ? node.as<std::string>() : std::string{};
    if (const auto known = scopes_.find(text); known != scopes_.end()) return known->second.get();
    auto scope = std::make_unique<LoopScope>(LoopScope{make_environment(lists_), {}, {}, {}});
    const std::vector<std::string_view> clauses = text.empty() ? std::vector<std::string_view>{} : split_clauses(text);
    for (const std::string_view clause : clauses) {
        const std::size_t in = clause.find(" in ");
        if (in == std::string_view::npos || clauses.size() > loops_max) {
            fault(node, fmt::format("'each' is 'name in list', at most {} of them separated by commas", loops_max));
            return nullptr;
        }
        const std::string variable{trimmed(clause.substr(0, in))};
        const auto taken = [&](const auto& names) { return std::find(names.begin(), names.end(), variable) != names.end(); };
        if (taken(scope->variables) || taken(reserved_variables)) {
            fault(node, fmt::format("the loop variable '{}' of 'each' needs a name that is not taken", variable));
            return nullptr;
        }
        scope->variables.push_back(variable);
        scope->lists.emplace_back(trimmed(clause.substr(in + 4)));
        const std::optional<cel::Program> list = compile(node, scope->lists.back(), *scope, "list");
        const cel::TypeRef element = list ? cel::element_of(*list->result_type()) : nullptr;
        if (!element) return nullptr;
        scope->slots.push_back(scope->environment.add_variable(scope->variables.back(), element));
    }
    return scopes_.emplace(text, std::move(scope)).first->second.get();
}

void RuleReader::read_loops(const YAML::Node& node, const LoopScope& scope, Rule& rule) {
    for (std::size_t i = 0; i < scope.variables.size(); ++i) {
        std::optional<cel::Program> list = compile(node["each"], scope.lists[i], scope, "list");
        if (list) rule.loops.push_back({scope.variables[i], scope.slots[i], std::move(*list)});
    }
}

void RuleReader::read_pointer(const YAML::Node& node, const LoopScope& scope, Rule& rule) {
    const std::string text = read_text(node, "pointer", false);
    rule.pointer = {""};
    if (!node["pointer"]) return fault(node, "a rule has a 'pointer' ('' for the whole document)");
    for (std::size_t i = 0; i < text.size(); ++i) {
        const std::size_t close = text[i] == '{' ? text.find('}', i) : std::string::npos;
        if (close == std::string::npos) {
            rule.pointer.back() += text[i];
            continue;
        }
        const auto variable = std::find(scope.variables.begin(), scope.variables.end(), text.substr(i + 1, close - i - 1));
        if (variable == scope.variables.end())
            return fault(node["pointer"], fmt::format("{} is no loop variable of 'each'", text.substr(i, close - i + 1)));
        rule.pointer_loops.push_back(static_cast<std::size_t>(variable - scope.variables.begin()));
        rule.pointer.emplace_back();
        i = close;
    }
    if (!text.empty() && text[0] != '/') fault(node["pointer"], "a pointer begins with '/'");
}

/// The offending value: as the rule says, or what stands at the pointer, which also proves that the pointer names real fields.
void RuleReader::read_value(const YAML::Node& node, const LoopScope& scope, Rule& rule) {
    if (node["value"]) {
        rule.value = compile(node["value"], read_text(node, "value"), scope, nullptr);
        return;
    }
    std::string expression = rule.pointer_loops.empty() ? "manifest" : scope.variables[rule.pointer_loops.back()];
    std::string_view path = rule.pointer.back();
    while (!path.empty()) {
        const std::size_t end = std::min(path.find('/', 1), path.size());
        const std::string_view segment = path.substr(1, end - 1);
        const bool position = !segment.empty() && segment.find_first_not_of("0123456789") == std::string_view::npos;
        expression += position ? fmt::format("[{}]", segment) : fmt::format(".{}", segment);
        path.remove_prefix(end);
    }
    rule.value = compile(node["pointer"] ? node["pointer"] : node, expression, scope, nullptr);
}

void RuleReader::read_examples(const YAML::Node& node, const char* kind, bool passes, Rule& rule) {
    if (node["examples"] && !node["examples"].IsMap()) return fault(node["examples"], "'examples' is a map with pass and fail, both lists");
    if (node["examples"] && passes) check_fields(node["examples"], example_kinds);
    const YAML::Node list = node["examples"] ? node["examples"][kind] : YAML::Node{};
    if (!list || !list.IsSequence() || list.size() == 0) return fault(node, fmt::format("a rule has at least one example under examples.{}", kind));
    for (const YAML::Node& each : list) {
        if (!each.IsMap()) {
            fault(each, "an example is a map with sample, and perhaps patch and received");
            continue;
        }
        check_fields(each, example_fields);
        Example example;
        example.sample = read_text(each, "sample");
        example.patch = each["patch"] ? json_of(each["patch"]) : "null";
        example.received = read_text(each, "received", false);
        if (!example.received.empty() && !parse_date_time(example.received))
            fault(each["received"], "'received' is an RFC 3339 date-time such as 2026-03-02T17:00:00Z");
        example.passes = passes;
        example.line = static_cast<std::size_t>(each.Mark().line + 1);
        rule.examples.push_back(std::move(example));
    }
}

BilingualTemplate RuleReader::read_template(const YAML::Node& node, const char* field, const LoopScope& scope, Rule& rule) {
    BilingualTemplate text{
        {{""}, {}},
        {{""}, {}}
    };
    const Bilingual both = read_bilingual(node, field);
    if (both.en.empty() || both.es.empty()) return text;
    text.en = split(node[field]["en"], scope, rule);
    text.es = split(node[field]["es"], scope, rule);
    return text;
}

Template RuleReader::split(const YAML::Node& node, const LoopScope& scope, Rule& rule) {
    const std::string text = node.as<std::string>();
    Template pieces{{""}, {}};
    for (std::size_t i = 0; i < text.size(); ++i) {
        const std::size_t close = text[i] == '{' ? text.find('}', i) : std::string::npos;
        if (close == std::string::npos) {
            pieces.texts.back() += text[i];
            continue;
        }
        const std::string expression = text.substr(i + 1, close - i - 1);
        std::size_t hole = 0;
        if (expression != "value") {
            const auto same =
                std::find_if(rule.placeholders.begin(), rule.placeholders.end(), [&](const cel::Program& p) { return p.text() == expression; });
            hole = static_cast<std::size_t>(same - rule.placeholders.begin()) + 1;
            if (same == rule.placeholders.end()) {
                std::optional<cel::Program> program = compile(node, expression, scope, nullptr);
                if (!program) return pieces;
                rule.placeholders.push_back(std::move(*program));
            }
        }
        pieces.holes.push_back(hole);
        pieces.texts.emplace_back();
        i = close;
    }
    return pieces;
}

Bilingual RuleReader::read_bilingual(const YAML::Node& node, const char* field) {
    if (!node[field] || !node[field].IsMap()) {
        fault(node, fmt::format("'{}' is a map with en and es", field));
        return {};
    }
    check_fields(node[field], languages);
    return {read_text(node[field], "en"), read_text(node[field], "es")};
}

bool RuleReader::read_flag(const YAML::Node& node) {
    bool flag = false;
    if (node && !YAML::convert<bool>::decode(node, flag)) fault(node, "expected true or false");
    return flag;
}

/// Every key must be known and stand there once.
void RuleReader::check_fields(const YAML::Node& node, std::span<const std::string_view> known) {
    std::set<std::string> seen;
    for (const auto& field : node) {
        const std::string name = field.first.IsScalar() ? field.first.Scalar() : std::string{};
        if (!seen.insert(name).second) fault(field.first, fmt::format("the field '{}' stands here twice", name));
        if (std::find(known.begin(), known.end(), name) != known.end()) continue;
        const std::string_view meant = nearest(name, known);
        fault(field.first,
              fmt::format("unknown field '{}'; {}", name,
                          meant.empty() ? fmt::format("known are {}", fmt::join(known, ", ")) : fmt::format("did you mean '{}'?", meant)));
    }
}

std::string RuleReader::read_text(const YAML::Node& node, const char* field, bool required) {
    const YAML::Node value = node[field];
    if (!value) {
        if (required) fault(node, fmt::format("'{}' is missing", field));
        return {};
    }
    if (!value.IsScalar() || (required && trimmed(value.Scalar()).empty())) {
        fault(value, fmt::format("'{}' is a text", field));
        return {};
    }
    return std::string{trimmed(value.Scalar())};
}

Effective RuleReader::read_effective(const YAML::Node& node) {
    Effective effective;
    if (!node) return effective;
    if (!node.IsMap()) {
        fault(node, "'effective' is a map with from, until or both, days written YYYY-MM-DD");
        return effective;
    }
    check_fields(node, effective_fields);
    for (const auto& [name, bound] : {
             std::pair{"from",  &effective.from },
             std::pair{"until", &effective.until}
    }) {
        const std::string text = read_text(node, name, false);
        if (text.empty()) continue;
        const std::optional<std::chrono::year_month_day> day = parse_date(text);
        if (day) *bound = std::chrono::sys_days{*day};
        if (!day) fault(node[name], "a day is written YYYY-MM-DD");
    }
    if (effective.from && effective.until && *effective.until < *effective.from) fault(node, "'until' comes before 'from'");
    return effective;
}

std::optional<cel::Program> RuleReader::compile(const YAML::Node& at, const std::string& text, const LoopScope& scope, const char* must_be) {
    if (text.empty()) return std::nullopt;
    cel::Compiled compiled = cel::compile(text, scope.environment);
    const auto line = static_cast<std::size_t>(at.Mark().line + 1);
    const auto column = static_cast<std::size_t>(at.Mark().column + 1);
    for (const cel::Fault& each : compiled.faults) {
        faults_.push_back(
            {file_, line + each.line - 1, each.line == 1 ? column + each.column - 1 : each.column, fmt::format("{} (in: {})", each.text, text)});
    }
    if (!compiled.ok()) return std::nullopt;
    const std::string type = cel::to_text(*compiled.program.result_type());
    if (must_be != nullptr && !type.starts_with(must_be)) {
        fault(at, fmt::format("expected a {}, but '{}' is {}", must_be, text, type));
        return std::nullopt;
    }
    return std::move(compiled.program);
}

/// A field that is not there has been reported as missing; there is nothing more to say of it.
void RuleReader::fault(const YAML::Node& at, std::string text) {
    if (!at) return;
    faults_.push_back({file_, static_cast<std::size_t>(at.Mark().line + 1), static_cast<std::size_t>(at.Mark().column + 1), std::move(text)});
}

}  // namespace puente::rules
