#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>

#include "cel/fields.hpp"
#include "cel/nodes.hpp"
#include "cel/route.hpp"

namespace puente::cel {

namespace {

namespace pb = google::protobuf;

/// What a field gives when its operand is no message.
Value not_a_message(const Value& instead) {
    return instead.is_error() ? instead : Value::error("no such field");
}

/// A message held by another, or by one held by it, and so on: a.b.c is one node.
class HeldNode final : public Node {
public:
    explicit HeldNode(Route route) : route_{std::move(route)} {}
    Value eval(Frame& frame) const override {
        Value otherwise;
        const pb::Message* const found = route_.follow(frame, otherwise);
        return found == nullptr ? not_a_message(otherwise) : Value::message(found);
    }
    const pb::Message* message(Frame& frame, Value& otherwise) const override { return route_.follow(frame, otherwise); }
    Route& route() { return route_; }

private:
    Route route_;
};

/// Takes over the way that leads to the message of a node.
Route route_to(NodePtr message) {
    if (auto* const held = dynamic_cast<HeldNode*>(message.get())) return std::move(held->route());
    return Route{std::move(message)};
}

/// Reads something of the message at the end of a route.
template <class Reader>
class FieldNode final : public Node {
public:
    FieldNode(Route route, Reader reader) : route_{std::move(route)}, reader_{reader} {}
    Value eval(Frame& frame) const override {
        Value otherwise;
        const pb::Message* const found = route_.follow(frame, otherwise);
        return found == nullptr ? not_a_message(otherwise) : reader_(*found, frame);
    }
    Route& route() { return route_; }
    const Reader& reader() const { return reader_; }

private:
    Route route_;
    Reader reader_;
};

template <class Reader>
NodePtr field_node(Route route, Reader reader) {
    return std::make_unique<FieldNode<Reader>>(std::move(route), reader);
}

struct ReadText {
    std::string_view (*text)(const pb::Message&, int);
    bool (*has)(const pb::Message&);
    Value operator()(const pb::Message& of, Frame&) const { return Value::string(text(of, 0)); }
};

struct ReadInteger {
    std::int64_t (*integer)(const pb::Message&, int);
    Value operator()(const pb::Message& of, Frame&) const { return Value::integer(integer(of, 0)); }
};

struct ReadBoolean {
    bool (*boolean)(const pb::Message&, int);
    Value operator()(const pb::Message& of, Frame&) const { return Value::boolean(boolean(of, 0)); }
};

/// A message held that CEL reads as a value of its own, such as a Timestamp.
struct ReadHeldValue {
    Route::Held held;
    Value operator()(const pb::Message& of, Frame& frame) const { return message_value(held(of, 0), frame.arena); }
};

struct ReadSize {
    int (*size)(const pb::Message&);
    bool (*has)(const pb::Message&);
    Value operator()(const pb::Message& of, Frame&) const { return Value::integer(size(of)); }
};

struct AskHas {
    bool (*has)(const pb::Message&);
    bool wanted;
    Value operator()(const pb::Message& of, Frame&) const { return Value::boolean(has(of) == wanted); }
};

struct AskEqual {
    std::string_view (*text)(const pb::Message&, int);
    std::string_view constant;
    bool wanted;
    Value operator()(const pb::Message& of, Frame&) const { return Value::boolean(same_text(text(of, 0), constant) == wanted); }
};

/// By reflection: a field of whatever message it is.
template <bool tests>
struct Reflect {
    const pb::FieldDescriptor* field;
    Value operator()(const pb::Message& of, Frame& frame) const {
        if (of.GetDescriptor() != field->containing_type()) return Value::error("no such field");
        return tests ? Value::boolean(has_field(of, *field)) : read_field(of, *field, frame.arena);
    }
};

/// A repeated field as a list, read through its accessor.
class AccessList final : public List {
public:
    explicit AccessList(const Range& range) : range_{range} {}
    std::size_t size() const override { return range_.size; }
    Value at(std::size_t index) const override { return range_.item(index); }

private:
    Range range_;
};

class RepeatedFieldNode final : public Node {
public:
    RepeatedFieldNode(Route route, const FieldAccess& field) : route_{std::move(route)}, field_{field} {
        switch (field.shape) {
            case FieldShape::text:
                over_ = Range::Over::text;
                break;
            case FieldShape::integer:
                over_ = Range::Over::integer;
                break;
            case FieldShape::boolean:
                over_ = Range::Over::boolean;
                break;
            case FieldShape::message:
                over_ = Range::Over::held;
                break;
        }
    }
    Value eval(Frame& frame) const override {
        const Range found = range(frame);
        return found.over == Range::Over::nothing ? found.failure : Value::list(frame.arena.make<AccessList>(found));
    }
    Range range(Frame& frame) const override {
        Range found;
        Value otherwise;
        found.message = route_.follow(frame, otherwise);
        if (found.message == nullptr) {
            found.failure = not_a_message(otherwise);
            return found;
        }
        found.over = over_;
        found.field = &field_;
        found.size = static_cast<std::size_t>(field_.size(*found.message));
        return found;
    }
    Route& route() { return route_; }
    const FieldAccess& field() const { return field_; }

private:
    Route route_;
    const FieldAccess& field_;
    Range::Over over_ = Range::Over::nothing;
};

template <bool tests>
class SelectNode final : public Node {
public:
    SelectNode(NodePtr operand, std::string_view name) : operand_{std::move(operand)}, name_{name} {}
    Value eval(Frame& frame) const override {
        const Value operand = operand_->eval(frame);
        if (operand.kind() == Kind::map) return from_map(operand.as_map(), frame);
        if (operand.kind() != Kind::message) return not_a_message(operand);
        const pb::FieldDescriptor* const field = find_field(*operand.as_message().GetDescriptor(), name_);
        if (field == nullptr) return Value::error("no such field");
        return tests ? Value::boolean(has_field(operand.as_message(), *field)) : read_field(operand.as_message(), *field, frame.arena);
    }

private:
    Value from_map(const Map& map, Frame& frame) const {
        Value found;
        const bool there = map.find(Value::string(name_), found);
        if (tests) return Value::boolean(there);
        return there ? found : value_under(map, Value::string(name_), frame.arena);
    }

