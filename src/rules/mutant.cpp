#include "rules/mutant.hpp"

#include <fmt/format.h>

#include <map>
#include <set>
#include <string_view>
#include <utility>

#include "rules/expression.hpp"

namespace puente::rules {

namespace {

/// A change of a source text in one place.
struct Change {
    std::size_t begin;
    std::size_t end;
    std::string replacement;
    std::size_t at;  ///< where the change is said to be
    std::string what;
};

const std::map<std::string, std::vector<std::string>, std::less<>> other_operators{
    {"&&", {"||"}      },
    {"||", {"&&"}      },
    {"<",  {"<=", ">="}},
    {"<=", {"<", ">"}  },
    {">",  {">=", "<="}},
    {">=", {">", "<"}  },
    {"==", {"!="}      },
    {"!=", {"=="}      },
    {"+",  {"-"}       },
    {"-",  {"+"}       },
};
const std::map<std::string, std::string, std::less<>> other_macros{
    {"all",    "exists"},
    {"exists", "all"   }
};

/// Finds every place of an expression where it can be changed.
class Changes {
public:
    explicit Changes(std::string_view source) : source_{source} {}

    std::vector<Change> of(const Expression& expression) {
        look(expression, false);
        return std::move(changes_);
    }

private:
    void look(const Expression& expression, bool in_span) {
        if (expression.form == Form::operation) look_at_operation(expression);
        if (expression.form == Form::prefix && expression.word == "!") replace(expression, expression.parts[0].in(source_), expression.at, "drop !");
        if (expression.form == Form::choice) {
            replace(expression, expression.parts[1].in(source_), expression.at, "always the first choice");
            replace(expression, expression.parts[2].in(source_), expression.at, "always the second choice");
        }
        if (expression.form == Form::number) look_at_number(expression);
        if (expression.form == Form::text) look_at_text(expression, in_span);
        if (expression.is_macro() && other_macros.contains(expression.word)) {
            const std::string& other = other_macros.at(expression.word);
            changes_.push_back(
                {expression.at, expression.at + expression.word.size(), other, expression.at, fmt::format("{} to {}", expression.word, other)});
        }
        const bool span =
            expression.form == Form::call && (expression.word == "duration" || expression.word == "timestamp" || expression.word == "day");
        for (const Expression& part : expression.parts) look(part, span);
    }

    void look_at_operation(const Expression& expression) {
        const std::string_view left = expression.parts[0].in(source_);
        const std::string_view right = expression.parts[1].in(source_);
        if (expression.word == "in") replace(expression, fmt::format("!({} in {})", left, right), expression.at, "in to not in");
        if (const auto others = other_operators.find(expression.word); others != other_operators.end()) {
            for (const std::string& other : others->second) {
                replace(expression, fmt::format("({} {} {})", left, other, right), expression.at, fmt::format("{} to {}", expression.word, other));
            }
        }
        if (expression.word != "&&" && expression.word != "||") return;
        for (const std::size_t dropped : {0U, 1U}) {
            const Expression& gone = expression.parts[dropped];
            if (gone.form == Form::operation && gone.word == expression.word) continue;  // its own operands are dropped one by one
            replace(expression, expression.parts[1 - dropped].in(source_), gone.begin, fmt::format("drop `{}`", gone.in(source_)));
        }
    }

    void look_at_number(const Expression& expression) {
        if (expression.word.find_first_not_of("0123456789") != std::string::npos || expression.word.size() > 15) return;
        const long long number = std::stoll(expression.word);
        for (const long long other : {number - 1, number + 1})
            replace(expression, fmt::format("({})", other), expression.at, fmt::format("{} to {}", number, other));
    }

    /// A span or a moment moves by its last digit; any other text becomes one that nobody writes.
    void look_at_text(const Expression& expression, bool in_span) {
        std::string text = literal_text(expression.word);
        if (const std::size_t digit = text.find_last_of("0123456789"); in_span && digit != std::string::npos) {
            text[digit] = text[digit] == '9' ? '8' : static_cast<char>(text[digit] + 1);
        } else {
            text += "~";
        }
        replace(expression, quoted_text(text), expression.at, fmt::format("{} changed", expression.word));
    }

    void replace(const Expression& expression, std::string_view replacement, std::size_t at, std::string what) {
        changes_.push_back({expression.begin, expression.end, std::string{replacement}, at, std::move(what)});
    }

    std::string_view source_;
    std::vector<Change> changes_;
};

/// Makes the mutants of one rule.
class Breeder {
public:
    Breeder(const Rule& rule, const Rulebook& rulebook) : rule_{rule}, environment_{make_environment(rulebook.bound->lists)} {
        for (const Loop& loop : rule.loops) environment_.add_variable(loop.variable, cel::element_of(*loop.list.result_type()));
    }

    std::vector<Mutant> breed() {
        add("negate assert", true, "", "!(" + rule_.assertion.text() + ")");
        add("assert always holds", true, "", "true");
        add("assert never holds", true, "", "false");
        if (rule_.when) {
            Mutant always{"when always holds", true, {}, {}, {}, true};
            mutants_.push_back(std::move(always));
        }
        add("when never holds", true, "false", "");
        change("assert", rule_.assertion.text(), false);
        if (rule_.when) change("when", rule_.when->text(), true);
        move_days("from", rule_.effective.from, &Effective::from);
        move_days("until", rule_.effective.until, &Effective::until);
        return std::move(mutants_);
    }

private:
    void add(std::string name, bool coarse, const std::string& when, const std::string& assertion) {
        Mutant mutant;
        mutant.name = std::move(name);
        mutant.coarse = coarse;
        for (const auto& [text, into] : {
                 std::pair{&when,      &mutant.when     },
                 std::pair{&assertion, &mutant.assertion}
        }) {
            if (text->empty()) continue;
            cel::Compiled compiled = cel::compile(*text, environment_);
            if (!compiled.ok() || cel::to_text(*compiled.program.result_type()) != "bool") return;
            *into = std::move(compiled.program);
        }
        mutants_.push_back(std::move(mutant));
    }

    void change(const char* part, const std::string& source, bool is_when) {
        const std::optional<Expression> expression = parse_expression(source);
        if (!expression) return;
        std::set<std::string> seen{source};
        for (const Change& each : Changes{source}.of(*expression)) {
            std::string text = source.substr(0, each.begin) + each.replacement + source.substr(each.end);
            if (!seen.insert(text).second) continue;
            add(fmt::format("{} {}: {}", part, each.at + 1, each.what), false, is_when ? text : "", is_when ? "" : text);
        }
    }

    void move_days(const char* name, const std::optional<std::chrono::sys_days>& bound, std::optional<std::chrono::sys_days> Effective::*member) {
        if (!bound) return;
        for (const int off : {-1, 1}) {
            Mutant mutant;
            mutant.name = fmt::format("effective {} {:+} day", name, off);
            mutant.effective = rule_.effective;
            (*mutant.effective).*member = *bound + std::chrono::days{off};
            mutants_.push_back(std::move(mutant));
        }
    }

    const Rule& rule_;
    cel::Environment environment_;
    std::vector<Mutant> mutants_;
};

}  // namespace

Reading Mutant::of(const Rule& rule) const {
    const Reading written = as_written(rule);
    const cel::Program* const condition = drops_when ? nullptr : when ? &*when : written.when;
    return {rule, condition, assertion ? &*assertion : written.assertion, effective ? *effective : written.effective};
}

std::vector<Mutant> mutants_of(const Rule& rule, const Rulebook& rulebook) {
    return Breeder{rule, rulebook}.breed();
}

}  // namespace puente::rules
