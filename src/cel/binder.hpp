#pragma once

#include "cel/ast.hpp"
#include "cel/nodes.hpp"

namespace puente::cel {

/// Makes a tree of nodes of a checked tree: the most special node that the types allow, constant parts worked out beforehand.
/// A tracing binder makes one plain node for each sub-expression instead, and each notes its value.
class Binder {
public:
    Binder(const Source& source, const Environment::Inside& environment, Arena& arena, bool checked, bool tracing, std::vector<Fault>& faults);

    struct Bound {
        NodePtr node;
        std::size_t weight = 1;  ///< steps of one evaluation, loops' turns left out
    };
    Bound bind(const Expr& expr);
    /// The sub-expressions by their place in the trace.
    const std::vector<const Expr*>& traced() const { return traced_; }

private:
    NodePtr plain(const Expr& expr, std::size_t& weight);
    NodePtr select(const Expr& expr, std::size_t& weight);
    NodePtr call(const Expr& expr, std::size_t& weight);
    NodePtr standard_call(const Expr& expr, std::vector<NodePtr>& arguments);
    NodePtr special_call(const Expr& expr, std::vector<NodePtr>& arguments);
    NodePtr equality(const Expr& expr, std::vector<NodePtr>& arguments);
    NodePtr ordering(const Expr& expr, std::vector<NodePtr>& arguments);
    NodePtr membership(const Expr& expr, std::vector<NodePtr>& arguments);
    NodePtr match(const Expr& pattern, NodePtr text, const Value& constant);
    NodePtr match_by_choice(const Expr& expr, std::size_t& weight);
    NodePtr loop(const Expr& expr, std::size_t& weight);
    NodePtr problem(std::string_view what);
    NodePtr folded(NodePtr node);
    std::vector<NodePtr> parts(const Expr& expr, std::size_t& weight);

    const Source& source_;
    const Environment::Inside& environment_;
    Arena& arena_;
    bool checked_;
    bool tracing_;
    std::vector<Fault>& faults_;
    std::vector<const Expr*> traced_;
};

}  // namespace puente::cel
