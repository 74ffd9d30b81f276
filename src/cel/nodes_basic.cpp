#include "cel/containers.hpp"
#include "cel/nodes.hpp"
#include "cel/route.hpp"

namespace puente::cel {

namespace {

class ConstantNode final : public Node {
public:
    explicit ConstantNode(const Value& value) : value_{value} {}
    Value eval(Frame&) const override { return value_; }
    const Value& value() const { return value_; }

private:
    Value value_;
};

class SlotNode final : public Node {
public:
    explicit SlotNode(std::size_t slot) : slot_{slot} {}
    Value eval(Frame& frame) const override { return frame.slots[slot_]; }
    const google::protobuf::Message* message(Frame& frame, Value& otherwise) const override {
        const Value& value = frame.slots[slot_];
        if (value.kind() == Kind::message) return &value.as_message();
        otherwise = value;
        return nullptr;
    }

    std::size_t slot() const { return slot_; }

private:
    std::size_t slot_;
};

class LocalNode final : public Node {
public:
    explicit LocalNode(std::size_t place) : place_{place} {}
    Value eval(Frame& frame) const override { return frame.locals[place_]; }
    const google::protobuf::Message* message(Frame& frame, Value& otherwise) const override {
        const Value& value = frame.locals[place_];
        if (value.kind() == Kind::message) return &value.as_message();
        otherwise = value;
        return nullptr;
    }

    std::size_t place() const { return place_; }

private:
    std::size_t place_;
};

class ListNode final : public Node {
public:
    explicit ListNode(std::vector<NodePtr> items) : items_{std::move(items)} {}
    Value eval(Frame& frame) const override {
        auto* const values = static_cast<Value*>(frame.arena.allocate(items_.size() * sizeof(Value)));
        for (std::size_t i = 0; i < items_.size(); ++i) {
            values[i] = items_[i]->eval(frame);
            if (values[i].is_error()) return values[i];
        }
        return Value::list(frame.arena.make<ValueList>(values, items_.size()));
    }

private:
    std::vector<NodePtr> items_;
};

class MapNode final : public Node {
public:
    explicit MapNode(std::vector<NodePtr> parts) : parts_{std::move(parts)} {}
    Value eval(Frame& frame) const override {
        const std::size_t size = parts_.size() / 2;
        auto* const entries = static_cast<Entry*>(frame.arena.allocate(size * sizeof(Entry)));
        for (std::size_t i = 0; i < size; ++i) {
            entries[i].key = parts_[2 * i]->eval(frame);
            if (entries[i].key.is_error()) return entries[i].key;
            entries[i].value = parts_[2 * i + 1]->eval(frame);
            if (entries[i].value.is_error()) return entries[i].value;
        }
        return make_map(frame.arena, entries, size);
    }

private:
    std::vector<NodePtr> parts_;
};

class TraceNode final : public Node {
public:
    TraceNode(NodePtr traced, std::size_t place) : traced_{std::move(traced)}, place_{place} {}
    Value eval(Frame& frame) const override {
        const Value value = traced_->eval(frame);
        if (frame.trace == nullptr) return value;
        Trace::Seen& seen = frame.trace->seen[place_];
        if (!seen.reached) frame.trace->order.push_back(place_);
        seen = {true, value};
        return value;
    }

private:
    NodePtr traced_;
    std::size_t place_;
};

}  // namespace

const Value* constant_of(const Node& node) {
    const auto* const constant = dynamic_cast<const ConstantNode*>(&node);
    return constant == nullptr ? nullptr : &constant->value();
}

std::optional<Place> place_of(const Node& node) {
    if (const auto* const slot = dynamic_cast<const SlotNode*>(&node)) return Place{false, slot->slot()};
    if (const auto* const local = dynamic_cast<const LocalNode*>(&node)) return Place{true, local->place()};
    return std::nullopt;
}

NodePtr constant_node(const Value& value) {
    return std::make_unique<ConstantNode>(value);
}
NodePtr slot_node(std::size_t slot) {
    return std::make_unique<SlotNode>(slot);
}
NodePtr local_node(std::size_t place) {
    return std::make_unique<LocalNode>(place);
}
NodePtr list_node(std::vector<NodePtr> items) {
    return std::make_unique<ListNode>(std::move(items));
}
NodePtr map_node(std::vector<NodePtr> parts) {
    return std::make_unique<MapNode>(std::move(parts));
}
NodePtr trace_node(NodePtr traced, std::size_t place) {
    return std::make_unique<TraceNode>(std::move(traced), place);
}

}  // namespace puente::cel
