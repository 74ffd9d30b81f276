#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>

#include "cel/fields.hpp"
#include "cel/nodes.hpp"

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
    using Held = const pb::Message& (*)(const pb::Message&, int);
    HeldNode(NodePtr from, Held held) : from_{std::move(from)}, path_{held} {}
    void go_on(Held held) { path_.push_back(held); }

    Value eval(Frame& frame) const override {
        Value otherwise;
        const pb::Message* const found = message(frame, otherwise);
        return found == nullptr ? not_a_message(otherwise) : Value::message(found);
    }
    const pb::Message* message(Frame& frame, Value& otherwise) const override {
        const pb::Message* at = from_->message(frame, otherwise);
        if (at == nullptr) return nullptr;
        for (const Held held : path_) at = &held(*at, 0);
        return at;
    }

private:
    NodePtr from_;
    std::vector<Held> path_;
};

class TextFieldNode final : public Node {
public:
    TextFieldNode(NodePtr from, const FieldAccess& field) : from_{std::move(from)}, text_{field.text} {}
    Value eval(Frame& frame) const override {
        Value otherwise;
        const pb::Message* const found = from_->message(frame, otherwise);
        return found == nullptr ? not_a_message(otherwise) : Value::string(text_(*found, 0));
    }

private:
    NodePtr from_;
    std::string_view (*text_)(const pb::Message&, int);
};

class IntegerFieldNode final : public Node {
public:
    IntegerFieldNode(NodePtr from, const FieldAccess& field) : from_{std::move(from)}, integer_{field.integer} {}
    Value eval(Frame& frame) const override {
        Value otherwise;
        const pb::Message* const found = from_->message(frame, otherwise);
        return found == nullptr ? not_a_message(otherwise) : Value::integer(integer_(*found, 0));
    }

private:
    NodePtr from_;
    std::int64_t (*integer_)(const pb::Message&, int);
};

class BooleanFieldNode final : public Node {
public:
    BooleanFieldNode(NodePtr from, const FieldAccess& field) : from_{std::move(from)}, boolean_{field.boolean} {}
    Value eval(Frame& frame) const override {
        Value otherwise;
        const pb::Message* const found = from_->message(frame, otherwise);
        return found == nullptr ? not_a_message(otherwise) : Value::boolean(boolean_(*found, 0));
    }

private:
    NodePtr from_;
    bool (*boolean_)(const pb::Message&, int);
};

/// A message held that CEL reads as a value of its own, such as a Timestamp.
class HeldValueNode final : public Node {
public:
    HeldValueNode(NodePtr from, const FieldAccess& field) : from_{std::move(from)}, held_{field.held} {}
    Value eval(Frame& frame) const override {
        Value otherwise;
        const pb::Message* const found = from_->message(frame, otherwise);
        return found == nullptr ? not_a_message(otherwise) : message_value(held_(*found, 0), frame.arena);
    }

private:
    NodePtr from_;
    const pb::Message& (*held_)(const pb::Message&, int);
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
    RepeatedFieldNode(NodePtr from, const FieldAccess& field) : from_{std::move(from)}, field_{field} {
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
        found.message = from_->message(frame, otherwise);
        if (found.message == nullptr) {
            found.failure = not_a_message(otherwise);
            return found;
        }
        found.over = over_;
        found.field = &field_;
        found.size = static_cast<std::size_t>(field_.size(*found.message));
        return found;
    }

private:
    NodePtr from_;
    const FieldAccess& field_;
    Range::Over over_ = Range::Over::nothing;
};

class HasAccessNode final : public Node {
public:
    HasAccessNode(NodePtr from, const FieldAccess& field) : from_{std::move(from)}, has_{field.has} {}
    Value eval(Frame& frame) const override {
        Value otherwise;
        const pb::Message* const found = from_->message(frame, otherwise);
        return found == nullptr ? not_a_message(otherwise) : Value::boolean(has_(*found));
    }

private:
    NodePtr from_;
    bool (*has_)(const pb::Message&);
};

template <bool tests>
class ReflectionNode final : public Node {
public:
    ReflectionNode(NodePtr from, const pb::FieldDescriptor& field) : from_{std::move(from)}, field_{field} {}
    Value eval(Frame& frame) const override {
        Value otherwise;
        const pb::Message* const found = from_->message(frame, otherwise);
        if (found == nullptr) return not_a_message(otherwise);
        if (found->GetDescriptor() != field_.containing_type()) return Value::error("no such field");
        return tests ? Value::boolean(has_field(*found, field_)) : read_field(*found, field_, frame.arena);
    }

private:
    NodePtr from_;
    const pb::FieldDescriptor& field_;
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
    if (field.repeated) return std::make_unique<RepeatedFieldNode>(std::move(message), field);
    switch (field.shape) {
        case FieldShape::text:
            return std::make_unique<TextFieldNode>(std::move(message), field);
        case FieldShape::integer:
            return std::make_unique<IntegerFieldNode>(std::move(message), field);
        case FieldShape::boolean:
            return std::make_unique<BooleanFieldNode>(std::move(message), field);
        case FieldShape::message:
            break;
    }
    if (auto* const held = dynamic_cast<HeldNode*>(message.get())) {
        held->go_on(field.held);
        return message;
    }
    return std::make_unique<HeldNode>(std::move(message), field.held);
}

NodePtr held_value_node(NodePtr message, const FieldAccess& field) {
    return std::make_unique<HeldValueNode>(std::move(message), field);
}
NodePtr reflection_node(NodePtr message, const pb::FieldDescriptor& field) {
    return std::make_unique<ReflectionNode<false>>(std::move(message), field);
}
NodePtr has_access_node(NodePtr message, const FieldAccess& field) {
    return std::make_unique<HasAccessNode>(std::move(message), field);
}
NodePtr has_reflection_node(NodePtr message, const pb::FieldDescriptor& field) {
    return std::make_unique<ReflectionNode<true>>(std::move(message), field);
}
NodePtr select_node(NodePtr operand, std::string_view name) {
    return std::make_unique<SelectNode<false>>(std::move(operand), name);
}
NodePtr has_node(NodePtr operand, std::string_view name) {
    return std::make_unique<SelectNode<true>>(std::move(operand), name);
}

}  // namespace puente::cel
