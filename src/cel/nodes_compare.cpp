#include <algorithm>
#include <cstring>

#include "cel/nodes.hpp"

namespace puente::cel {

namespace {

class EqualTextNode final : public Node {
public:
    EqualTextNode(NodePtr text, std::string_view constant, bool wanted) : text_{std::move(text)}, constant_{constant}, wanted_{wanted} {}
    Value eval(Frame& frame) const override {
        const Value value = text_->eval(frame);
        if (value.is_error()) return value;
        return Value::boolean((value.kind() == Kind::string && same_text(value.as_text(), constant_)) == wanted_);
    }

private:
    NodePtr text_;
    std::string_view constant_;
    bool wanted_;
};

class EqualTextsNode final : public Node {
public:
    EqualTextsNode(NodePtr left, NodePtr right, bool wanted) : left_{std::move(left)}, right_{std::move(right)}, wanted_{wanted} {}
    Value eval(Frame& frame) const override {
        const Value left = left_->eval(frame);
        if (left.is_error()) return left;
        const Value right = right_->eval(frame);
        if (right.is_error()) return right;
        const bool same =
            left.kind() == Kind::string && right.kind() == Kind::string ? same_text(left.as_text(), right.as_text()) : equal(left, right, frame);
        return Value::boolean(same == wanted_);
    }

private:
    NodePtr left_;
    NodePtr right_;
    bool wanted_;
};

class EqualityNode final : public Node {
public:
    EqualityNode(NodePtr left, NodePtr right, bool wanted) : left_{std::move(left)}, right_{std::move(right)}, wanted_{wanted} {}
    Value eval(Frame& frame) const override {
        const Value left = left_->eval(frame);
        if (left.is_error()) return left;
        const Value right = right_->eval(frame);
        if (right.is_error()) return right;
        return Value::boolean(equal(left, right, frame) == wanted_);
    }

private:
    NodePtr left_;
    NodePtr right_;
    bool wanted_;
};

bool passes(Test test, std::int64_t left, std::int64_t right) {
    switch (test) {
        case Test::equal:
            return left == right;
        case Test::unequal:
            return left != right;
        case Test::less:
            return left < right;
        case Test::less_equal:
            return left <= right;
        case Test::greater:
            return left > right;
        case Test::greater_equal:
            return left >= right;
    }
    return false;
}

class CompareIntegerNode final : public Node {
public:
    CompareIntegerNode(NodePtr number, Test test, std::int64_t constant) : number_{std::move(number)}, constant_{constant}, test_{test} {}
    Value eval(Frame& frame) const override {
        const Value value = number_->eval(frame);
        if (value.kind() == Kind::integer) return Value::boolean(passes(test_, value.as_integer(), constant_));
        return value.is_error() ? value : no_overload();
    }

private:
    NodePtr number_;
    std::int64_t constant_;
    Test test_;
};

class CompareIntegersNode final : public Node {
public:
    CompareIntegersNode(NodePtr left, Test test, NodePtr right) : left_{std::move(left)}, right_{std::move(right)}, test_{test} {}
    Value eval(Frame& frame) const override {
        const Value left = left_->eval(frame);
        if (left.is_error()) return left;
        const Value right = right_->eval(frame);
        if (left.kind() == Kind::integer && right.kind() == Kind::integer)
            return Value::boolean(passes(test_, left.as_integer(), right.as_integer()));
        return right.is_error() ? right : no_overload();
    }

private:
    NodePtr left_;
    NodePtr right_;
    Test test_;
};

/// Shorter first: most texts are told apart by their length alone.
bool before(std::string_view left, std::string_view right) {
    if (left.size() != right.size()) return left.size() < right.size();
    return !left.empty() && std::memcmp(left.data(), right.data(), left.size()) < 0;
}

class InTextsNode final : public Node {
public:
    InTextsNode(NodePtr text, std::vector<std::string_view> texts) : text_{std::move(text)}, texts_{std::move(texts)} {
        std::sort(texts_.begin(), texts_.end(), before);
    }
    Value eval(Frame& frame) const override {
        const Value value = text_->eval(frame);
        if (value.kind() != Kind::string) return value.is_error() ? value : Value::boolean(false);
        const std::string_view wanted = value.as_text();
        constexpr std::size_t few = 8;
        if (texts_.size() > few) return Value::boolean(std::binary_search(texts_.begin(), texts_.end(), wanted, before));
        for (const std::string_view each : texts_)
            if (same_text(each, wanted)) return Value::boolean(true);
        return Value::boolean(false);
    }

private:
    NodePtr text_;
    std::vector<std::string_view> texts_;
};

class InNode final : public Node {
public:
    InNode(NodePtr value, NodePtr range) : value_{std::move(value)}, range_{std::move(range)} {}
    Value eval(Frame& frame) const override {
        const Value value = value_->eval(frame);
        if (value.is_error()) return value;
        return found_in(value, range_->range(frame), frame);
    }

private:
    NodePtr value_;
    NodePtr range_;
};

class InMapNode final : public Node {
public:
    InMapNode(NodePtr key, NodePtr map) : key_{std::move(key)}, map_{std::move(map)} {}
    Value eval(Frame& frame) const override {
        const Value key = key_->eval(frame);
        if (key.is_error()) return key;
        const Value map = map_->eval(frame);
        Value ignored;
        if (map.kind() == Kind::map) return Value::boolean(map.as_map().find(key, ignored));
        return found_in(key, range_of(map), frame);
    }

private:
    NodePtr key_;
    NodePtr map_;
};

class SizeNode final : public Node {
public:
    explicit SizeNode(NodePtr range) : range_{std::move(range)} {}
    Value eval(Frame& frame) const override {
        const Range range = range_->range(frame);
        return range.over == Range::Over::nothing ? range.failure : Value::integer(static_cast<std::int64_t>(range.size));
    }

private:
    NodePtr range_;
};

class IndexNode final : public Node {
public:
    IndexNode(NodePtr container, NodePtr index) : container_{std::move(container)}, index_{std::move(index)} {}
    Value eval(Frame& frame) const override {
        const Range range = container_->range(frame);
        if (range.over == Range::Over::nothing) return range.failure;
        const Value index = index_->eval(frame);
        if (index.is_error()) return index;
        if (range.over == Range::Over::map) return value_under(*range.map, index, frame.arena);
        return item_at(range, index);
    }

private:
    NodePtr container_;
    NodePtr index_;
};

}  // namespace

NodePtr equal_text_node(NodePtr text, std::string_view constant, bool wanted) {
    if (NodePtr of_field = equal_field_node(text, constant, wanted)) return of_field;
    return std::make_unique<EqualTextNode>(std::move(text), constant, wanted);
}
NodePtr equal_texts_node(NodePtr left, NodePtr right, bool wanted) {
    return std::make_unique<EqualTextsNode>(std::move(left), std::move(right), wanted);
}
NodePtr equality_node(NodePtr left, NodePtr right, bool wanted) {
    return std::make_unique<EqualityNode>(std::move(left), std::move(right), wanted);
}
NodePtr compare_integer_node(NodePtr number, Test test, std::int64_t constant) {
    const bool asks_empty = constant == 0 && (test == Test::equal || test == Test::less_equal);
    const bool asks_filled = constant == 0 && (test == Test::unequal || test == Test::greater);
    if (asks_empty || asks_filled) {
        if (NodePtr of_field = field_is_empty_node(number, asks_empty)) return of_field;
    }
    return std::make_unique<CompareIntegerNode>(std::move(number), test, constant);
}
NodePtr compare_integers_node(NodePtr left, Test test, NodePtr right) {
    return std::make_unique<CompareIntegersNode>(std::move(left), test, std::move(right));
}
NodePtr in_texts_node(NodePtr text, std::vector<std::string_view> texts) {
    return std::make_unique<InTextsNode>(std::move(text), std::move(texts));
}
NodePtr in_node(NodePtr value, NodePtr range) {
    return std::make_unique<InNode>(std::move(value), std::move(range));
}
NodePtr in_map_node(NodePtr key, NodePtr map) {
    return std::make_unique<InMapNode>(std::move(key), std::move(map));
}
NodePtr size_node(NodePtr range) {
    if (NodePtr of_field = field_size_node(range)) return of_field;
    return std::make_unique<SizeNode>(std::move(range));
}
NodePtr index_node(NodePtr container, NodePtr index) {
    return std::make_unique<IndexNode>(std::move(container), std::move(index));
}

}  // namespace puente::cel
