#include "rules/expression.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <set>
#include <utility>

namespace puente::rules {

namespace {

/// Recursive descent over CEL's grammar (cel-spec, langdef.md "Syntax"), without message literals.
class Cutter {
public:
    explicit Cutter(std::string_view source) : source_{source} {}

    std::optional<Expression> whole() {
        Expression made = choice();
        skip();
        if (broken_ || at_ != source_.size()) return std::nullopt;
        return made;
    }

private:
    using Level = std::vector<std::string_view>;
    static const std::array<Level, 5> levels;  ///< operators, those that bind least first

    void skip() {
        while (at_ < source_.size() && std::isspace(static_cast<unsigned char>(source_[at_])) != 0) ++at_;
    }

    static bool is_word(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_'; }

    bool take(std::string_view symbol) {
        skip();
        if (source_.substr(at_, symbol.size()) != symbol) return false;
        const std::size_t after = at_ + symbol.size();
        if (is_word(symbol.back()) && after < source_.size() && is_word(source_[after])) return false;
        if (symbol == "!" && source_.substr(at_, 2) == "!=") return false;
        at_ = after;
        return true;
    }

    void must(std::string_view symbol) {
        if (!take(symbol)) broken_ = true;
    }

    Expression made(Form form, std::size_t begin, std::size_t word_at, std::string_view word, std::vector<Expression> parts) {
        return {form, begin, at_, word_at, std::string{word}, std::move(parts), false};
    }

    Expression choice() {
        Expression condition = operation(0);
        const std::size_t mark = at_;
        if (broken_ || !take("?")) return condition;
        std::vector<Expression> parts;
        parts.push_back(std::move(condition));
        parts.push_back(operation(0));
        must(":");
        parts.push_back(choice());
        const std::size_t begin = parts[0].begin;
        const std::size_t end = parts[2].end;
        Expression whole = made(Form::choice, begin, mark, "?", std::move(parts));
        whole.end = end;
        return whole;
    }

    Expression operation(std::size_t level) {
        if (level == levels.size()) return prefix();
        Expression left = operation(level + 1);
        while (!broken_) {
            skip();
            const std::size_t mark = at_;
            const auto symbol = std::find_if(levels[level].begin(), levels[level].end(), [&](std::string_view each) { return take(each); });
            if (symbol == levels[level].end()) break;
            std::vector<Expression> parts;
            parts.push_back(std::move(left));
            parts.push_back(operation(level + 1));
            const std::size_t begin = parts[0].begin;
            const std::size_t end = parts[1].end;
            left = made(Form::operation, begin, mark, *symbol, std::move(parts));
            left.end = end;
        }
        return left;
    }

    Expression prefix() {
        skip();
        const std::size_t begin = at_;
        for (const std::string_view symbol : {"!", "-"}) {
            if (!take(symbol)) continue;
            std::vector<Expression> parts;
            parts.push_back(prefix());
            const std::size_t end = parts[0].end;
            Expression negated = made(Form::prefix, begin, begin, symbol, std::move(parts));
            negated.end = end;
            return negated;
        }
        return member();
    }

    Expression member() {
        Expression made_so_far = primary();
        while (!broken_) {
            const std::size_t end = at_;
            if (take(".")) {
                made_so_far = selected(std::move(made_so_far));
            } else if (take("[")) {
                std::vector<Expression> parts;
                const std::size_t begin = made_so_far.begin;
                parts.push_back(std::move(made_so_far));
                parts.push_back(choice());
                must("]");
                made_so_far = made(Form::item, begin, end, "[", std::move(parts));
            } else {
                at_ = end;
                break;
            }
        }
        return made_so_far;
    }

    Expression selected(Expression receiver) {
        skip();
        const std::size_t mark = at_;
        const std::string_view name = word();
        const std::size_t begin = receiver.begin;
        std::vector<Expression> parts;
        parts.push_back(std::move(receiver));
        const std::size_t end = at_;
        if (!take("(")) {
            at_ = end;
            return made(Form::field, begin, mark, name, std::move(parts));
        }
        items(parts, ")");
        Expression call = made(Form::call, begin, mark, name, std::move(parts));
        call.has_receiver = true;
        return call;
    }

    Expression primary() {
        skip();
        const std::size_t begin = at_;
        if (at_ >= source_.size()) return broken();
        if (take("(")) {
            Expression inner = choice();
            must(")");
            inner.begin = begin;
            inner.end = at_;
            return inner;
        }
        std::vector<Expression> parts;
        if (take("[")) {
            items(parts, "]");
            return made(Form::list, begin, begin, "[", std::move(parts));
        }
        if (take("{")) {
            items(parts, "}");
            return made(Form::map, begin, begin, "{", std::move(parts));
        }
        if (text_literal()) return made(Form::text, begin, begin, source_.substr(begin, at_ - begin), {});
        if (std::isdigit(static_cast<unsigned char>(source_[at_])) != 0) return number();
        const std::string_view name = word();
        if (name == "true" || name == "false" || name == "null") return made(Form::constant, begin, begin, name, {});
        const std::size_t end = at_;
        if (!take("(")) {
            at_ = end;
            return made(Form::name, begin, begin, name, {});
        }
        items(parts, ")");
        return made(Form::call, begin, begin, name, std::move(parts));
    }

    void items(std::vector<Expression>& parts, std::string_view close) {
        while (!broken_ && !take(close)) {
            parts.push_back(choice());
            if (take(":")) parts.push_back(choice());
            if (!take(",")) {
                must(close);
                return;
            }
        }
    }

    Expression number() {
        const std::size_t begin = at_;
        while (at_ < source_.size() && (is_word(source_[at_]) || source_[at_] == '.')) ++at_;
        return made(Form::number, begin, begin, source_.substr(begin, at_ - begin), {});
    }

    std::string_view word() {
        const std::size_t begin = at_;
        while (at_ < source_.size() && is_word(source_[at_])) ++at_;
        if (at_ == begin) broken_ = true;
        return source_.substr(begin, at_ - begin);
    }

    bool text_literal() {
        std::size_t quote = at_;
        while (quote < source_.size() && quote < at_ + 2 && std::string_view{"rRbB"}.find(source_[quote]) != std::string_view::npos) ++quote;
        if (quote >= source_.size() || (source_[quote] != '\'' && source_[quote] != '"')) return false;
        const bool raw = source_.substr(at_, quote - at_).find_first_of("rR") != std::string_view::npos;
        for (std::size_t i = quote + 1; i < source_.size(); ++i) {
            if (source_[i] == '\\' && !raw) {
                ++i;
            } else if (source_[i] == source_[quote]) {
                at_ = i + 1;
                return true;
            }
        }
        broken_ = true;
        return false;
    }

    Expression broken() {
        broken_ = true;
        return {};
    }

    std::string_view source_;
    std::size_t at_ = 0;
    bool broken_ = false;
};

const std::array<Cutter::Level, 5> Cutter::levels{
    Level{"||"},
    Level{     "&&" },
    Level{ "<=", ">=", "==", "!=", "<", ">", "in"},
    Level{  "+",   "-"},
    Level{"*",    "/", "%"},
};

}  // namespace

bool Expression::is_macro() const {
    static const std::set<std::string_view> macros{"all", "exists", "exists_one", "map", "filter"};
    return form == Form::call && has_receiver && parts.size() >= 3 && parts[1].form == Form::name && macros.contains(word);
}

std::optional<Expression> parse_expression(std::string_view source) {
    return Cutter{source}.whole();
}

std::string literal_text(std::string_view literal) {
    const std::size_t quote = literal.find_first_of("'\"");
    const bool raw = literal.substr(0, quote).find_first_of("rR") != std::string_view::npos;
    const std::string_view inside = literal.substr(quote + 1, literal.size() - quote - 2);
    std::string text;
    for (std::size_t i = 0; i < inside.size(); ++i) {
        if (inside[i] == '\\' && !raw && i + 1 < inside.size()) ++i;
        text += inside[i];
    }
    return text;
}

std::string quoted_text(std::string_view text) {
    std::string literal{"'"};
    for (const char c : text) {
        if (c == '\'' || c == '\\') literal += '\\';
        literal += c;
    }
    return literal + "'";
}

}  // namespace puente::rules
