#include "puente/inspection/leg.hpp"

#include <algorithm>
#include <utility>

namespace puente::inspection {

namespace {

using enum LegState;
using After = std::optional<LegState>;

constexpr After no = std::nullopt;

/// A row for each state, a column for each move, in the order of their enumerations. puente.leg_moves() in the database says the same.
constexpr std::array<std::array<After, moves.size()>, leg_states.size()> table{
    {
     //              join     decline claim    renew    give_back start    release   hold  refuse   rehold
        /* none     */ {pending, none, no, no, no, no, no, no, no, no},
     /* pending  */ {no, no, pending, pending, pending, working, no, no, no, no},
     /* working  */ {no, no, working, working, working, no, released, held, refused, no},
     /* released */ {no, no, no, no, no, no, no, no, no, held},
     /* held     */ {no, no, held, held, held, working, no, no, no, no},
     /* refused  */ {no, no, no, no, no, no, no, no, no, no},
     }
};

template <class Enum, std::size_t size>
std::optional<Enum> named(const std::array<Enum, size>& all, std::string_view text) {
    const auto found = std::find_if(all.begin(), all.end(), [&](Enum each) { return to_text(each) == text; });
    if (found == all.end()) return std::nullopt;
    return *found;
}

bool any_in(const Legs& legs, LegState state) {
    return std::any_of(legs.begin(), legs.end(), [&](const LegView& leg) { return leg.state == state; });
}

bool needs_claim(Move move) {
    return move == Move::renew || move == Move::give_back || move == Move::start || move == Move::release || move == Move::hold ||
           move == Move::refuse;
}

bool is_in_reach(Move move, Hand hand) {
    if (move == Move::claim) return hand == Hand::nobody;
    return !needs_claim(move) || hand == Hand::own;
}

}  // namespace

std::string_view to_text(LegState state) {
    switch (state) {
        case LegState::none:
            return "NONE";
        case LegState::pending:
            return "PENDING";
        case LegState::working:
            return "WORKING";
        case LegState::released:
            return "RELEASED";
        case LegState::held:
            return "HELD";
        case LegState::refused:
            return "REFUSED";
    }
    return "";
}

std::optional<LegState> parse_leg_state(std::string_view text) {
    return named(leg_states, text);
}

std::string_view to_text(LegKind kind) {
    return kind == LegKind::inspect ? "INSPECT" : "REVIEW";
}

std::optional<LegKind> parse_leg_kind(std::string_view text) {
    return named(std::array{LegKind::review, LegKind::inspect}, text);
}

std::string_view to_text(Decision decision) {
    switch (decision) {
        case Decision::release:
            return "RELEASE";
        case Decision::hold:
            return "HELD";
        case Decision::refuse:
            return "REFUSE";
    }
    return "";
}

std::optional<Decision> parse_decision(std::string_view text) {
    return named(std::array{Decision::release, Decision::hold, Decision::refuse}, text);
}

std::string_view to_text(Move move) {
    switch (move) {
        case Move::join:
            return "join";
        case Move::decline:
            return "decline";
        case Move::claim:
            return "claim";
        case Move::renew:
            return "renew";
        case Move::give_back:
            return "give-back";
        case Move::start:
            return "start";
        case Move::release:
            return "release";
        case Move::hold:
            return "hold";
        case Move::refuse:
            return "refuse";
        case Move::rehold:
            return "rehold";
    }
    return "";
}

Move move_of(Decision decision) {
    switch (decision) {
        case Decision::release:
            return Move::release;
        case Decision::hold:
            return Move::hold;
        case Decision::refuse:
            return Move::refuse;
    }
    return Move::hold;
}

std::optional<LegState> after(LegState state, Move move) {
    return table[static_cast<std::size_t>(state)][static_cast<std::size_t>(move)];
}

Result<LegState> moved(LegState state, Move move) {
    if (const After next = after(state, move)) return *next;
    std::string open;
    for (const Move each : moves) {
        if (after(state, each)) open += (open.empty() ? "" : ", ") + std::string{to_text(each)};
    }
    return Error{ErrorKind::conflict,
                 "the leg is " + std::string{to_text(state)} + "; " + (open.empty() ? "nothing more can be done with it" : "open are: " + open)};
}

bool claimable(LegState state) {
    return after(state, Move::start).has_value();
}

bool is_open(LegState state) {
    return after(state, Move::claim).has_value();
}

std::vector<Move> next_moves(LegState state, Hand hand) {
    std::vector<Move> next;
    for (const Move move : moves) {
        if (after(state, move) && is_in_reach(move, hand)) next.push_back(move);
    }
    return next;
}

std::string_view public_status(const Legs& legs) {
    if (any_in(legs, LegState::refused)) return "REFUSED";
    if (any_in(legs, LegState::held)) return "HELD";
    if (any_in(legs, LegState::working)) return "IN_INSPECTION";
    if (any_in(legs, LegState::pending)) {
        const bool load =
            std::any_of(legs.begin(), legs.end(), [](const LegView& leg) { return leg.state == LegState::pending && leg.kind == LegKind::inspect; });
        return load ? "INSPECTION_REQUIRED" : "UNDER_REVIEW";
    }
    if (std::all_of(legs.begin(), legs.end(), [](const LegView& leg) { return leg.state == LegState::none; })) return "CLEARED";
    return "RELEASED";
}

}  // namespace puente::inspection
