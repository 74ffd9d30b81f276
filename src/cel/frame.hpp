#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "puente/cel/program.hpp"
#include "puente/cel/value.hpp"

namespace puente::cel {

/// What explain() gathers: the latest value of each sub-expression, and the order in which they were first reached.
struct Trace {
    struct Seen {
        bool reached = false;
        Value value{};
    };
    std::vector<Seen> seen;
    std::vector<std::size_t> order;
};

/// One evaluation under way.
struct Frame {
    const Value* slots;
    Value* locals;
    Arena& arena;
    std::int64_t budget;  ///< steps left; below zero the evaluation ends in an error
    Trace* trace = nullptr;

    bool spend(std::size_t steps) {
        budget -= static_cast<std::int64_t>(steps);
        return budget >= 0;
    }
};

constexpr std::string_view too_costly = "the evaluation takes more steps than allowed";
inline Value out_of_budget() {
    return Value::error(too_costly);
}
inline Value no_overload() {
    return Value::error("no such overload");
}

/// What a macro, `in`, size() or an index walks: a list, a map's keys, or a repeated field read in place.
struct Range {
    enum class Over : std::uint8_t { nothing, list, map, held, text, integer, boolean };
    Over over = Over::nothing;
    std::size_t size = 0;
    const List* list = nullptr;
    const Map* map = nullptr;
    const google::protobuf::Message* message = nullptr;
    const FieldAccess* field = nullptr;
    Value failure{};  ///< why there is nothing to walk

    Value item(std::size_t at) const {
        const int index = static_cast<int>(at);
        switch (over) {
            case Over::list:
                return list->at(at);
            case Over::map:
                return map->key_at(at);
            case Over::held:
                return Value::message(&field->held(*message, index));
            case Over::text:
                return Value::string(field->text(*message, index));
            case Over::integer:
                return Value::integer(field->integer(*message, index));
            case Over::boolean:
                return Value::boolean(field->boolean(*message, index));
            case Over::nothing:
                break;
        }
        return failure;
    }
};

/// The range of a value; anything but a list or a map gives nothing and says why.
Range range_of(const Value& value);

/// While it lives, the nodes that this thread makes lie side by side in an arena, which must outlive them: a program that is run once in a while
/// is not in the processor's nearest cache, and what lies together comes together.
class NodeRoom {
public:
    explicit NodeRoom(Arena& arena) : before_{current} { current = &arena; }
    ~NodeRoom() { current = before_; }
    NodeRoom(const NodeRoom&) = delete;
    NodeRoom& operator=(const NodeRoom&) = delete;
    static void* allocate(std::size_t bytes) { return current->allocate(bytes); }

private:
    static thread_local Arena* current;
    Arena* before_;
};

/// A bound sub-expression. Nodes are immutable; all that changes is in the frame.
class Node {
public:
    Node() = default;
    Node(const Node&) = delete;
    Node& operator=(const Node&) = delete;
    virtual ~Node() = default;
    static void* operator new(std::size_t bytes) { return NodeRoom::allocate(bytes); }
    static void operator delete(void*) {}  // the room goes all at once
    virtual Value eval(Frame& frame) const = 0;
    /// The message it gives; otherwise null, and in `otherwise` what it gives instead.
    virtual const google::protobuf::Message* message(Frame& frame, Value& otherwise) const;
    /// What it gives, to be walked.
    virtual Range range(Frame& frame) const;
};
using NodePtr = std::unique_ptr<Node>;

/// A function of CEL itself. None of the arguments is an error; their kinds are the function's to check.
using Builtin = Value (*)(const Value* arguments, std::size_t count, Frame& frame);

}  // namespace puente::cel
