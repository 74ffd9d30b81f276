#include "rules/reads.hpp"

#include <algorithm>
#include <charconv>
#include <map>
#include <set>
#include <string_view>

#include "rules/expression.hpp"

namespace puente::rules {

namespace {

using Paths = std::vector<FieldPath>;
using Scope = std::map<std::string, Paths, std::less<>>;  ///< variable -> the places it may stand for

FieldPath path_of(std::string_view dotted) {
    FieldPath path;
    while (!dotted.empty()) {
        const std::size_t end = std::min(dotted.find('.'), dotted.size());
        path.emplace_back(dotted.substr(0, end));
        dotted.remove_prefix(std::min(end + 1, dotted.size()));
    }
    return path;
}

/// What each derived fact is worked out from.
const std::map<std::string, std::vector<std::string>, std::less<>> sources_of_facts{
    {"receivedAt",             {"(received)"}                                                               },
    {"leadMinutes",            {"(received)"}                                                               },
    {"arrival",                {"trip.estimatedArrival"}                                                    },
    {"arrivalDay",             {"trip.estimatedArrival"}                                                    },
    {"empty",                  {"shipments"}                                                                },
    {"loadedEquipment",        {"trip.equipment.*.loadStatus"}                                              },
    {"shipmentCount",          {"shipments"}                                                                },
    {"goodsCount",             {"shipments.*.goods"}                                                        },
    {"grossGrams",             {"shipments.*.grossMassKg"}                                                  },
    {"packages",               {"shipments.*.packages.count"}                                               },
    {"chapters",               {"shipments.*.goods.*.hs"}                                                   },
    {"headings",               {"shipments.*.goods.*.hs"}                                                   },
    {"essential",              {"shipments.*.goods.*.hs"}                                                   },
    {"perishable",             {"shipments.*.goods.*.hs"}                                                   },
    {"food",                   {"shipments.*.goods.*.hs"}                                                   },
    {"hazmat",                 {"shipments.*.goods.*.dangerous"}                                            },
    {"hazardClasses",          {"shipments.*.goods.*.dangerous.class", "shipments.*.goods.*.dangerous"}     },
    {"inBond",                 {"shipments.*.us.inBond", "shipments.*.us.release"}                          },
    {"fast",                   {"trip.crossing.lane"}                                                       },
    {"origins",                {"shipments.*.goods.*.origin"}                                               },
    {"repeatedControlNumbers", {"shipments.*.controlNumber", "shipments"}                                   },
    {"repeatedSeals",          {"trip.equipment.*.seals.*.number", "trip.equipment"}                        },
    {"repeatedEquipmentIds",   {"trip.equipment.*.equipmentId", "trip.equipment"}                           },
    {"equipmentIds",           {"trip.equipment.*.equipmentId"}                                             },
    {"programs",               {"credentials.*.program", "credentials", "shipments.*.credentials.*.program"}},
    {"usdCents",               {"shipments.*.goods.*.value.amount", "shipments.*.goods.*.value.currency"}   },
    {"earlierUses",            {"earlierUses"}                                                              },
    {"amendment",              {"amendment"}                                                                },
};

/// What a derived fact holds its sources against: text constants, and code lists (names ending in "()" are lists).
const std::map<std::string, std::vector<std::string>, std::less<>> held_against_by_facts{
    {"fast",            {"fast"}              },
    {"inBond",          {"inBond", "qpInBond"}},
    {"loadedEquipment", {"loaded", "empty"}   },
    {"perishable",      {"perishables()"}     },
    {"food",            {"foodHeadings()"}    },
    {"essential",       {"essentialGoods()"}  },
};

/// Whether the parts are held against each other here: a comparison, or a question about a text.
bool compares(const Expression& expression) {
    static const std::set<std::string_view> comparisons{"==", "!=", "<", "<=", ">", ">=", "in"};
    static const std::set<std::string_view> questions{"startsWith", "endsWith", "contains", "matches"};
    if (expression.form == Form::operation) return comparisons.contains(expression.word);
    return expression.form == Form::call && questions.contains(expression.word);
}

/// Collects the fields that expressions read.
class Collector {
public:
    explicit Collector(std::vector<FieldRead>& reads) : reads_{reads} {}

    /// Notes every field below; each group of things compared together knows of each other.
    void collect(const Expression& expression, Scope& scope) {
        if (compares(expression)) {
            Group group;
            gather(expression, scope, group);
            note(group);
            return;
        }
        const Paths paths = places(expression, scope);
        if (!paths.empty() && expression.form != Form::call) {
            Group group;
            gather(expression, scope, group);
            note(group);
            return;
        }
        each_part(expression, scope, [this](const Expression& part, Scope& inner) { collect(part, inner); });
    }

    /// What the items of a list may stand for.
    Paths items(const Expression& list, Scope& scope) {
        Paths found;
        if (list.form == Form::list) {
            for (const Expression& part : list.parts) append(found, places(part, scope));
        } else if (list.form == Form::choice) {
            append(found, items(list.parts[1], scope));
            append(found, items(list.parts[2], scope));
        } else if (list.is_macro() && list.word == "filter") {
            found = items(list.parts[0], scope);
        } else if (list.is_macro() && list.word == "map") {
            Scope inner = bound(list, scope);
            found = places(list.parts.back(), inner);
        } else {
            found = places(list, scope);
            for (FieldPath& path : found) path.emplace_back("*");
        }
        return found;
    }

private:
    struct Group {
        Paths paths;
        std::vector<std::string> texts;
        std::vector<std::int64_t> numbers;
        std::vector<std::string> lists;
    };

