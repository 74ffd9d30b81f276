#include <gtest/gtest.h>

#include "puente/inspection/leg.hpp"
#include "store/desk.hpp"

namespace puente::test {

namespace {

using inspection::LegKind;
using inspection::LegState;

constexpr LegState states[] = {LegState::none, LegState::pending, LegState::working, LegState::released, LegState::held, LegState::refused};

std::string text(LegState state) {
    return std::string{inspection::to_text(state)};
}

/// What an UPDATE must also set for the row to be whole.
std::string decided(LegState state) {
    const bool is = state == LegState::released || state == LegState::held || state == LegState::refused;
    return is ? "decided_at = now()" : "decided_at = NULL";
}

bool domain_allows(LegState from, LegState to) {
    if (from == to) return true;
    if (from == LegState::none && to == LegState::pending) return true;  // the agency joins, or refers the load by hand
    if (const auto started = inspection::start(from); started && *started == to) return true;
    for (const auto decision : {inspection::Decision::release, inspection::Decision::hold, inspection::Decision::refuse}) {
        if (const auto decided = inspection::decide(from, decision); decided && *decided == to) return true;
    }
    return false;
}

class LegConstraints : public Desk {
protected:
    void SetUp() override { ASSERT_EQ(file(selected_filing(1)).kind, store::FilingOutcome::Kind::filed); }
    /// Puts both legs and the status where the test wants them, past the trigger.
    std::string put(LegState cbp, LegKind cbp_kind, LegState sat, LegKind sat_kind, const std::string& status) {
        const auto leg = [](LegState state, LegKind kind, const char* agency) {
            return "UPDATE puente.inspection_leg SET state = '" + text(state) + "', kind = '" + std::string{inspection::to_text(kind)} + "', " +
                   decided(state) + " WHERE agency = '" + agency + "'; ";
        };
        return sql("BEGIN; ALTER TABLE puente.inspection_leg DISABLE TRIGGER refuse_illegal_leg_move; " + leg(cbp, cbp_kind, "CBP") +
                   leg(sat, sat_kind, "SAT") + "UPDATE puente.manifest SET status = '" + status +
                   "'; SET CONSTRAINTS ALL IMMEDIATE; "
                   "ALTER TABLE puente.inspection_leg ENABLE TRIGGER refuse_illegal_leg_move; COMMIT");
    }
};

TEST_F(LegConstraints, the_database_allows_exactly_the_moves_of_the_domain) {
    for (const LegState from : states) {
        for (const LegState to : states) {
            ASSERT_EQ(put(from, LegKind::inspect, LegState::none, LegKind::review,
                          std::string{
                              inspection::public_status({{{from, LegKind::inspect}, {}}}
                              )
            }),
                      "")
                << text(from);
            const std::string said =
                sql("BEGIN; UPDATE puente.inspection_leg SET state = '" + text(to) + "', " + decided(to) + " WHERE agency = 'CBP'; ROLLBACK");
            EXPECT_EQ(said.empty(), domain_allows(from, to)) << text(from) << " to " << text(to) << ": " << said;
        }
    }
}

TEST_F(LegConstraints, the_status_is_the_one_that_the_domain_gives) {
    for (const LegState cbp : states) {
        for (const LegState sat : states) {
            for (const LegKind kind : {LegKind::review, LegKind::inspect}) {
                const std::string status{
                    inspection::public_status({{{cbp, kind}, {sat, LegKind::review}}}
                    )
                };
                EXPECT_EQ(put(cbp, kind, sat, LegKind::review, status), "") << text(cbp) << " " << text(sat) << " " << status;
            }
        }
    }
}

TEST_F(LegConstraints, another_status_is_refused_at_commit) {
    const std::string refused = "ERROR:  the status is";
    EXPECT_EQ(put(LegState::released, LegKind::inspect, LegState::pending, LegKind::review, "RELEASED").rfind(refused, 0), 0u);
    EXPECT_EQ(sql("UPDATE puente.manifest SET status = 'CLEARED'").rfind(refused, 0), 0u);
    EXPECT_EQ(sql("UPDATE puente.inspection_leg SET state = 'WORKING' WHERE agency = 'CBP'").rfind(refused, 0), 0u)
        << "the status must move with the leg";
    EXPECT_EQ(sql("BEGIN; UPDATE puente.inspection_leg SET state = 'WORKING' WHERE agency = 'CBP'; UPDATE puente.manifest SET status = "
                  "'IN_INSPECTION'; COMMIT"),
              "");
    for (const char* over : {"CANCELLED", "EXPIRED", "CROSSED"})
        EXPECT_EQ(sql(std::string{"UPDATE puente.manifest SET status = '"} + over + "'"), "") << over;
    EXPECT_EQ(sql("UPDATE puente.manifest SET status = 'ELSEWHERE'").rfind("ERROR:", 0), 0u);
}

TEST_F(LegConstraints, the_fence_never_falls_and_a_leg_stays_where_it_is) {
    ASSERT_EQ(sql("UPDATE puente.inspection_leg SET fence = 5"), "");
    EXPECT_EQ(sql("UPDATE puente.inspection_leg SET fence = 4").rfind("ERROR:  the fence of a leg never falls", 0), 0u);
    EXPECT_EQ(sql("UPDATE puente.inspection_leg SET inspection_id = gen_random_uuid()").rfind("ERROR:  a leg stays", 0), 0u);
    EXPECT_EQ(sql("UPDATE puente.inspection_leg SET holder = 'x'").rfind("ERROR:", 0), 0u) << "a holder has a lease";
}

}  // namespace

}  // namespace puente::test
