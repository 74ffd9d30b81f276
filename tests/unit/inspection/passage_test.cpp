#include "puente/inspection/passage.hpp"

#include <gtest/gtest.h>

#include <map>
#include <string>

namespace puente::inspection {

namespace {

using identifiers::Agency;

// One letter for each status in the order of public_statuses: . closed, o open, b before arrival, u untouched, d done.
const std::map<Step, std::string> expected{
    {Step::amend,  "uu..u....."},
    {Step::cancel, "bb..bb.d.."},
    {Step::arrive, "ooooooo..d"},
    {Step::cross,  "....oo...d"},
    {Step::expire, "bb..bb..d."},
};

Course course_for(char letter) {
    switch (letter) {
        case 'o':
            return Course::open;
        case 'b':
            return Course::before_arrival;
        case 'u':
            return Course::untouched;
        case 'd':
            return Course::done;
        default:
            return Course::closed;
    }
}

TEST(Passage, every_step_in_every_status) {
    for (const auto& [step, letters] : expected) {
        for (std::size_t i = 0; i < public_statuses.size(); ++i) {
            EXPECT_EQ(course_of(step, public_statuses[i]), course_for(letters[i])) << to_text(step) << " when " << public_statuses[i];
        }
        EXPECT_EQ(course_of(step, "ELSEWHERE"), Course::closed);
    }
}

TEST(Passage, every_step_everywhere_a_trip_can_be) {
    for (const auto& [step, letters] : expected) {
        for (std::size_t i = 0; i < public_statuses.size(); ++i) {
            for (const bool arrived : {false, true}) {
                for (const bool touched : {false, true}) {
                    const char letter = letters[i];
                    const bool done = letter == 'd' || (step == Step::arrive && letter == 'o' && arrived);
                    const bool open = letter == 'o' || (letter == 'b' && !arrived) || (letter == 'u' && !arrived && !touched);
                    const Course wanted = done ? Course::done : open ? Course::open : Course::closed;
                    const Whereabouts where{public_statuses[i], arrived, touched};
                    EXPECT_EQ(course_of(step, where), wanted) << to_text(step) << " when " << public_statuses[i] << arrived << touched;
                    EXPECT_EQ(is_to_be_done(step, where).has_value(), wanted != Course::closed);
                }
            }
        }
    }
}

TEST(Passage, a_refusal_says_where_the_trip_is_and_what_is_open) {
    EXPECT_EQ(is_to_be_done(Step::amend, {"RELEASED", false, true}).error().detail(),
              "the manifest is RELEASED, and an officer works or has worked on it; open are: cancel");
    EXPECT_EQ(is_to_be_done(Step::cancel, {"CLEARED", true, false}).error().detail(),
              "the manifest is CLEARED and has arrived; nothing is open to its sender");
    EXPECT_EQ(is_to_be_done(Step::cross, {"HELD", false, true}).error().detail(), "the manifest is HELD; open are: arrive");
}

LegBefore leg(Agency agency, LegState state, LegKind kind = LegKind::review, bool claimed = false, bool by_hand = false) {
    return {
        {agency, state, kind},
        claimed, by_hand
    };
}

selection::Selection wish(bool cbp_reviews, bool sat_inspects) {
    selection::Selection selection;
    selection.wishes[0].review = cbp_reviews;
    selection.wishes[1].inspect = sat_inspects;
    return selection;
}

struct LegCase {
    const char* name;
    LegBefore before;
    bool wanted;
    LegState after;
};
const LegCase leg_cases[] = {
    {"a wish that is new",    leg(Agency::cbp, LegState::none),    true,            LegState::pending             },
    {"a wish that stays",     leg(Agency::cbp, LegState::pending), true,            LegState::pending             },
    {"a wish that is gone",   leg(Agency::cbp, LegState::pending), false,           LegState::none                },
    {"what an officer holds", leg(Agency::cbp, LegState::pending,  LegKind::review, true),                          false, LegState::pending},
    {"what an officer asked for",      leg(Agency::cbp,                     LegState::pending,             LegKind::inspect,        false, true), false, LegState::pending},
    {"nobody looked and nobody does",                  leg(Agency::cbp,                            LegState::none),                                         false,                                LegState::none                                                             },
};

TEST(LegsAfterAmendment, follow_the_new_wish_but_for_what_an_officer_has_in_hand) {
    for (const LegCase& each : leg_cases) {
        const Legs legs = legs_after_amendment({each.before}, wish(each.wanted, false));
        ASSERT_EQ(legs.size(), 2u) << each.name;
        EXPECT_EQ(legs[0].state, each.after) << each.name;
        EXPECT_EQ(legs[1].state, LegState::none) << each.name;
    }
}

TEST(LegsAfterAmendment, never_make_less_of_what_an_officer_has_in_hand) {
    const Legs held = legs_after_amendment({leg(Agency::cbp, LegState::pending, LegKind::inspect, true)}, wish(true, true));
    EXPECT_EQ(held[0].kind, LegKind::inspect);
    EXPECT_EQ(held[1].kind, LegKind::inspect);
    EXPECT_EQ(legs_after_amendment({leg(Agency::cbp, LegState::pending, LegKind::inspect)}, wish(true, false))[0].kind, LegKind::review);
}

TEST(LegsAfterAmendment, leave_other_agencies_alone) {
    const identifiers::AgencyCode other = *identifiers::AgencyCode::parse("COFEPRIS");
    const LegBefore theirs{
        {other, LegState::pending, LegKind::inspect}
    };
    const Legs legs = legs_after_amendment({theirs, leg(Agency::sat, LegState::pending)}, wish(false, false));
    ASSERT_EQ(legs.size(), 3u);
    EXPECT_EQ(legs[1].state, LegState::none);
    EXPECT_TRUE(legs[2].agency == other);
    EXPECT_EQ(legs[2].state, LegState::pending);
}

}  // namespace

}  // namespace puente::inspection
