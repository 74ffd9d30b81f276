#pragma once

#include "cel/ast.hpp"

namespace puente::cel {

enum class Mark : std::uint8_t {
    end,
    broken,      ///< `text` says what is wrong
    identifier,  ///< text, reserved words included
    quoted,      ///< text: `a field name in backquotes`
    integer,     ///< text: the digits, unsigned or hexadecimal ones with their letters
    unsigned_integer,
    floating,
    string,  ///< value
    bytes,   ///< value
    symbol,  ///< text: an operator or punctuation
};

struct Token {
    Mark mark = Mark::end;
    std::uint32_t begin = 0;
    std::uint32_t end = 0;
    std::string_view text{};
    Value value{};
};

/// Cuts CEL source into tokens (langdef.md "Syntax"). Text of string literals is kept in the arena.
class Lexer {
public:
    Lexer(std::string_view source, Arena& arena) : source_{source}, arena_{arena} {}
    Token next();

private:
    void skip_blank();
    Token number();
    Token word();
    Token quoted_name();
    Token symbol();
    Token string_literal(std::size_t prefix, bool raw, bool bytes);
    Token made(Mark mark, std::size_t begin, std::string_view text) const;
    Token broken(std::size_t begin, std::string_view why) const;
    char peek(std::size_t ahead = 0) const { return at_ + ahead < source_.size() ? source_[at_ + ahead] : '\0'; }

    std::string_view source_;
    Arena& arena_;
    std::size_t at_ = 0;
};

/// Resolves the escapes of a literal's inside. Gives false and says why in `text` when one is wrong.
bool unescape(std::string_view inside, bool bytes, std::string& text);

}  // namespace puente::cel
