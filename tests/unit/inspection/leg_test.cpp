#include "puente/inspection/leg.hpp"

#include <gtest/gtest.h>

#include <map>
#include <set>

#include "puente/inspection/open.hpp"

namespace puente::inspection {
namespace {

using identifiers::Agency;
using identifiers::AgencyCode;

Legs two(LegState cbp, LegKind cbp_kind, LegState sat, LegKind sat_kind) {
    return {
        {Agency::cbp, cbp, cbp_kind},
        {Agency::sat, sat, sat_kind}
    };
}

struct Look {
    LegState state;
    LegKind kind;
};

struct StatusCase {
    const char* name;
    Look cbp;
    Look sat;
    const char* expected;
};

constexpr StatusCase status_cases[] = {
    {"nobody_looks",                    {LegState::none, LegKind::review},      {LegState::none, LegKind::review},     "CLEARED"            },
    {"papers_only",                     {LegState::pending, LegKind::review},   {LegState::none, LegKind::review},     "UNDER_REVIEW"       },
    {"one_wants_the_load",              {LegState::pending, LegKind::review},   {LegState::pending, LegKind::inspect}, "INSPECTION_REQUIRED"},
    {"one_still_pending",               {LegState::released, LegKind::inspect}, {LegState::pending, LegKind::review},  "UNDER_REVIEW"       },
    {"one_works",                       {LegState::working, LegKind::inspect},  {LegState::pending, LegKind::inspect}, "IN_INSPECTION"      },
    {"one_released_one_held",           {LegState::released, LegKind::inspect}, {LegState::held, LegKind::review},     "HELD"               },
    {"refused_wins",                    {LegState::refused, LegKind::review},   {LegState::held, LegKind::inspect},    "REFUSED"            },
    {"one_seen_the_other_never_looked", {LegState::none, LegKind::review},      {LegState::released, LegKind::review}, "RELEASED"           },
};

class PublicStatus : public testing::TestWithParam<StatusCase> {};

TEST_P(PublicStatus, follows_from_the_legs) {
    const StatusCase& each = GetParam();
    EXPECT_EQ(public_status(two(each.cbp.state, each.cbp.kind, each.sat.state, each.sat.kind)), each.expected);
    EXPECT_EQ(public_status(two(each.sat.state, each.sat.kind, each.cbp.state, each.cbp.kind)), each.expected) << "neither agency is special";
}

INSTANTIATE_TEST_SUITE_P(Legs, PublicStatus, testing::ValuesIn(status_cases), [](const auto& each) { return std::string{each.param.name}; });

TEST(PublicStatus, never_says_released_while_a_leg_is_open) {
    for (const LegState cbp : leg_states) {
        for (const LegState sat : leg_states) {
            const std::string_view status = public_status(two(cbp, LegKind::inspect, sat, LegKind::review));
            if (is_open(cbp) || is_open(sat)) {
                EXPECT_TRUE(status != "RELEASED" && status != "CLEARED") << to_text(cbp) << " " << to_text(sat);
            }
        }
    }
}

/// The worst leg decides, whatever the others say: the same for two agencies, three, or four.
std::string_view worst(const std::vector<LegState>& states) {
    const std::set<LegState> all{states.begin(), states.end()};
    for (const auto& [state, status] : {
             std::pair{LegState::refused,  "REFUSED"            },
             {LegState::held,     "HELD"               },
             {LegState::working,  "IN_INSPECTION"      },
             {LegState::pending,  "INSPECTION_REQUIRED"},
             {LegState::released, "RELEASED"           }
    }) {
        if (all.count(state) > 0) return status;
    }
    return "CLEARED";
}

TEST(PublicStatus, counts_the_leg_of_a_third_agency_as_any_other) {
    const AgencyCode third = *AgencyCode::parse("TESTAGENCY");
    for (const LegState cbp : leg_states) {
        for (const LegState sat : leg_states) {
            for (const LegState other : leg_states) {
                Legs legs = two(cbp, LegKind::inspect, sat, LegKind::inspect);
                legs.push_back({third, other, LegKind::inspect});
                EXPECT_EQ(public_status(legs), worst({cbp, sat, other})) << to_text(cbp) << to_text(sat) << to_text(other);
            }
        }
    }
    EXPECT_EQ(public_status({}), "CLEARED");
}

/// Every cell that is open, written down a second time. All others are closed.
const std::map<std::pair<LegState, Move>, LegState> open_cells{
    {{LegState::none, Move::join},         LegState::pending },
    {{LegState::none, Move::decline},      LegState::none    },
    {{LegState::pending, Move::claim},     LegState::pending },
    {{LegState::pending, Move::renew},     LegState::pending },
    {{LegState::pending, Move::give_back}, LegState::pending },
    {{LegState::pending, Move::start},     LegState::working },
    {{LegState::working, Move::claim},     LegState::working },
    {{LegState::working, Move::renew},     LegState::working },
    {{LegState::working, Move::give_back}, LegState::working },
    {{LegState::working, Move::release},   LegState::released},
    {{LegState::working, Move::hold},      LegState::held    },
    {{LegState::working, Move::refuse},    LegState::refused },
    {{LegState::held, Move::claim},        LegState::held    },
    {{LegState::held, Move::renew},        LegState::held    },
    {{LegState::held, Move::give_back},    LegState::held    },
    {{LegState::held, Move::start},        LegState::working },
    {{LegState::released, Move::rehold},   LegState::held    },
};

TEST(Leg, moves_only_as_the_table_allows) {
    for (const LegState state : leg_states) {
        for (const Move move : moves) {
            const auto cell = open_cells.find({state, move});
            const std::optional<LegState> expected = cell == open_cells.end() ? std::nullopt : std::optional{cell->second};
            EXPECT_EQ(after(state, move), expected) << to_text(state) << " " << to_text(move);
            const Result<LegState> said = moved(state, move);
            ASSERT_EQ(said.has_value(), expected.has_value());
            if (said) {
                EXPECT_EQ(*said, *expected);
            } else {
                EXPECT_EQ(said.error().kind(), ErrorKind::conflict);
                EXPECT_NE(said.error().detail().find(to_text(state)), std::string::npos) << "it says what the state is";
            }
        }
    }
}

TEST(Leg, a_refusal_says_what_is_open_instead) {
    EXPECT_EQ(moved(LegState::pending, Move::release).error().detail(), "the leg is PENDING; open are: claim, renew, give-back, start");
    EXPECT_EQ(moved(LegState::refused, Move::rehold).error().detail(), "the leg is REFUSED; nothing more can be done with it");
}

TEST(Leg, is_final_where_it_should_be) {
    for (const Move move : moves) {
        EXPECT_FALSE(after(LegState::refused, move)) << to_text(move);
        if (move != Move::rehold) {
            EXPECT_FALSE(after(LegState::released, move)) << to_text(move);
        }
    }
}

std::string names(const std::vector<Move>& all) {
    std::string text;
    for (const Move each : all) text += (text.empty() ? "" : " ") + std::string{to_text(each)};
    return text;
}

TEST(Leg, offers_each_officer_what_is_in_reach) {
    EXPECT_EQ(names(next_moves(LegState::none, Hand::nobody)), "join decline");
    EXPECT_EQ(names(next_moves(LegState::pending, Hand::nobody)), "claim");
    EXPECT_EQ(names(next_moves(LegState::pending, Hand::own)), "renew give-back start");
    EXPECT_EQ(names(next_moves(LegState::pending, Hand::other)), "");
    EXPECT_EQ(names(next_moves(LegState::working, Hand::own)), "renew give-back release hold refuse");
    EXPECT_EQ(names(next_moves(LegState::working, Hand::nobody)), "claim");
    EXPECT_EQ(names(next_moves(LegState::held, Hand::nobody)), "claim");
    EXPECT_EQ(names(next_moves(LegState::released, Hand::nobody)), "rehold");
    EXPECT_EQ(names(next_moves(LegState::refused, Hand::nobody)), "");
}

TEST(Leg, reads_its_own_texts) {
    for (const LegState state : leg_states) EXPECT_EQ(parse_leg_state(to_text(state)), state);
    for (const LegKind kind : {LegKind::review, LegKind::inspect}) EXPECT_EQ(parse_leg_kind(to_text(kind)), kind);
    for (const Decision decision : {Decision::release, Decision::hold, Decision::refuse}) {
        EXPECT_EQ(parse_decision(to_text(decision)), decision);
        EXPECT_TRUE(after(LegState::working, move_of(decision)));
    }
    EXPECT_FALSE(parse_leg_state("released"));
    EXPECT_FALSE(parse_decision("RELEASED"));
    std::set<std::string_view> texts;
    for (const Move move : moves) texts.insert(to_text(move));
    EXPECT_EQ(texts.size(), moves.size());
}

TEST(OpenLegs, open_only_for_those_who_want_to_look) {
    selection::Selection selection;
    EXPECT_EQ(public_status(open_legs(selection)), "CLEARED");
    selection.wishes[1].review = true;
    EXPECT_EQ(open_legs(selection)[0].state, LegState::none);
    EXPECT_EQ(open_legs(selection)[1].state, LegState::pending);
    EXPECT_EQ(open_legs(selection)[1].agency, Agency::sat);
    EXPECT_EQ(public_status(open_legs(selection)), "UNDER_REVIEW");
    selection.wishes[0].inspect = true;
    EXPECT_EQ(public_status(open_legs(selection)), "INSPECTION_REQUIRED");
}

}  // namespace
}  // namespace puente::inspection
