#include "cel/containers.hpp"
#include "cel/nodes.hpp"

namespace puente::cel {

namespace {

class LoopNode : public Node {
public:
    explicit LoopNode(LoopParts parts) : parts_{std::move(parts)} {}
    Value eval(Frame& frame) const final {
        const Range range = parts_.range->range(frame);
        return range.over == Range::Over::nothing ? range.failure : walk(range, frame);
    }

protected:
    virtual Value walk(const Range& range, Frame& frame) const = 0;

    /// Sets the variables of one turn. False when there are no steps left for it.
    bool turn(const Range& range, std::size_t at, Frame& frame) const {
        if (!frame.spend(parts_.weight)) return false;
        Value* const locals = frame.locals + parts_.place;
        if (!parts_.pairs) {
            locals[0] = range.item(at);
        } else if (range.over == Range::Over::map) {
            locals[0] = range.map->key_at(at);
            locals[1] = range.map->value_at(at);
        } else {
            locals[0] = Value::integer(static_cast<std::int64_t>(at));
            locals[1] = range.item(at);
        }
        return true;
    }
    Value body(Frame& frame) const { return parts_.body->eval(frame); }
    /// Whether the item is to be taken; otherwise, and on error, false with the error in `failure`.
    bool chosen(const Node& by, Frame& frame, Value& failure) const {
        const Value decision = by.eval(frame);
        if (decision.kind() == Kind::boolean) return decision.as_boolean();
        failure = decision.is_error() ? decision : no_overload();
        return false;
    }
    bool chosen(Frame& frame, Value& failure) const { return parts_.condition == nullptr || chosen(*parts_.condition, frame, failure); }
    const Value& first(const Frame& frame) const { return frame.locals[parts_.place]; }
    const Node& body_node() const { return *parts_.body; }

private:
    LoopParts parts_;
};

/// all (decisive: false) and exists (decisive: true): a decisive item decides, whatever errors the others gave.
template <bool decisive>
class QuantifierNode final : public LoopNode {
public:
    using LoopNode::LoopNode;

protected:
    Value walk(const Range& range, Frame& frame) const override {
        Value outcome = Value::boolean(!decisive);
        for (std::size_t i = 0; i < range.size; ++i) {
            if (!turn(range, i, frame)) return out_of_budget();
            const Value value = body(frame);
            if (value.kind() == Kind::boolean) {
                if (value.as_boolean() == decisive) return value;
            } else if (!outcome.is_error()) {
                outcome = value.is_error() ? value : no_overload();
            }
        }
        return outcome;
    }
};

class ExistsOneNode final : public LoopNode {
public:
    using LoopNode::LoopNode;

protected:
    Value walk(const Range& range, Frame& frame) const override {
        std::size_t found = 0;
        Value failure;
        for (std::size_t i = 0; i < range.size; ++i) {
            if (!turn(range, i, frame)) return out_of_budget();
            if (chosen(body_node(), frame, failure)) ++found;
            if (failure.is_error()) return failure;
        }
        return Value::boolean(found == 1);
    }
};

class MapMacroNode final : public LoopNode {
public:
    using LoopNode::LoopNode;

protected:
    Value walk(const Range& range, Frame& frame) const override {
        ListBuilder made{frame.arena};
        Value failure;
        for (std::size_t i = 0; i < range.size; ++i) {
            if (!turn(range, i, frame)) return out_of_budget();
            if (!chosen(frame, failure)) {
                if (failure.is_error()) return failure;
                continue;
            }
            const Value value = body(frame);
            if (value.is_error()) return value;
            made.add(value);
        }
        return made.finish();
    }
};

class FilterNode final : public LoopNode {
public:
    using LoopNode::LoopNode;

protected:
    Value walk(const Range& range, Frame& frame) const override {
        ListBuilder made{frame.arena};
        Value failure;
        for (std::size_t i = 0; i < range.size; ++i) {
            if (!turn(range, i, frame)) return out_of_budget();
            if (chosen(body_node(), frame, failure)) made.add(first(frame));
            if (failure.is_error()) return failure;
        }
        return made.finish();
    }
};

class TransformMapNode final : public LoopNode {
public:
    using LoopNode::LoopNode;

protected:
    Value walk(const Range& range, Frame& frame) const override {
        if (!frame.spend(range.size)) return out_of_budget();
        auto* const entries = static_cast<Entry*>(frame.arena.allocate(range.size * sizeof(Entry)));
        std::size_t size = 0;
        Value failure;
        for (std::size_t i = 0; i < range.size; ++i) {
            if (!turn(range, i, frame)) return out_of_budget();
            if (!chosen(frame, failure)) {
                if (failure.is_error()) return failure;
                continue;
            }
            const Value value = body(frame);
            if (value.is_error()) return value;
            entries[size++] = {first(frame), value};
        }
        return make_map(frame.arena, entries, size);
    }
};

}  // namespace

NodePtr loop_node(Macro macro, LoopParts parts) {
    switch (macro) {
        case Macro::all:
            return std::make_unique<QuantifierNode<false>>(std::move(parts));
        case Macro::exists:
            return std::make_unique<QuantifierNode<true>>(std::move(parts));
        case Macro::exists_one:
            return std::make_unique<ExistsOneNode>(std::move(parts));
        case Macro::filter:
            return std::make_unique<FilterNode>(std::move(parts));
        case Macro::transform_map:
            return std::make_unique<TransformMapNode>(std::move(parts));
        case Macro::map:
        case Macro::transform_list:
            break;
    }
    return std::make_unique<MapMacroNode>(std::move(parts));
}

}  // namespace puente::cel
