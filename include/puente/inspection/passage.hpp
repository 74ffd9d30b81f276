#pragma once

#include <array>
#include <cstdint>
#include <string_view>
#include <vector>

#include "puente/inspection/leg.hpp"
#include "puente/result.hpp"
#include "puente/selection/select.hpp"

namespace puente::inspection {

/// Everything that happens to a trip besides officers' work on its legs.
enum class Step : std::uint8_t {
    amend,   ///< another version takes the place of the last
    cancel,  ///< the sender takes it back
    arrive,  ///< it is at the port
    cross,   ///< it is across
    expire,  ///< it never came
};
inline constexpr std::array steps{Step::amend, Step::cancel, Step::arrive, Step::cross, Step::expire};

/// Who takes a step: the sender's company, the gate of the port (customs officers), the clock.
enum class Actor : std::uint8_t { sender, gate, clock };

/// Every public status (product contract).
inline constexpr std::array<std::string_view, 10> public_statuses{
    "UNDER_REVIEW", "INSPECTION_REQUIRED", "IN_INSPECTION", "HELD", "CLEARED", "RELEASED", "REFUSED", "CANCELLED", "EXPIRED", "CROSSED"};

/// How a step stands in a status.
enum class Course : std::uint8_t {
    closed,
    open,
    before_arrival,  ///< open until the load arrives
    untouched,       ///< that, and until an officer has begun to work on any leg
    done,            ///< it is so already
};

/// As far as the steps depend on it.
struct Whereabouts {
    std::string_view status;
    bool arrived = false;
    bool touched = false;  ///< a leg is WORKING, HELD, RELEASED or REFUSED
};

std::string_view to_text(Step step);
std::string_view to_text(Course course);
Actor actor_of(Step step);

/// THE table, of every step and every status. An unknown status is closed to everything.
Course course_of(Step step, std::string_view status);
/// The same where a trip is: closed, open or done.
Course course_of(Step step, const Whereabouts& where);
/// Done (false), to be done (true), or a conflict that says where the trip is and what is open.
Result<bool> is_to_be_done(Step step, const Whereabouts& where);
/// What this actor may do next.
std::vector<Step> open_steps(Actor actor, const Whereabouts& where);

bool is_touched(const Legs& legs);

/// A leg as it stands before an amendment.
struct LegBefore {
    LegView leg;
    bool claimed = false;  ///< an officer holds it
    bool by_hand = false;  ///< an officer joined, or referred the load
};

/// The legs after an amendment whose facts differ: as the new selection wants them, except that what an officer holds or asked for stays. Those of
/// other agencies stay as they are. The customs agencies first, in their order.
Legs legs_after_amendment(const std::vector<LegBefore>& before, const selection::Selection& selection);

}  // namespace puente::inspection
