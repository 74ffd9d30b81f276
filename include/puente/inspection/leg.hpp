#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "puente/identifiers/agency_code.hpp"
#include "puente/result.hpp"

namespace puente::inspection {

/// Where one agency stands with one manifest.
enum class LegState : std::uint8_t { none, pending, working, released, held, refused };
inline constexpr std::array leg_states{LegState::none, LegState::pending, LegState::working, LegState::released, LegState::held, LegState::refused};

/// Why an agency looks: at the papers, or at the load.
enum class LegKind : std::uint8_t { review, inspect };

/// What an officer may decide.
enum class Decision : std::uint8_t { release, hold, refuse };

/// Everything that can be done with a leg.
enum class Move : std::uint8_t {
    join,       ///< look as well, or look at all: by hand, or because another agency does
    decline,    ///< do not look, and say why
    claim,      ///< take it: a lease
    renew,      ///< keep the lease
    give_back,  ///< end the lease
    start,      ///< begin to work
    release,    ///< decide: may go
    hold,       ///< decide: stays, with reason, owner and due time
    refuse,     ///< decide: may not cross; final
    rehold,     ///< take a release back: signed, with its reason
};
inline constexpr std::array moves{Move::join,  Move::decline, Move::claim, Move::renew,  Move::give_back,
                                  Move::start, Move::release, Move::hold,  Move::refuse, Move::rehold};

std::string_view to_text(LegState state);
std::optional<LegState> parse_leg_state(std::string_view text);
std::string_view to_text(LegKind kind);
std::optional<LegKind> parse_leg_kind(std::string_view text);
std::string_view to_text(Decision decision);
/// RELEASE, HELD, REFUSE (product contract), any other text is nothing.
std::optional<Decision> parse_decision(std::string_view text);
/// "join", "decline", "claim", "renew", "give-back", "start", "release", "hold", "refuse", "rehold".
std::string_view to_text(Move move);
Move move_of(Decision decision);

/// The state after a move: THE table, of every state and every move. Nothing when the move is not open in that state.
std::optional<LegState> after(LegState state, Move move);
/// The same with words: conflict when the move is not open, saying what the state is and what is open in it.
Result<LegState> moved(LegState state, Move move);

/// Whether an officer may take this leg up: pending, or held.
bool claimable(LegState state);
/// Whether there is still something to do on it: pending, working or held.
bool is_open(LegState state);

/// In whose hands a leg is, as one officer sees it.
enum class Hand : std::uint8_t { nobody, own, other };

/// What an officer of the leg's own agency may do with it next. Those moves that need a claim are open to its holder only.
std::vector<Move> next_moves(LegState state, Hand hand);

/// A leg as far as the public status depends on it.
struct LegView {
    identifiers::AgencyCode agency;
    LegState state = LegState::none;
    LegKind kind = LegKind::review;
};

/// The legs of one manifest, one for each agency that takes part; the customs agencies first, in their order.
using Legs = std::vector<LegView>;

/// The public status: a pure function of the legs while the manifest is neither cancelled, expired nor crossed. Any refused: REFUSED; else any held:
/// HELD; else any working: IN_INSPECTION; else any pending: INSPECTION_REQUIRED (when one of the pending is to inspect the load) or UNDER_REVIEW;
/// else all none: CLEARED; else RELEASED.
std::string_view public_status(const Legs& legs);

}  // namespace puente::inspection
