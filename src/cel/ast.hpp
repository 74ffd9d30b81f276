#pragma once

#include <memory>
#include <string>
#include <vector>

#include "cel/type.hpp"
#include "puente/cel/value.hpp"

namespace puente::cel {

/// What an expression is. Operators are calls of functions named as in cel-spec: "_+_", "_[_]", "@in".
enum class Shape : std::uint8_t {
    constant,  ///< value
    name,      ///< name
    select,    ///< parts[0] . name; `tests` for has()
    call,      ///< name(parts...); `member` when parts[0] stood before the dot
    all_of,    ///< parts joined by &&
    any_of,    ///< parts joined by ||
    choice,    ///< parts[0] ? parts[1] : parts[2]
    list,      ///< parts
    map,       ///< parts: key, value, key, value...
    loop,      ///< a macro over parts[0]; see Macro
};

/// The macros that walk a list or a map (langdef.md "Macros"). parts: range, body; with `filtered` range, condition, body.
enum class Macro : std::uint8_t { all, exists, exists_one, map, filter, transform_list, transform_map };

/// What a name turned out to be.
enum class Refers : std::uint8_t { nothing, variable, local, type };

struct Expr {
    Shape shape = Shape::constant;
    std::uint32_t begin = 0;  ///< bytes into the text
    std::uint32_t end = 0;
    std::uint32_t at = 0;  ///< the byte that faults point to
    std::uint32_t height = 1;
    bool member = false;
    bool tests = false;
    bool rooted = false;  ///< written with a leading dot: never a macro's variable
    bool filtered = false;
    Macro macro = Macro::all;
    Value value{};
    std::string name{};
    std::string variable{};         ///< of a loop: the element, key or index
    std::string second_variable{};  ///< of a loop over pairs, else empty
    std::vector<std::unique_ptr<Expr>> parts{};

    // What the checker found.
    TypeRef type{};
    Refers refers = Refers::nothing;
    std::size_t index = 0;  ///< slot of a variable, or place of a local
    std::string problem{};  ///< unchecked: the error that evaluating it gives
};
using ExprPtr = std::unique_ptr<Expr>;

/// The text of a program, and what its positions are called.
class Source {
public:
    explicit Source(std::string_view text) : text_{text} {}
    std::string_view text() const { return text_; }
    /// A fault at a byte of the text, by line and column.
    Fault fault(std::size_t at, std::string what) const;

private:
    std::string_view text_;
};

}  // namespace puente::cel
