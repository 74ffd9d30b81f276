#include "puente/inspection/passage.hpp"

#include <algorithm>

#include "puente/inspection/open.hpp"

namespace puente::inspection {

namespace {

constexpr Course no = Course::closed;
constexpr Course yes = Course::open;
constexpr Course early = Course::before_arrival;
constexpr Course fresh = Course::untouched;
constexpr Course done = Course::done;

// A refused load frees its trip number by being refused; a held one waits for its officer. The database says the same (puente.passages()).
constexpr std::array<std::array<Course, public_statuses.size()>, steps.size()> table{
    {
     //              review inspect working held clear released refused cancelled expired crossed
        /* amend  */ {fresh, fresh, no, no, fresh, no, no, no, no, no},
     /* cancel */ {early, early, no, no, early, early, no, done, no, no},
     /* arrive */ {yes, yes, yes, yes, yes, yes, yes, no, no, done},
     /* cross  */ {no, no, no, no, yes, yes, no, no, no, done},
     /* expire */ {early, early, no, no, early, early, no, no, done, no},
     }
};

std::string with_commas(const std::vector<Step>& all) {
    std::string text;
    for (const Step step : all) text += (text.empty() ? "" : ", ") + std::string{to_text(step)};
    return text;
}

LegState state_after(const LegBefore& before, bool wanted) {
    if (wanted || before.leg.state != LegState::pending) return wanted ? LegState::pending : before.leg.state;
    return before.claimed || before.by_hand ? LegState::pending : LegState::none;
}

/// What an officer holds or asked for is never made less.
LegKind kind_after(const LegBefore& before, const LegView& wanted) {
    const bool bound = before.leg.state == LegState::pending && (before.claimed || before.by_hand);
    if (wanted.state != LegState::pending) return before.leg.kind;
    return bound && before.leg.kind == LegKind::inspect ? LegKind::inspect : wanted.kind;
}

}  // namespace

std::string_view to_text(Step step) {
    switch (step) {
        case Step::amend:
            return "amend";
        case Step::cancel:
            return "cancel";
        case Step::arrive:
            return "arrive";
        case Step::cross:
            return "cross";
        case Step::expire:
            return "expire";
    }
    return "";
}

std::string_view to_text(Course course) {
    switch (course) {
        case Course::closed:
            return "CLOSED";
        case Course::open:
            return "OPEN";
        case Course::before_arrival:
            return "BEFORE_ARRIVAL";
        case Course::untouched:
            return "UNTOUCHED";
        case Course::done:
            return "DONE";
    }
    return "";
}

Actor actor_of(Step step) {
    if (step == Step::expire) return Actor::clock;
    return step == Step::amend || step == Step::cancel ? Actor::sender : Actor::gate;
}

Course course_of(Step step, std::string_view status) {
    const auto found = std::find(public_statuses.begin(), public_statuses.end(), status);
    if (found == public_statuses.end()) return Course::closed;
    return table[static_cast<std::size_t>(step)][static_cast<std::size_t>(found - public_statuses.begin())];
}

Course course_of(Step step, const Whereabouts& where) {
    const Course course = course_of(step, where.status);
    if (step == Step::arrive && course == Course::open && where.arrived) return Course::done;
    if (course == Course::closed || course == Course::done) return course;
    const bool shut = course != Course::open && (where.arrived || (course == Course::untouched && where.touched));
    return shut ? Course::closed : Course::open;
}

Result<bool> is_to_be_done(Step step, const Whereabouts& where) {
    const Course course = course_of(step, where);
    if (course != Course::closed) return course == Course::open;
    std::string words = "the manifest is " + std::string{where.status};
    if (where.arrived && where.status != "CROSSED") words += " and has arrived";
    if (where.touched && step == Step::amend) words += ", and an officer works or has worked on it";
    const std::vector<Step> open = open_steps(actor_of(step), where);
    return Error{ErrorKind::conflict,
                 words + "; " +
                     (open.empty() ? "nothing is open to " + std::string{actor_of(step) == Actor::sender ? "its sender" : "the gate"}
                                   : "open are: " + with_commas(open))};
}

std::vector<Step> open_steps(Actor actor, const Whereabouts& where) {
    std::vector<Step> open;
    for (const Step step : steps) {
        if (actor_of(step) == actor && course_of(step, where) == Course::open) open.push_back(step);
    }
    return open;
}

bool is_touched(const Legs& legs) {
    return std::any_of(legs.begin(), legs.end(), [](const LegView& leg) { return leg.state != LegState::none && leg.state != LegState::pending; });
}

Legs legs_after_amendment(const std::vector<LegBefore>& before, const selection::Selection& selection) {
    Legs legs;
    for (const LegView& wanted : open_legs(selection)) {
        const auto known = std::find_if(before.begin(), before.end(), [&](const LegBefore& each) { return each.leg.agency == wanted.agency; });
        const LegBefore was = known == before.end() ? LegBefore{LegView{wanted.agency}} : *known;
        legs.push_back({wanted.agency, state_after(was, wanted.state == LegState::pending), kind_after(was, wanted)});
    }
    for (const LegBefore& each : before) {
        if (!each.leg.agency.customs()) legs.push_back(each.leg);
    }
    return legs;
}

}  // namespace puente::inspection
