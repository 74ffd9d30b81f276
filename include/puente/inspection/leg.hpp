#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "puente/identifiers/agency.hpp"
#include "puente/result.hpp"

namespace puente::inspection {

/// Where one agency stands with one manifest.
enum class LegState : std::uint8_t { none, pending, working, released, held, refused };

/// Why an agency looks: at the papers, or at the load.
enum class LegKind : std::uint8_t { review, inspect };

/// What an officer may decide.
enum class Decision : std::uint8_t { release, hold, refuse };

std::string_view to_text(LegState state);
std::optional<LegState> parse_leg_state(std::string_view text);
std::string_view to_text(LegKind kind);
std::optional<LegKind> parse_leg_kind(std::string_view text);
std::string_view to_text(Decision decision);
/// RELEASE, HELD, REFUSE (product contract), any other text is nothing.
std::optional<Decision> parse_decision(std::string_view text);

/// The state after `start`: pending or held becomes working. Conflict otherwise.
Result<LegState> start(LegState state);
/// The state after a decision: only a leg that is being worked on can be decided. Conflict otherwise.
Result<LegState> decide(LegState state, Decision decision);
/// Whether an officer may take this leg.
bool claimable(LegState state);

/// A leg as far as the public status depends on it.
struct LegView {
    LegState state = LegState::none;
    LegKind kind = LegKind::review;
};

/// The legs of one manifest, one per agency.
using Legs = std::array<LegView, 2>;

/// The public status: a pure function of the legs while the manifest is neither cancelled, expired nor crossed. Any refused: REFUSED; else any held: HELD; else
/// any working: IN_INSPECTION; else any pending: INSPECTION_REQUIRED (when one of the pending is to inspect the load) or UNDER_REVIEW;
/// else all none: CLEARED; else RELEASED.
std::string_view public_status(const Legs& legs);

}  // namespace puente::inspection
