#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace puente::rules {

/// The form of one piece of an expression.
enum class Form : std::uint8_t { text, number, constant, name, field, item, call, list, map, prefix, operation, choice };

/// A condition as it is written: what the workshop (vectors, mutants) needs in order to see which fields it reads and to change it in places.
/// Not what is evaluated: that is the cel room's affair.
struct Expression {
    Form form = Form::constant;
    std::size_t begin = 0;  ///< in the source, parentheses around it included
    std::size_t end = 0;
    std::size_t at = 0;             ///< where `word` stands
    std::string word;               ///< literal as written; name; field or function called; operator
    std::vector<Expression> parts;  ///< operands; of a call: the receiver, when there is one, then the arguments
    bool has_receiver = false;

    std::string_view in(std::string_view source) const { return source.substr(begin, end - begin); }
    /// A call of `receiver.word(variable, ...)` that binds a variable: all, exists, exists_one, map, filter.
    bool is_macro() const;
};

/// Cuts an expression that the loader has accepted; nothing for a form that rules do not use.
std::optional<Expression> parse_expression(std::string_view source);

/// What a text literal stands for: 'a' is a, r"\b" is \b.
std::string literal_text(std::string_view literal);

/// A text literal that stands for `text`.
std::string quoted_text(std::string_view text);

}  // namespace puente::rules
