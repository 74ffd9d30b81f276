#include "cel/lexer.hpp"

#include <array>

namespace puente::cel {

namespace {

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}
bool is_hex(char c) {
    return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}
bool starts_word(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}
bool in_word(char c) {
    return starts_word(c) || is_digit(c);
}

constexpr std::array<std::string_view, 6> long_symbols = {"==", "!=", "<=", ">=", "&&", "||"};
constexpr std::string_view short_symbols = "()[]{}.,:?+-*/%!<>";

}  // namespace

Token Lexer::next() {
    skip_blank();
    if (at_ >= source_.size()) return made(Mark::end, source_.size(), {});
    const char first = source_[at_];
    if (is_digit(first) || (first == '.' && is_digit(peek(1)))) return number();
    if (first == '"' || first == '\'') return string_literal(0, false, false);
    if (starts_word(first)) return word();
    if (first == '`') return quoted_name();
    return symbol();
}

void Lexer::skip_blank() {
    while (at_ < source_.size()) {
        const char c = source_[at_];
        if (c == '/' && peek(1) == '/') {
            while (at_ < source_.size() && source_[at_] != '\n') ++at_;
        } else if (c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f') {
            ++at_;
        } else {
            return;
        }
    }
}

Token Lexer::number() {
    const std::size_t begin = at_;
    Mark mark = Mark::integer;
    if (peek() == '0' && (peek(1) == 'x' || peek(1) == 'X') && is_hex(peek(2))) {
        at_ += 2;
        while (is_hex(peek())) ++at_;
    } else {
        while (is_digit(peek())) ++at_;
        if (peek() == '.' && is_digit(peek(1))) {
            mark = Mark::floating;
            ++at_;
            while (is_digit(peek())) ++at_;
        }
        const std::size_t sign = peek(1) == '+' || peek(1) == '-' ? 1 : 0;
        if ((peek() == 'e' || peek() == 'E') && is_digit(peek(1 + sign))) {
            mark = Mark::floating;
            at_ += 1 + sign;
            while (is_digit(peek())) ++at_;
        }
    }
    const std::string_view digits = source_.substr(begin, at_ - begin);
    if (mark == Mark::integer && (peek() == 'u' || peek() == 'U')) {
        ++at_;
        mark = Mark::unsigned_integer;
    }
    if (in_word(peek())) return broken(begin, "a number must not run into a name");
    return made(mark, begin, digits);
}

Token Lexer::word() {
    const std::size_t begin = at_;
    while (in_word(peek())) ++at_;
    const std::string_view text = source_.substr(begin, at_ - begin);
    if (text.size() <= 2 && (peek() == '"' || peek() == '\'')) {
        const auto has = [&](char lower, char upper) { return text.find(lower) != text.npos || text.find(upper) != text.npos; };
        const bool raw = has('r', 'R');
        const bool bytes = has('b', 'B');
        if (static_cast<std::size_t>(raw) + static_cast<std::size_t>(bytes) == text.size()) {
            at_ = begin;
            return string_literal(text.size(), raw, bytes);
        }
    }
    return made(Mark::identifier, begin, text);
}

Token Lexer::quoted_name() {
    const std::size_t begin = at_++;
    const auto allowed = [](char c) { return in_word(c) || c == '.' || c == '-' || c == '/' || c == ' '; };
    while (at_ < source_.size() && allowed(source_[at_])) ++at_;
    if (peek() != '`' || at_ == begin + 1)
        return broken(begin, "a name in backquotes has letters, digits, '_', '.', '-', '/' and blanks, and ends with a backquote");
    ++at_;
    return made(Mark::quoted, begin, source_.substr(begin + 1, at_ - begin - 2));
}

Token Lexer::symbol() {
    const std::size_t begin = at_;
    for (const std::string_view each : long_symbols) {
        if (source_.substr(at_, each.size()) != each) continue;
        at_ += each.size();
        return made(Mark::symbol, begin, source_.substr(begin, each.size()));
    }
    ++at_;
    if (short_symbols.find(source_[begin]) == short_symbols.npos) return broken(begin, "this character means nothing in CEL");
    return made(Mark::symbol, begin, source_.substr(begin, 1));
}

Token Lexer::string_literal(std::size_t prefix, bool raw, bool bytes) {
    const std::size_t begin = at_;
    at_ += prefix;
    const char quote = source_[at_];
    const bool triple = peek(1) == quote && peek(2) == quote;
    const std::size_t width = triple ? 3 : 1;
    at_ += width;
    const std::size_t inside = at_;
    while (at_ < source_.size()) {
        const char c = source_[at_];
        if (c == quote && (!triple || (peek(1) == quote && peek(2) == quote))) break;
        if (!triple && (c == '\n' || c == '\r')) return broken(begin, "a string on one line must end on that line; use ''' or \"\"\" for several");
        at_ += c == '\\' && !raw && at_ + 1 < source_.size() ? 2U : 1U;
    }
    if (at_ >= source_.size()) return broken(begin, "the string does not end");
    const std::string_view written = source_.substr(inside, at_ - inside);
    at_ += width;
    std::string text{written};
    if (!raw && !unescape(written, bytes, text)) return broken(begin, arena_.keep(text));
    Token token = made(bytes ? Mark::bytes : Mark::string, begin, {});
    token.value = bytes ? Value::bytes(arena_.keep(text)) : Value::string(arena_.keep(text));
    return token;
}

Token Lexer::made(Mark mark, std::size_t begin, std::string_view text) const {
    return {mark, static_cast<std::uint32_t>(begin), static_cast<std::uint32_t>(at_), text, Value{}};
}

Token Lexer::broken(std::size_t begin, std::string_view why) const {
    return made(Mark::broken, begin, why);
}

}  // namespace puente::cel
