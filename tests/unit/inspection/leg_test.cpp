#include "puente/inspection/leg.hpp"

#include <gtest/gtest.h>

#include <vector>

#include "puente/inspection/open.hpp"

namespace puente::inspection {
namespace {

constexpr std::array all_states{LegState::none, LegState::pending, LegState::working, LegState::released, LegState::held, LegState::refused};

struct StatusCase {
    const char* name;
    LegView cbp;
    LegView sat;
    const char* expected;
};

constexpr StatusCase status_cases[] = {
    {"nobody_looks", {LegState::none, LegKind::review}, {LegState::none, LegKind::review}, "CLEARED"},
    {"papers_only", {LegState::pending, LegKind::review}, {LegState::none, LegKind::review}, "UNDER_REVIEW"},
    {"one_wants_the_load", {LegState::pending, LegKind::review}, {LegState::pending, LegKind::inspect}, "INSPECTION_REQUIRED"},
    {"one_still_pending", {LegState::released, LegKind::inspect}, {LegState::pending, LegKind::review}, "UNDER_REVIEW"},
    {"one_works", {LegState::working, LegKind::inspect}, {LegState::pending, LegKind::inspect}, "IN_INSPECTION"},
    {"one_released_one_held", {LegState::released, LegKind::inspect}, {LegState::held, LegKind::review}, "HELD"},
    {"refused_wins", {LegState::refused, LegKind::review}, {LegState::held, LegKind::inspect}, "REFUSED"},
    {"one_seen_the_other_never_looked", {LegState::none, LegKind::review}, {LegState::released, LegKind::review}, "RELEASED"},
};

class PublicStatus : public testing::TestWithParam<StatusCase> {};

TEST_P(PublicStatus, follows_from_the_legs) {
    EXPECT_EQ(public_status({GetParam().cbp, GetParam().sat}), GetParam().expected);
    EXPECT_EQ(public_status({GetParam().sat, GetParam().cbp}), GetParam().expected) << "neither agency is special";
}

INSTANTIATE_TEST_SUITE_P(Legs, PublicStatus, testing::ValuesIn(status_cases), [](const auto& each) { return std::string{each.param.name}; });

TEST(PublicStatus, never_says_released_while_a_leg_is_open) {
    for (const LegState cbp : all_states) {
        for (const LegState sat : all_states) {
            const std::string_view status = public_status({LegView{cbp, LegKind::inspect}, LegView{sat, LegKind::review}});
            const bool open = cbp == LegState::pending || cbp == LegState::working || cbp == LegState::held || sat == LegState::pending || sat == LegState::working || sat == LegState::held;
            if (open) {
                EXPECT_TRUE(status != "RELEASED" && status != "CLEARED") << to_text(cbp) << " " << to_text(sat);
            }
        }
    }
}

TEST(Leg, moves_only_as_the_table_allows) {
    for (const LegState state : all_states) {
        EXPECT_EQ(start(state).has_value(), state == LegState::pending || state == LegState::held) << to_text(state);
        for (const Decision decision : {Decision::release, Decision::hold, Decision::refuse}) {
            EXPECT_EQ(decide(state, decision).has_value(), state == LegState::working) << to_text(state) << " " << to_text(decision);
        }
    }
    EXPECT_EQ(*decide(LegState::working, Decision::release), LegState::released);
    EXPECT_EQ(*decide(LegState::working, Decision::hold), LegState::held);
    EXPECT_EQ(*decide(LegState::working, Decision::refuse), LegState::refused);
    EXPECT_EQ(start(LegState::released).error().kind(), ErrorKind::conflict);
}

TEST(Leg, reads_its_own_texts) {
    for (const LegState state : all_states) EXPECT_EQ(parse_leg_state(to_text(state)), state);
    for (const LegKind kind : {LegKind::review, LegKind::inspect}) EXPECT_EQ(parse_leg_kind(to_text(kind)), kind);
    for (const Decision decision : {Decision::release, Decision::hold, Decision::refuse}) EXPECT_EQ(parse_decision(to_text(decision)), decision);
    EXPECT_FALSE(parse_leg_state("released"));
    EXPECT_FALSE(parse_decision("RELEASED"));
}

TEST(OpenLegs, open_only_for_those_who_want_to_look) {
    selection::Selection selection;
    EXPECT_EQ(public_status(open_legs(selection)), "CLEARED");
    selection.wishes[1].review = true;
    EXPECT_EQ(open_legs(selection)[0].state, LegState::none);
    EXPECT_EQ(open_legs(selection)[1].state, LegState::pending);
    EXPECT_EQ(public_status(open_legs(selection)), "UNDER_REVIEW");
    selection.wishes[0].inspect = true;
    EXPECT_EQ(public_status(open_legs(selection)), "INSPECTION_REQUIRED");
}

}  // namespace
}  // namespace puente::inspection
