#include "puente/inspection/leg.hpp"

#include <algorithm>

namespace puente::inspection {

namespace {

template <class Enum, std::size_t size>
std::optional<Enum> named(const std::array<Enum, size>& all, std::string_view text) {
    const auto found = std::find_if(all.begin(), all.end(), [&](Enum each) { return to_text(each) == text; });
    if (found == all.end()) return std::nullopt;
    return *found;
}

bool any_in(const Legs& legs, LegState state) {
    return std::any_of(legs.begin(), legs.end(), [&](const LegView& leg) { return leg.state == state; });
}

}  // namespace

std::string_view to_text(LegState state) {
    switch (state) {
        case LegState::none: return "NONE";
        case LegState::pending: return "PENDING";
        case LegState::working: return "WORKING";
        case LegState::released: return "RELEASED";
        case LegState::held: return "HELD";
        case LegState::refused: return "REFUSED";
    }
    return "";
}

std::optional<LegState> parse_leg_state(std::string_view text) {
    constexpr std::array all{LegState::none, LegState::pending, LegState::working, LegState::released, LegState::held, LegState::refused};
    return named(all, text);
}

std::string_view to_text(LegKind kind) { return kind == LegKind::inspect ? "INSPECT" : "REVIEW"; }

std::optional<LegKind> parse_leg_kind(std::string_view text) { return named(std::array{LegKind::review, LegKind::inspect}, text); }

std::string_view to_text(Decision decision) {
    switch (decision) {
        case Decision::release: return "RELEASE";
        case Decision::hold: return "HELD";
        case Decision::refuse: return "REFUSE";
    }
    return "";
}

std::optional<Decision> parse_decision(std::string_view text) { return named(std::array{Decision::release, Decision::hold, Decision::refuse}, text); }

Result<LegState> start(LegState state) {
    if (claimable(state)) return LegState::working;
    return Error{ErrorKind::conflict, "only a leg that is PENDING or HELD can be started; this one is " + std::string{to_text(state)}};
}

Result<LegState> decide(LegState state, Decision decision) {
    if (state != LegState::working) return Error{ErrorKind::conflict, "only a leg that is WORKING can be decided; this one is " + std::string{to_text(state)}};
    switch (decision) {
        case Decision::release: return LegState::released;
        case Decision::hold: return LegState::held;
        case Decision::refuse: return LegState::refused;
    }
    return Error{ErrorKind::malformed, "no such decision"};
}

bool claimable(LegState state) { return state == LegState::pending || state == LegState::held; }

std::string_view public_status(const Legs& legs) {
    if (any_in(legs, LegState::refused)) return "REFUSED";
    if (any_in(legs, LegState::held)) return "HELD";
    if (any_in(legs, LegState::working)) return "IN_INSPECTION";
    if (any_in(legs, LegState::pending)) {
        const bool load = std::any_of(legs.begin(), legs.end(), [](const LegView& leg) { return leg.state == LegState::pending && leg.kind == LegKind::inspect; });
        return load ? "INSPECTION_REQUIRED" : "UNDER_REVIEW";
    }
    if (std::all_of(legs.begin(), legs.end(), [](const LegView& leg) { return leg.state == LegState::none; })) return "CLEARED";
    return "RELEASED";
}

}  // namespace puente::inspection
