#pragma once

#include <array>
#include <optional>
#include <utility>

#include "cel/frame.hpp"

namespace puente::cel {

/// A variable of the activation, or one that a macro brought.
struct Place {
    bool local;
    std::size_t index;
};

/// The variable that a node gives as it is, if it does no more.
std::optional<Place> place_of(const Node& node);

/// The way from a variable, or from what another node gives, to a message held by it: a.b.c, in one go.
class Route {
public:
    using Held = const google::protobuf::Message& (*)(const google::protobuf::Message&, int);

    explicit Route(NodePtr from) {
        if (const std::optional<Place> place = place_of(*from)) {
            start_ = place->local ? Start::local : Start::slot;
            index_ = static_cast<std::uint32_t>(place->index);
        } else {
            from_ = std::move(from);
        }
    }
    bool is_full() const { return steps_ == path_.size(); }
    void go_on(Held held) { path_[steps_++] = held; }

    /// The message at the end; otherwise null, and in `otherwise` what stood there instead.
    const google::protobuf::Message* follow(Frame& frame, Value& otherwise) const {
        const google::protobuf::Message* at = start(frame, otherwise);
        if (at == nullptr) return nullptr;
        for (std::size_t i = 0; i < steps_; ++i) at = &path_[i](*at, 0);
        return at;
    }

private:
    enum class Start : std::uint8_t { node, slot, local };

    const google::protobuf::Message* start(Frame& frame, Value& otherwise) const {
        if (start_ == Start::node) return from_->message(frame, otherwise);
        const Value& value = (start_ == Start::slot ? frame.slots : frame.locals)[index_];
        if (value.kind() == Kind::message) return &value.as_message();
        otherwise = value;
        return nullptr;
    }

    Start start_ = Start::node;
    std::uint8_t steps_ = 0;
    std::uint32_t index_ = 0;
    NodePtr from_;
    std::array<Held, 3> path_{};  ///< with a reader beside it the whole node is one line of the cache
};

}  // namespace puente::cel