    NodePtr operand_;
    std::string_view name_;
};

}  // namespace

NodePtr access_node(NodePtr message, const FieldAccess& field) {
    Route route = route_to(std::move(message));
    if (field.repeated) return std::make_unique<RepeatedFieldNode>(std::move(route), field);
    switch (field.shape) {
        case FieldShape::text:
            return field_node(std::move(route), ReadText{field.text, field.has});
        case FieldShape::integer:
            return field_node(std::move(route), ReadInteger{field.integer});
        case FieldShape::boolean:
            return field_node(std::move(route), ReadBoolean{field.boolean});
        case FieldShape::message:
            break;
    }
    if (route.is_full()) route = Route{std::make_unique<HeldNode>(std::move(route))};
    route.go_on(field.held);
    return std::make_unique<HeldNode>(std::move(route));
}

NodePtr equal_field_node(NodePtr& text, std::string_view constant, bool wanted) {
    auto* const field = dynamic_cast<FieldNode<ReadText>*>(text.get());
    if (field == nullptr) return nullptr;
    if (constant.empty()) return field_node(std::move(field->route()), AskHas{field->reader().has, !wanted});
    return field_node(std::move(field->route()), AskEqual{field->reader().text, constant, wanted});
}

NodePtr field_size_node(NodePtr& range) {
    auto* const list = dynamic_cast<RepeatedFieldNode*>(range.get());
    if (list == nullptr) return nullptr;
    return field_node(std::move(list->route()), ReadSize{list->field().size, list->field().has});
}

NodePtr field_is_empty_node(NodePtr& size, bool wanted) {
    auto* const field = dynamic_cast<FieldNode<ReadSize>*>(size.get());
    if (field == nullptr) return nullptr;
    return field_node(std::move(field->route()), AskHas{field->reader().has, !wanted});
}

NodePtr held_value_node(NodePtr message, const FieldAccess& field) {
    return field_node(route_to(std::move(message)), ReadHeldValue{field.held});
}
NodePtr reflection_node(NodePtr message, const pb::FieldDescriptor& field) {
    return field_node(route_to(std::move(message)), Reflect<false>{&field});
}
NodePtr has_access_node(NodePtr message, const FieldAccess& field) {
    return field_node(route_to(std::move(message)), AskHas{field.has, true});
}
NodePtr has_reflection_node(NodePtr message, const pb::FieldDescriptor& field) {
    return field_node(route_to(std::move(message)), Reflect<true>{&field});
}
NodePtr select_node(NodePtr operand, std::string_view name) {
    return std::make_unique<SelectNode<false>>(std::move(operand), name);
}
NodePtr has_node(NodePtr operand, std::string_view name) {
    return std::make_unique<SelectNode<true>>(std::move(operand), name);
}

}  // namespace puente::cel
