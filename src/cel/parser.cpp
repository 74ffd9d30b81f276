#include "cel/parser.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>

#include "cel/utf8.hpp"

namespace puente::cel {

namespace {

struct BinaryOperator {
    std::string_view symbol;
    int strength;
    const char* function;
};
constexpr int weakest = 1;
constexpr std::array binary_operators = {
    BinaryOperator{"||", 1, ""    },
    BinaryOperator{"&&", 2, ""    },
    BinaryOperator{"==", 3, "_==_"},
    BinaryOperator{"!=", 3, "_!=_"},
    BinaryOperator{"<=", 3, "_<=_"},
    BinaryOperator{">=", 3, "_>=_"},
    BinaryOperator{"<",  3, "_<_" },
    BinaryOperator{">",  3, "_>_" },
    BinaryOperator{"in", 3, "@in" },
    BinaryOperator{"+",  4, "_+_" },
    BinaryOperator{"-",  4, "_-_" },
    BinaryOperator{"*",  5, "_*_" },
    BinaryOperator{"/",  5, "_/_" },
    BinaryOperator{"%",  5, "_%_" },
};

constexpr std::array<std::string_view, 4> keywords = {"false", "in", "null", "true"};
/// Words that cannot name a variable, though they can name a field (langdef.md "Reserved").
constexpr std::array<std::string_view, 17> reserved = {"as",  "break", "const",   "continue",  "else",   "for", "function", "if",   "import",
                                                       "let", "loop",  "package", "namespace", "return", "var", "void",     "while"};

/// Each step of a chain such as a.b.c or 1 + 2 + 3 makes the tree higher without nesting; later passes walk it by recursion.
constexpr std::uint32_t height_per_depth = 8;

template <class Words>
bool holds(const Words& words, std::string_view word) {
    return std::find(words.begin(), words.end(), word) != words.end();
}

}  // namespace

Fault Source::fault(std::size_t at, std::string what) const {
    Fault fault;
    fault.text = std::move(what);
    const std::string_view before = text_.substr(0, std::min(at, text_.size()));
    const std::size_t line_start = before.rfind('\n') == before.npos ? 0 : before.rfind('\n') + 1;
    fault.line = static_cast<std::uint32_t>(1 + std::count(before.begin(), before.end(), '\n'));
    fault.column = static_cast<std::uint32_t>(1 + count_code_points(before.substr(line_start)));
    return fault;
}

Parser::Parser(const Source& source, Arena& arena, const CompileOptions& options)
    : source_{source}, options_{options}, lexer_{source.text(), arena} {}

ExprPtr Parser::parse(std::vector<Fault>& faults) {
    ExprPtr tree;
    if (source_.text().size() > options_.text_max) {
        fail(0, fmt::format("the expression has {} bytes; {} are allowed", source_.text().size(), options_.text_max));
    } else if (!is_utf8(source_.text())) {
        fail(0, "the expression is not valid UTF-8");
    } else {
        advance();
        tree = expression();
        if (tree && token_.mark != Mark::end) fail(token_.begin, "expected the end of the expression, not " + seen());
    }
    if (failed_) {
        faults.push_back(fault_);
        return nullptr;
    }
    return tree;
}

ExprPtr Parser::expression() {
    if (++depth_ > options_.depth_max) return fail(token_.begin, fmt::format("the expression is nested more than {} deep", options_.depth_max));
    const std::uint32_t begin = token_.begin;
    ExprPtr result = binary(weakest);
    if (result && at_symbol("?")) {
        ExprPtr choice = make(Shape::choice, begin);
        choice->at = token_.begin;
        advance();
        choice->parts.push_back(std::move(result));
        choice->parts.push_back(binary(weakest));
        if (choice->parts.back() == nullptr || !expect(":", "between the two outcomes of '?'")) return nullptr;
        choice->parts.push_back(expression());
        result = choice->parts.back() == nullptr ? nullptr : finish(std::move(choice));
    }
    --depth_;
    return result;
}

ExprPtr Parser::binary(int strength) {
    ExprPtr left = unary();
    while (left) {
        const bool named_operator = token_.mark == Mark::identifier && token_.text == "in";
        const auto found = std::find_if(binary_operators.begin(), binary_operators.end(), [&](const BinaryOperator& each) {
            return (token_.mark == Mark::symbol || named_operator) && token_.text == each.symbol;
        });
        if (found == binary_operators.end() || found->strength < strength) return left;
        if (found->strength <= 2) {
            left = chain(std::move(left), found->strength == 1 ? Shape::any_of : Shape::all_of, found->strength);
            continue;
        }
        ExprPtr call = make(Shape::call, left->begin);
        call->at = token_.begin;
        call->name = found->function;
        advance();
        call->parts.push_back(std::move(left));
        call->parts.push_back(binary(found->strength + 1));
        left = call->parts.back() == nullptr ? nullptr : finish(std::move(call));
    }
    return left;
}

/// a && b && c is one node with three parts: as high as its highest part, however long it is.
ExprPtr Parser::chain(ExprPtr first, Shape shape, int strength) {
    const std::string_view symbol = shape == Shape::any_of ? "||" : "&&";
    ExprPtr joined = make(shape, first->begin);
    joined->at = token_.begin;
    joined->parts.push_back(std::move(first));
    while (take(symbol)) {
        joined->parts.push_back(binary(strength + 1));
        if (joined->parts.back() == nullptr) return nullptr;
    }
    return finish(std::move(joined));
}

ExprPtr Parser::unary() {
    const std::uint32_t begin = token_.begin;
    if (!at_symbol("!") && !at_symbol("-")) return member();
    const std::string symbol{token_.text};
    bool odd = false;
    while (take(symbol)) odd = !odd;
    const bool numeric = token_.mark == Mark::integer || token_.mark == Mark::floating;
    if (symbol == "-" && odd && numeric) return selection(number(true, begin));
    ExprPtr operand;
    if (at_symbol("!") || at_symbol("-")) {
        return fail(token_.begin, "'!' and '-' cannot be mixed without parentheses");
    }
    operand = member();
    if (!operand || !odd) return operand;
    ExprPtr call = make(Shape::call, begin);
    call->name = symbol == "!" ? "!_" : "-_";
    call->parts.push_back(std::move(operand));
    return finish(std::move(call));
}

ExprPtr Parser::member() {
    return selection(primary());
}

ExprPtr Parser::selection(ExprPtr operand) {
    while (operand) {
        if (at_symbol("[")) {
            operand = index(std::move(operand));
        } else if (at_symbol("{")) {
            return fail(token_.begin, "messages cannot be made in an expression");
        } else if (!take(".")) {
            break;
        } else {
            const bool plain = token_.mark == Mark::identifier && !holds(keywords, token_.text);
            if (at_symbol("?")) return fail(token_.begin, "optional selection (.?) is not part of this CEL");
            if (!plain && token_.mark != Mark::quoted) return fail(token_.begin, "expected the name of a field or function after '.', not " + seen());
            ExprPtr made = make(Shape::select, operand->begin);
            made->at = token_.begin;
            made->name = std::string{token_.text};
            made->parts.push_back(std::move(operand));
            advance();
            if (plain && take("(")) {
                made->shape = Shape::call;
                made->member = true;
                if (!arguments(made->parts)) return nullptr;
                made = macro(finish(std::move(made)));
            } else {
                made = finish(std::move(made));
            }
            operand = std::move(made);
        }
    }
    return operand;
}

ExprPtr Parser::index(ExprPtr operand) {
    ExprPtr call = make(Shape::call, operand->begin);
    call->at = token_.begin;
    call->name = "_[_]";
    advance();
    if (at_symbol("?")) return fail(token_.begin, "optional indexing ([?]) is not part of this CEL");
    call->parts.push_back(std::move(operand));
    call->parts.push_back(expression());
    if (call->parts.back() == nullptr || !expect("]", "after the index")) return nullptr;
    return finish(std::move(call));
}

ExprPtr Parser::primary() {
    const std::uint32_t begin = token_.begin;
    switch (token_.mark) {
        case Mark::integer:
        case Mark::unsigned_integer:
        case Mark::floating:
            return number(false, begin);
        case Mark::string:
        case Mark::bytes: {
            ExprPtr literal = make(Shape::constant, begin);
            literal->value = token_.value;
            advance();
            return finish(std::move(literal));
        }
        case Mark::identifier:
            return named();
        default:
            break;
    }
    if (at_symbol(".")) return named();
    if (at_symbol("[")) return list();
    if (at_symbol("{")) return map();
    if (!take("(")) return fail(begin, "expected a value, a name or '(', not " + seen());
    ExprPtr inside = expression();
    if (!inside || !expect(")", "to close '('")) return nullptr;
    return inside;
}

ExprPtr Parser::named() {
    const std::uint32_t begin = token_.begin;
    const bool rooted = take(".");
    if (token_.mark != Mark::identifier) return fail(token_.begin, "expected a name after '.', not " + seen());
    const std::string_view word = token_.text;
    ExprPtr made = make(Shape::name, begin);
    if (holds(keywords, word) && !rooted && word != "in") {
        made->shape = Shape::constant;
        made->value = word == "null" ? Value::null() : Value::boolean(word == "true");
        advance();
        return finish(std::move(made));
    }
    if (holds(keywords, word)) return fail(token_.begin, fmt::format("expected a value, not '{}'", word));
    if (holds(reserved, word)) return fail(token_.begin, fmt::format("'{}' is reserved and cannot be a name", word));
    made->name = std::string{word};
    made->rooted = rooted;
    advance();
    if (!take("(")) return finish(std::move(made));
    made->shape = Shape::call;
    if (!arguments(made->parts)) return nullptr;
    return macro(finish(std::move(made)));
}

ExprPtr Parser::number(bool negative, std::uint32_t begin) {
    ExprPtr literal = make(Shape::constant, begin);
    const std::string_view text = token_.text;
    const bool hexadecimal = text.size() > 2 && (text[1] == 'x' || text[1] == 'X');
    if (token_.mark == Mark::floating) {
        double parsed = 0;
        const auto read = std::from_chars(text.data(), text.data() + text.size(), parsed);
        // Numbers nearer to zero than any double are zero; from_chars leaves `parsed` alone for them and for those that are too large.
        const bool tiny = text.find("e-") != text.npos || text.find("E-") != text.npos;
        if (read.ec == std::errc::result_out_of_range && !tiny) return fail(token_.begin, fmt::format("{} does not fit a double", text));
        literal->value = Value::floating(negative ? -parsed : parsed);
    } else {
        std::uint64_t parsed = 0;
        const std::string_view digits = hexadecimal ? text.substr(2) : text;
        const auto read = std::from_chars(digits.data(), digits.data() + digits.size(), parsed, hexadecimal ? 16 : 10);
        const bool is_unsigned = token_.mark == Mark::unsigned_integer;
        const std::uint64_t most = is_unsigned ? UINT64_MAX : (UINT64_MAX >> 1U) + (negative ? 1U : 0U);
        if (read.ec != std::errc{} || parsed > most)
            return fail(token_.begin, fmt::format("{} does not fit {}", text, is_unsigned ? "a uint" : "an int"));
        literal->value = is_unsigned ? Value::unsigned_integer(parsed) : Value::integer(static_cast<std::int64_t>(negative ? 0 - parsed : parsed));
    }
    advance();
    return finish(std::move(literal));
}

ExprPtr Parser::list() {
    ExprPtr made = make(Shape::list, token_.begin);
    advance();
    while (!at_symbol("]")) {
        if (at_symbol("?")) return fail(token_.begin, "optional items (?) are not part of this CEL");
        made->parts.push_back(expression());
        if (made->parts.back() == nullptr) return nullptr;
        if (!take(",")) break;
    }
    return expect("]", "to close the list") ? finish(std::move(made)) : nullptr;
}

ExprPtr Parser::map() {
    ExprPtr made = make(Shape::map, token_.begin);
    advance();
    while (!at_symbol("}")) {
        if (at_symbol("?")) return fail(token_.begin, "optional entries (?) are not part of this CEL");
        made->parts.push_back(expression());
        if (made->parts.back() == nullptr || !expect(":", "between key and value")) return nullptr;
        made->parts.push_back(expression());
        if (made->parts.back() == nullptr) return nullptr;
        if (!take(",")) break;
    }
    return expect("}", "to close the map") ? finish(std::move(made)) : nullptr;
}

bool Parser::arguments(std::vector<ExprPtr>& into) {
    if (take(")")) return true;
    do {
        into.push_back(expression());
        if (into.back() == nullptr) return false;
    } while (take(","));
    return expect(")", "after the arguments");
}

void Parser::advance() {
    last_end_ = token_.end;
    token_ = lexer_.next();
    if (token_.mark == Mark::broken) fail(token_.begin, std::string{token_.text});
}

bool Parser::take(std::string_view symbol) {
    if (!at_symbol(symbol)) return false;
    advance();
    return true;
}

bool Parser::expect(std::string_view symbol, std::string_view context) {
    if (take(symbol)) return true;
    fail(token_.begin, fmt::format("expected '{}' {}, not {}", symbol, context, seen()));
    return false;
}

ExprPtr Parser::make(Shape shape, std::uint32_t begin) const {
    auto made = std::make_unique<Expr>();
    made->shape = shape;
    made->begin = begin;
    made->at = begin;
    return made;
}

ExprPtr Parser::finish(ExprPtr made) {
    made->end = last_end_;
    for (const ExprPtr& part : made->parts) made->height = std::max(made->height, part->height + 1);
    if (made->height > options_.depth_max * height_per_depth) return fail(made->at, "the expression has too long a chain of operators or fields");
    return made;
}

ExprPtr Parser::fail(std::size_t at, std::string what) {
    if (!failed_) fault_ = source_.fault(at, std::move(what));
    failed_ = true;
    return nullptr;
}

std::string Parser::seen() const {
    if (token_.mark == Mark::end) return "the end";
    if (token_.mark == Mark::string || token_.mark == Mark::bytes) return "a string";
    return fmt::format("'{}'", token_.text);
}

}  // namespace puente::cel
