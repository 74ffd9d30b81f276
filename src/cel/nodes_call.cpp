#include <google/protobuf/message.h>
#include <re2/re2.h>

#include <array>

#include "cel/nodes.hpp"
#include "cel/simple_pattern.hpp"

namespace puente::cel {

namespace {

/// Bytes that a pattern looks at in one step.
constexpr std::size_t bytes_per_step = 8;

template <std::size_t count>
class CallNode final : public Node {
public:
    CallNode(Builtin function, std::vector<NodePtr>& arguments) : function_{function}, arguments_{as_array<count>(arguments)} {}
    Value eval(Frame& frame) const override {
        Value values[count];
        for (std::size_t i = 0; i < count; ++i) {
            values[i] = arguments_[i]->eval(frame);
            if (values[i].is_error()) return values[i];
        }
        return function_(values, count, frame);
    }

private:
    Builtin function_;
    std::array<NodePtr, count> arguments_;
};

/// What an argument of an extension function must be.
struct Wanted {
    bool any = true;
    Kind kind = Kind::null;
    const google::protobuf::Descriptor* descriptor = nullptr;

    bool takes(const Value& value) const {
        if (any) return true;
        return value.kind() == kind && (descriptor == nullptr || value.as_message().GetDescriptor() == descriptor);
    }
};

class ExtensionNode final : public Node {
public:
    ExtensionNode(std::vector<std::shared_ptr<const Extension>> forms, std::vector<NodePtr> arguments) : arguments_{std::move(arguments)} {
        for (auto& extension : forms) {
            if (extension->arguments.size() != arguments_.size()) continue;
            Form form{std::move(extension), {}};
            for (const TypeRef& type : form.extension->arguments) {
                Wanted wanted;
                wanted.any = !kind_of(*type, wanted.kind);
                wanted.descriptor = type->descriptor;
                form.wanted.push_back(wanted);
            }
            forms_.push_back(std::move(form));
        }
    }
    Value eval(Frame& frame) const override {
        constexpr std::size_t usual = 4;
        Value here[usual];
        const std::size_t count = arguments_.size();
        Value* const values = count <= usual ? here : static_cast<Value*>(frame.arena.allocate(count * sizeof(Value)));
        for (std::size_t i = 0; i < count; ++i) {
            values[i] = arguments_[i]->eval(frame);
            if (values[i].is_error()) return values[i];
        }
        for (const Form& form : forms_) {
            if (!form.takes(values)) continue;
            if (!frame.spend(form.extension->cost)) return out_of_budget();
            return form.extension->function({values, count}, frame.arena);
        }
        return no_overload();
    }

private:
    struct Form {
        std::shared_ptr<const Extension> extension;
        std::vector<Wanted> wanted;
        bool takes(const Value* values) const {
            for (std::size_t i = 0; i < wanted.size(); ++i)
                if (!wanted[i].takes(values[i])) return false;
            return true;
        }
    };
    std::vector<Form> forms_;
    std::vector<NodePtr> arguments_;
};

/// An extension function of a single form.
template <std::size_t count>
class OneFormNode final : public Node {
public:
    OneFormNode(const Extension& extension, std::vector<NodePtr> arguments) : function_{extension.function}, cost_{extension.cost} {
        for (std::size_t i = 0; i < count; ++i) {
            wanted_[i].any = !kind_of(*extension.arguments[i], wanted_[i].kind);
            wanted_[i].descriptor = extension.arguments[i]->descriptor;
            arguments_[i] = std::move(arguments[i]);
        }
    }
    Value eval(Frame& frame) const override {
        Value values[count];
        for (std::size_t i = 0; i < count; ++i) {
            values[i] = arguments_[i]->eval(frame);
            if (values[i].is_error()) return values[i];
        }
        for (std::size_t i = 0; i < count; ++i)
            if (!wanted_[i].takes(values[i])) return no_overload();
        if (!frame.spend(cost_)) return out_of_budget();
        return function_({values, count}, frame.arena);
    }

private:
    Function function_;
    std::uint32_t cost_;
    std::array<Wanted, count> wanted_;
    std::array<NodePtr, count> arguments_;
};

/// A constant pattern that RE2 decides.
class MatchNode final : public Node {
public:
    MatchNode(NodePtr text, std::string_view pattern)
        : text_{std::move(text)}, pattern_{re2::StringPiece{pattern.data(), pattern.size()}, RE2::Quiet} {}
    bool ok() const { return pattern_.ok(); }
    Value eval(Frame& frame) const override {
        const Value value = text_->eval(frame);
        if (value.kind() != Kind::string) return value.is_error() ? value : no_overload();
        const std::string_view text = value.as_text();
        if (!frame.spend(text.size() / bytes_per_step)) return out_of_budget();
        return Value::boolean(pattern_.Match({text.data(), text.size()}, 0, text.size(), RE2::UNANCHORED, nullptr, 0));
    }

private:
    NodePtr text_;
    RE2 pattern_;
};

class SimpleMatchNode final : public Node {
public:
    SimpleMatchNode(NodePtr text, SimplePattern pattern) : text_{std::move(text)}, pattern_{std::move(pattern)} {}
    Value eval(Frame& frame) const override {
        const Value value = text_->eval(frame);
        if (value.kind() != Kind::string) return value.is_error() ? value : no_overload();
        if (!frame.spend(value.as_text().size() / bytes_per_step)) return out_of_budget();
        return Value::boolean(pattern_.matches(value.as_text()));
    }

private:
    NodePtr text_;
    SimplePattern pattern_;
};

}  // namespace

NodePtr call_node(Builtin function, std::vector<NodePtr> arguments) {
    switch (arguments.size()) {
        case 1:
            return std::make_unique<CallNode<1>>(function, arguments);
        case 2:
            return std::make_unique<CallNode<2>>(function, arguments);
        case 3:
            return std::make_unique<CallNode<3>>(function, arguments);
        default:
            return std::make_unique<CallNode<4>>(function, arguments);
    }
}

NodePtr extension_node(std::vector<std::shared_ptr<const Extension>> forms, std::vector<NodePtr> arguments) {
    if (forms.size() == 1 && forms[0]->arguments.size() == 1 && arguments.size() == 1)
        return std::make_unique<OneFormNode<1>>(*forms[0], std::move(arguments));
    return std::make_unique<ExtensionNode>(std::move(forms), std::move(arguments));
}

NodePtr match_node(NodePtr text, std::string_view pattern) {
    SimplePattern simple;
    if (simple.read(pattern)) return std::make_unique<SimpleMatchNode>(std::move(text), std::move(simple));
    auto made = std::make_unique<MatchNode>(std::move(text), pattern);
    if (!made->ok()) return nullptr;
    return made;
}

}  // namespace puente::cel
