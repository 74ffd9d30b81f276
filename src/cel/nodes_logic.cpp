#include "cel/nodes.hpp"

namespace puente::cel {

namespace {

/// && (decisive: false) and || (decisive: true). A decisive part decides, whatever errors the others gave, before or after it.
template <bool decisive, class Parts>
class LogicNode final : public Node {
public:
    explicit LogicNode(Parts parts) : parts_{std::move(parts)} {}
    Value eval(Frame& frame) const override {
        Value failure = Value::boolean(!decisive);
        for (const NodePtr& part : parts_) {
            const Value value = part->eval(frame);
            if (value.kind() == Kind::boolean) {
                if (value.as_boolean() == decisive) return value;
            } else if (!failure.is_error()) {
                failure = value.is_error() ? value : no_overload();
            }
        }
        return failure;
    }

private:
    Parts parts_;
};

template <bool decisive, std::size_t count>
NodePtr logic_node_of(std::vector<NodePtr>& parts) {
    return std::make_unique<LogicNode<decisive, std::array<NodePtr, count>>>(as_array<count>(parts));
}

template <bool decisive>
NodePtr logic_node(std::vector<NodePtr> parts) {
    switch (parts.size()) {
        case 2:
            return logic_node_of<decisive, 2>(parts);
        case 3:
            return logic_node_of<decisive, 3>(parts);
        case 4:
            return logic_node_of<decisive, 4>(parts);
        default:
            return std::make_unique<LogicNode<decisive, std::vector<NodePtr>>>(std::move(parts));
    }
}

class ChoiceNode final : public Node {
public:
    ChoiceNode(NodePtr condition, NodePtr yes, NodePtr no) : condition_{std::move(condition)}, yes_{std::move(yes)}, no_{std::move(no)} {}
    Value eval(Frame& frame) const override {
        const Value decision = condition_->eval(frame);
        if (decision.kind() == Kind::boolean) return decision.as_boolean() ? yes_->eval(frame) : no_->eval(frame);
        return decision.is_error() ? decision : no_overload();
    }

private:
    NodePtr condition_;
    NodePtr yes_;
    NodePtr no_;
};

class NotNode final : public Node {
public:
    explicit NotNode(NodePtr operand) : operand_{std::move(operand)} {}
    Value eval(Frame& frame) const override {
        const Value value = operand_->eval(frame);
        if (value.kind() == Kind::boolean) return Value::boolean(!value.as_boolean());
        return value.is_error() ? value : no_overload();
    }

private:
    NodePtr operand_;
};

}  // namespace

NodePtr all_of_node(std::vector<NodePtr> parts) {
    return logic_node<false>(std::move(parts));
}
NodePtr any_of_node(std::vector<NodePtr> parts) {
    return logic_node<true>(std::move(parts));
}
NodePtr choice_node(NodePtr condition, NodePtr yes, NodePtr no) {
    return std::make_unique<ChoiceNode>(std::move(condition), std::move(yes), std::move(no));
}
NodePtr not_node(NodePtr operand) {
    return std::make_unique<NotNode>(std::move(operand));
}

}  // namespace puente::cel
