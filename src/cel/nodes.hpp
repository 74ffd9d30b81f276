#pragma once

#include <algorithm>
#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "cel/ast.hpp"
#include "cel/compare.hpp"
#include "cel/environment.hpp"
#include "cel/frame.hpp"
#include "cel/standard.hpp"

namespace puente::cel {

/// Nodes as a part of the node that holds them.
template <std::size_t count>
std::array<NodePtr, count> as_array(std::vector<NodePtr>& nodes) {
    std::array<NodePtr, count> made;
    std::move(nodes.begin(), nodes.end(), made.begin());
    return made;
}

/// The node is the same value in every evaluation.
const Value* constant_of(const Node& node);

// nodes_basic.cpp
NodePtr constant_node(const Value& value);
NodePtr slot_node(std::size_t slot);
NodePtr local_node(std::size_t place);
NodePtr list_node(std::vector<NodePtr> items);
NodePtr map_node(std::vector<NodePtr> keys_and_values);
/// Notes each value it gives at `place` of the trace.
NodePtr trace_node(NodePtr traced, std::size_t place);

// nodes_logic.cpp
NodePtr all_of_node(std::vector<NodePtr> parts);
NodePtr any_of_node(std::vector<NodePtr> parts);
NodePtr choice_node(NodePtr condition, NodePtr yes, NodePtr no);
NodePtr not_node(NodePtr operand);

// nodes_compare.cpp
/// How two integers are compared.
enum class Test : std::uint8_t { equal, unequal, less, less_equal, greater, greater_equal };
NodePtr equal_text_node(NodePtr text, std::string_view constant, bool wanted);
NodePtr equal_texts_node(NodePtr left, NodePtr right, bool wanted);
NodePtr equality_node(NodePtr left, NodePtr right, bool wanted);
NodePtr compare_integer_node(NodePtr number, Test test, std::int64_t constant);
NodePtr compare_integers_node(NodePtr left, Test test, NodePtr right);
NodePtr in_texts_node(NodePtr text, std::vector<std::string_view> texts);
NodePtr in_node(NodePtr value, NodePtr range);
/// `key in map` where the types say that it is a map.
NodePtr in_map_node(NodePtr key, NodePtr map);
NodePtr size_node(NodePtr range);
NodePtr index_node(NodePtr container, NodePtr index);

// nodes_field.cpp
/// A field read through its direct accessor.
NodePtr access_node(NodePtr message, const FieldAccess& field);
/// A singular message that CEL reads as a value of its own, through the field's accessor.
NodePtr held_value_node(NodePtr message, const FieldAccess& field);
/// A field read by reflection; a message of another type gives an error.
NodePtr reflection_node(NodePtr message, const google::protobuf::FieldDescriptor& field);
/// `text == constant`, or != unless `wanted`, in one go when `text` is a field read through its accessor, which is taken over; else null.
NodePtr equal_field_node(NodePtr& text, std::string_view constant, bool wanted);
/// The size of a repeated field read through its accessor, which is taken over; else null.
NodePtr field_size_node(NodePtr& range);
/// Whether a size made by field_size_node is 0, or above 0 unless `wanted`; null for any other node.
NodePtr field_is_empty_node(NodePtr& size, bool wanted);
NodePtr has_access_node(NodePtr message, const FieldAccess& field);
NodePtr has_reflection_node(NodePtr message, const google::protobuf::FieldDescriptor& field);
/// A field of whatever comes: the value under the name in a map, or the field of a message.
NodePtr select_node(NodePtr operand, std::string_view name);
NodePtr has_node(NodePtr operand, std::string_view name);

// nodes_loop.cpp
struct LoopParts {
    NodePtr range;
    NodePtr condition;  ///< null unless the macro filters
    NodePtr body;
    std::size_t place;   ///< of the variable among the locals; the second variable is next to it
    bool pairs;          ///< key or index, and value
    std::size_t weight;  ///< steps of one turn
};
NodePtr loop_node(Macro macro, LoopParts parts);

// nodes_call.cpp
NodePtr call_node(Builtin function, std::vector<NodePtr> arguments);
NodePtr extension_node(std::vector<std::shared_ptr<const Extension>> forms, std::vector<NodePtr> arguments);
/// A regular expression known beforehand. Null when it is not one.
NodePtr match_node(NodePtr text, std::string_view pattern);

}  // namespace puente::cel
