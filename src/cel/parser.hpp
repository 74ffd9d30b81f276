#pragma once

#include "cel/lexer.hpp"

namespace puente::cel {

/// Turns CEL source into a tree, macros included, by recursive descent with a limit on nesting (langdef.md "Syntax").
class Parser {
public:
    Parser(const Source& source, Arena& arena, const CompileOptions& options);
    /// The tree of the whole text, or null with a fault.
    ExprPtr parse(std::vector<Fault>& faults);

private:
    ExprPtr expression();
    ExprPtr binary(int strength);
    ExprPtr chain(ExprPtr first, Shape shape, int strength);
    ExprPtr unary();
    ExprPtr member();
    ExprPtr selection(ExprPtr operand);
    ExprPtr index(ExprPtr operand);
    ExprPtr primary();
    ExprPtr named();
    ExprPtr number(bool negative, std::uint32_t begin);
    ExprPtr list();
    ExprPtr map();
    bool arguments(std::vector<ExprPtr>& into);
    /// parser_macros: makes the macro that a call turns out to be; leaves other calls alone.
    ExprPtr macro(ExprPtr call);
    ExprPtr has_macro(ExprPtr call);
    bool loop_variable(const Expr& argument, std::string& name);

    void advance();
    bool at_symbol(std::string_view text) const { return token_.mark == Mark::symbol && token_.text == text; }
    bool take(std::string_view symbol);
    bool expect(std::string_view symbol, std::string_view context);
    ExprPtr make(Shape shape, std::uint32_t begin) const;
    ExprPtr finish(ExprPtr made);
    ExprPtr fail(std::size_t at, std::string what);
    std::string seen() const;

    const Source& source_;
    const CompileOptions& options_;
    Lexer lexer_;
    Token token_{};
    std::uint32_t last_end_ = 0;
    std::uint32_t depth_ = 0;
    bool failed_ = false;
    Fault fault_{};
};

}  // namespace puente::cel
