#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "manifest/format.hpp"
#include "puente/field_access.hpp"

namespace puente::manifest {

class MessagePlan;

/// How one field is read and checked.
struct FieldPlan {
    std::string_view name;  ///< in JSON
    const FieldAccess* access;
    const FieldFormat* format;
    const MessagePlan* held;  ///< of a field that holds a message of the format; null for texts, integers and free-form objects
};

/// How one message is read and checked: its fields, found by their JSON name through a perfect hash.
class MessagePlan {
public:
    static constexpr std::size_t unknown = 255;

    /// Takes the fields of one message, in the order of their numbers; at most 63.
    explicit MessagePlan(std::vector<FieldPlan> fields);

    const std::vector<FieldPlan>& fields() const { return fields_; }
    /// Position of the field with that JSON name, or `unknown`.
    std::size_t find(std::string_view name) const {
        if (name.empty()) return unknown;
        const std::size_t position = slots_[slot(name)];
        return position != unknown && fields_[position].name == name ? position : unknown;
    }
    /// One bit for each field that must be there.
    std::uint64_t required() const { return required_; }

private:
    friend class PlanBook;
    static constexpr int slot_bits = 7;

    std::size_t slot(std::string_view name) const {
        const auto byte = [&](std::size_t at) { return std::uint64_t{static_cast<unsigned char>(name[at])}; };
        const std::uint64_t key =
            byte(0) | byte(name.size() - 1) << 8 | byte(name.size() / 2) << 16 | byte(name.size() / 3) << 24 | name.size() << 32;
        return (key * multiplier_) >> (64 - slot_bits);
    }
    bool place_all();

    std::vector<FieldPlan> fields_;
    std::array<std::uint8_t, 1 << slot_bits> slots_{};
    std::uint64_t multiplier_ = 0;
    std::uint64_t required_ = 0;
};

/// The plan of puente.v1.Manifest. Made once, from the tables that the build wrote.
const MessagePlan& manifest_plan();

}  // namespace puente::manifest