    template <class T>
    static void add(std::vector<T>& values, const T& value) {
        if (std::find(values.begin(), values.end(), value) == values.end()) values.push_back(value);
    }

    template <class T>
    static void append(std::vector<T>& values, const std::vector<T>& more) {
        for (const T& value : more) add(values, value);
    }

    Scope bound(const Expression& macro, Scope& scope) {
        Scope inner = scope;
        inner[macro.parts[1].word] = items(macro.parts[0], scope);
        return inner;
    }

    template <class Visit>
    void each_part(const Expression& expression, Scope& scope, Visit visit) {
        if (!expression.is_macro()) {
            for (const Expression& part : expression.parts) visit(part, scope);
            return;
        }
        visit(expression.parts[0], scope);
        Scope inner = bound(expression, scope);
        for (std::size_t i = 2; i < expression.parts.size(); ++i) visit(expression.parts[i], inner);
    }

    /// The places that an expression names, when it is a chain of fields.
    Paths places(const Expression& expression, Scope& scope) {
        Paths found;
        if (expression.form == Form::name) {
            if (const auto variable = scope.find(expression.word); variable != scope.end()) return variable->second;
        } else if (expression.form == Form::field) {
            found = places(expression.parts[0], scope);
            for (FieldPath& path : found) path.push_back(expression.word);
        } else if (expression.form == Form::item && expression.parts[1].form == Form::number) {
            for (FieldPath path : items(expression.parts[0], scope)) {
                if (path.back() == "*") path.back() = expression.parts[1].word;
                found.push_back(std::move(path));
            }
        }
        return found;
    }

    void gather(const Expression& expression, Scope& scope, Group& group) {
        if (expression.form == Form::text) add(group.texts, literal_text(expression.word));
        if (expression.form == Form::number) {
            std::int64_t number = 0;
            const char* const end = expression.word.data() + expression.word.size();
            if (std::from_chars(expression.word.data(), end, number).ptr == end) add(group.numbers, number);
        }
        if (expression.form == Form::field && expression.parts[0].form == Form::name && expression.parts[0].word == "list") {
            add(group.lists, expression.word);
            return;
        }
        const Paths found = places(expression, scope);
        for (const FieldPath& path : found) {
            append(group.paths, resolved(path));
            add_held_against(path, group);
        }
        if (!found.empty()) return;
        each_part(expression, scope, [&](const Expression& part, Scope& inner) { gather(part, inner, group); });
    }

    static void add_held_against(const FieldPath& path, Group& group) {
        const auto held = path.size() < 2 || path[0] != "(facts)" ? held_against_by_facts.end() : held_against_by_facts.find(path[1]);
        if (held == held_against_by_facts.end()) return;
        for (const std::string& each : held->second) {
            if (each.ends_with("()")) add(group.lists, each.substr(0, each.size() - 2));
            if (!each.ends_with("()")) add(group.texts, each);
        }
    }

    /// A path below `facts` becomes those the fact is derived from.
    static Paths resolved(const FieldPath& path) {
        if (path.empty()) return {};
        if (path[0] != "(facts)") return {path};
        Paths found;
        const auto sources = path.size() < 2 ? sources_of_facts.end() : sources_of_facts.find(path[1]);
        if (sources == sources_of_facts.end()) return {};
        for (const std::string& source : sources->second) {
            FieldPath whole = path_of(source);
            if (source == path[1]) whole.insert(whole.end(), path.begin() + 2, path.end());  // told as it is, not worked out
            found.push_back(std::move(whole));
        }
        return found;
    }

    void note(const Group& group) {
        for (const FieldPath& path : group.paths) {
            auto read = std::find_if(reads_.begin(), reads_.end(), [&](const FieldRead& each) { return each.path == path; });
            if (read == reads_.end()) read = reads_.insert(reads_.end(), FieldRead{path, {}, {}, {}, {}});
            append(read->texts, group.texts);
            append(read->numbers, group.numbers);
            append(read->lists, group.lists);
            for (const FieldPath& fellow : group.paths) {
                if (fellow != path) add(read->fellows, fellow);
            }
        }
    }

    std::vector<FieldRead>& reads_;
};

}  // namespace

std::vector<FieldRead> fields_read(const Rule& rule) {
    std::vector<FieldRead> reads;
    Collector collector{reads};
    Scope scope{
        {"manifest", {FieldPath{}}         },
        {"facts",    {FieldPath{"(facts)"}}}
    };
    std::vector<Expression> lists;
    for (const Loop& loop : rule.loops) {
        const std::optional<Expression> list = parse_expression(loop.list.text());
        if (!list) continue;
        scope[loop.variable] = collector.items(*list, scope);
        lists.push_back(*list);
    }
    if (const std::optional<Expression> assertion = parse_expression(rule.assertion.text())) collector.collect(*assertion, scope);
    if (rule.when) {
        if (const std::optional<Expression> when = parse_expression(rule.when->text())) collector.collect(*when, scope);
    }
    for (const Expression& list : lists) collector.collect(list, scope);
    return reads;
}

}  // namespace puente::rules
