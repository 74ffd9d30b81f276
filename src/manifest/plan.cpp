#include "manifest/plan.hpp"

#include <cassert>
#include <map>
#include <memory>

#include "puente/manifest/fields.hpp"

namespace puente::manifest {

MessagePlan::MessagePlan(std::vector<FieldPlan> fields) : fields_{std::move(fields)} {
    assert(fields_.size() < 64);
    for (std::size_t i = 0; i < fields_.size(); ++i) {
        if (fields_[i].format->required) required_ |= std::uint64_t{1} << i;
    }
    // Any multiplier without a collision will do; the steps of the search are fixed, so every start finds the same one.
    multiplier_ = 0x9e3779b97f4a7c15;
    for (int attempt = 0; !place_all(); ++attempt) {
        assert(attempt < 1'000'000);
        multiplier_ = multiplier_ * 6364136223846793005 + 1442695040888963407;
    }
}

bool MessagePlan::place_all() {
    slots_.fill(unknown);
    for (std::size_t i = 0; i < fields_.size(); ++i) {
        std::uint8_t& slot_taken = slots_[slot(fields_[i].name)];
        if (slot_taken != unknown) return false;
        slot_taken = static_cast<std::uint8_t>(i);
    }
    return true;
}

/// Every plan, by the full name of its message; a plan that holds others points at them.
class PlanBook {
public:
    PlanBook() {
        const std::span<const FieldAccess> accesses = field_table();
        std::map<std::string_view, std::vector<FieldPlan>> fields;
        for (std::size_t i = 0; i < accesses.size(); ++i) {
            fields[accesses[i].message].push_back({accesses[i].json_name, &accesses[i], &format_table()[i], nullptr});
        }
        for (auto& [name, list] : fields) plans_.emplace(name, std::make_unique<MessagePlan>(std::move(list)));
        for (auto& [name, plan] : plans_) {
            for (FieldPlan& field : plan->fields_) {
                const auto held = field.access->message_type == nullptr ? plans_.end() : plans_.find(field.access->message_type);
                if (held != plans_.end()) field.held = held->second.get();
            }
        }
    }

    const MessagePlan& at(std::string_view name) const { return *plans_.at(name); }

private:
    std::map<std::string_view, std::unique_ptr<MessagePlan>> plans_;
};

const MessagePlan& manifest_plan() {
    static const PlanBook book;
    static const MessagePlan& plan = book.at("puente.v1.Manifest");
    return plan;
}

}  // namespace puente::manifest
