#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "puente/cel/value.hpp"
#include "puente/field_access.hpp"

namespace google::protobuf {
class Descriptor;
class FieldDescriptor;
}  // namespace google::protobuf

namespace puente::cel {

class Node;
struct Trace;

/// The type of an expression, as the checker sees it. Shared, immutable.
class Type;
using TypeRef = std::shared_ptr<const Type>;

TypeRef dyn_type();
TypeRef null_type();
TypeRef boolean_type();
TypeRef integer_type();
TypeRef unsigned_type();
TypeRef double_type();
TypeRef string_type();
TypeRef bytes_type();
TypeRef timestamp_type();
TypeRef duration_type();
TypeRef list_type(TypeRef element);
TypeRef map_type(TypeRef key, TypeRef value);
/// A protobuf message; google.protobuf.Timestamp, Duration, Struct, Value and ListValue become their CEL types.
TypeRef message_type(const google::protobuf::Descriptor& descriptor);
/// "list(puente.v1.Shipment)".
std::string to_text(const Type& type);
/// The element type of a list, or null when the type is not a list.
TypeRef element_of(const Type& type);

/// One thing wrong with an expression, found before it ever runs.
struct Fault {
    std::uint32_t line = 1;    ///< 1-based
    std::uint32_t column = 1;  ///< 1-based, in code points
    std::string text;          ///< what was expected; for an unknown name, the nearest known one
};

/// An extension function. `arguments` has the declared number and types of values, none of them an error.
using Function = Value (*)(std::span<const Value> arguments, Arena& arena);

/// What an expression may name: variables (each with a slot in the activation), extension functions, fields of messages.
class Environment {
public:
    Environment();
    ~Environment();
    Environment(Environment&&) noexcept;
    Environment& operator=(Environment&&) noexcept;

    /// Declares a variable and gives its slot: the index of its value in the activation.
    std::size_t add_variable(std::string name, TypeRef type);
    /// Declares a function called by its (possibly dotted) name: "vin.isValid". Several may share a name with different argument types.
    void add_function(std::string name, std::vector<TypeRef> arguments, TypeRef result, Function function, std::uint32_t cost = 1);
    /// Direct accessors for the fields of generated classes. Fields without one are read by reflection.
    void use_field_access(std::span<const FieldAccess> table);

    struct Inside;
    const Inside& inside() const { return *inside_; }
    Inside& inside() { return *inside_; }

private:
    std::unique_ptr<Inside> inside_;
};

/// How a program is made.
struct CompileOptions {
    bool check = true;                     ///< type-check; without it everything is dyn and names are resolved at run time (`disable_check`)
    std::uint64_t cost_max = 1'000'000;    ///< an evaluation that would do more steps ends in an error
    std::uint32_t depth_max = 64;          ///< nesting of the expression
    std::size_t text_max = 16 * 1024;      ///< bytes of source text
};

/// The value of one sub-expression on the way to the verdict.
struct Step {
    std::uint32_t line;
    std::uint32_t column;
    std::string expression;  ///< the source text of the sub-expression
    std::string value;       ///< as CEL would write it
};

/// A parsed, checked and bound expression, or none. Immutable: any number of threads may run it, each with its own arena. Copies share it.
class Program {
public:
    Program() = default;
    explicit operator bool() const { return inside_ != nullptr; }

    /// Runs it. `activation` holds the value of each variable by slot. Gives a value of kind error where CEL says error; never throws.
    Value run(std::span<const Value> activation, Arena& arena) const;
    /// Asks the processor to bring its nodes near: to be called a moment before it is run.
    void prefetch() const {
        constexpr std::uintptr_t line = 64;
        constexpr std::uintptr_t lines = 5;  // most programs are no longer
        const auto root = reinterpret_cast<std::uintptr_t>(root_);
        for (std::uintptr_t i = 0; i < lines; ++i) __builtin_prefetch(reinterpret_cast<const void*>(root - i * line));
    }
    /// Runs it and notes the value of each sub-expression, innermost first.
    Value explain(std::span<const Value> activation, Arena& arena, std::vector<Step>& steps) const;
    /// Type of the result.
    const TypeRef& result_type() const;
    /// The text it was made from.
    const std::string& text() const;

    struct Inside;
    explicit Program(std::shared_ptr<const Inside> inside);

private:
    Value run(const Node& node, std::span<const Value> activation, Arena& arena, Trace* trace) const;

    // What running reads stands here rather than inside: one place in memory less to go to.
    const Node* root_ = nullptr;  ///< the nodes below it lie before it in memory, the nearest last
    std::int64_t budget_ = 0;     ///< steps left when what every evaluation does is paid for
    std::uint32_t slots_ = 0;     ///< values that an activation must have
    std::uint32_t locals_ = 0;    ///< variables that its macros bring
    std::shared_ptr<const Inside> inside_;
};

/// A program, or every fault of the text.
struct Compiled {
    Program program;
    std::vector<Fault> faults;
    bool ok() const { return faults.empty(); }
};

/// Parses, checks and binds. Everything is resolved here: running does no parsing and no look-up of names.
Compiled compile(std::string_view text, const Environment& environment, const CompileOptions& options = {});

/// A value written as CEL source would write it, shortened to `characters_max`.
std::string to_text(const Value& value, std::size_t characters_max = 120);

}  // namespace puente::cel
