#include <gtest/gtest.h>

#include "puente/inspection/leg.hpp"
#include "store/desk.hpp"

namespace puente::test {

namespace {

using inspection::LegKind;
using inspection::LegState;

std::string text(LegState state) {
    return std::string{inspection::to_text(state)};
}

/// What an UPDATE must also set for the row to be whole.
std::string decided(LegState state) {
    const bool is = state == LegState::released || state == LegState::held || state == LegState::refused;
    const std::string hold = state == LegState::held ? ", hold_reason = 'why', hold_owner = 'who', due_at = now() + interval '1 hour'"
                                                     : ", hold_reason = NULL, hold_owner = NULL, due_at = NULL";
    return (is ? "decided_at = now()" : "decided_at = NULL") + hold;
}

bool domain_allows(LegState from, LegState to) {
    if (from == to) return true;
    for (const inspection::Move move : inspection::moves) {
        // A release taken back also needs its signature: a test of its own.
        if (inspection::after(from, move) == to && move != inspection::Move::rehold) return true;
    }
    return false;
}

std::string status_of(LegState cbp, LegKind cbp_kind, LegState sat, LegKind sat_kind) {
    const inspection::Legs legs{
        {identifiers::Agency::cbp, cbp, cbp_kind},
        {identifiers::Agency::sat, sat, sat_kind}
    };
    return std::string{inspection::public_status(legs)};
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

TEST_F(LegConstraints, the_table_of_moves_is_that_of_the_domain_cell_by_cell) {
    for (const LegState state : inspection::leg_states) {
        for (const inspection::Move move : inspection::moves) {
            const std::optional<LegState> after = inspection::after(state, move);
            EXPECT_EQ(sql("SELECT after FROM puente.leg_moves() WHERE before = '" + text(state) + "' AND move = '" +
                          std::string{inspection::to_text(move)} + "'"),
                      after ? text(*after) : "")
                << text(state) << " " << inspection::to_text(move);
        }
    }
    std::size_t open = 0;
    for (const LegState state : inspection::leg_states) {
        for (const inspection::Move move : inspection::moves) open += inspection::after(state, move) ? 1 : 0;
    }
    EXPECT_EQ(sql("SELECT count(*) FROM puente.leg_moves()"), std::to_string(open)) << "and nothing else";
}

TEST_F(LegConstraints, the_database_allows_exactly_the_moves_of_the_domain) {
    for (const LegState from : inspection::leg_states) {
        for (const LegState to : inspection::leg_states) {
            ASSERT_EQ(
                put(from, LegKind::inspect, LegState::none, LegKind::review, status_of(from, LegKind::inspect, LegState::none, LegKind::review)), "")
                << text(from);
            const std::string said =
                sql("BEGIN; UPDATE puente.inspection_leg SET state = '" + text(to) + "', " + decided(to) + " WHERE agency = 'CBP'; ROLLBACK");
            EXPECT_EQ(said.empty(), domain_allows(from, to)) << text(from) << " to " << text(to) << ": " << said;
        }
    }
}

TEST_F(LegConstraints, the_status_is_the_one_that_the_domain_gives) {
    for (const LegState cbp : inspection::leg_states) {
        for (const LegState sat : inspection::leg_states) {
            for (const LegKind kind : {LegKind::review, LegKind::inspect}) {
                const std::string status = status_of(cbp, kind, sat, LegKind::review);
                EXPECT_EQ(put(cbp, kind, sat, LegKind::review, status), "") << text(cbp) << " " << text(sat) << " " << status;
            }
        }
    }
}

TEST_F(LegConstraints, a_hold_is_whole_and_nothing_else_holds) {
    ASSERT_EQ(put(LegState::working, LegKind::inspect, LegState::none, LegKind::review, "IN_INSPECTION"), "");
    const std::string hold = "UPDATE puente.inspection_leg SET state = 'HELD', decided_at = now(), ";
    for (const char* incomplete :
         {"hold_reason = 'why', hold_owner = 'who', due_at = NULL", "hold_reason = 'why', hold_owner = NULL, due_at = now() + interval '1 hour'",
          "hold_reason = NULL, hold_owner = 'who', due_at = now() + interval '1 hour'",
          "hold_reason = ' ', hold_owner = 'who', due_at = now() + interval '1 hour'",
          "hold_reason = 'why', hold_owner = '', due_at = now() + interval '1 hour'",
          "hold_reason = 'why', hold_owner = 'who', due_at = now() - interval '1 hour'"}) {
        EXPECT_EQ(sql(hold + incomplete + " WHERE agency = 'CBP'").rfind("ERROR:", 0), 0u) << incomplete;
    }
    EXPECT_EQ(sql("UPDATE puente.inspection_leg SET hold_reason = 'why', hold_owner = 'who', due_at = now() + interval '1 hour' WHERE agency = 'CBP'")
                  .rfind("ERROR:", 0),
              0u)
        << "a leg that is worked on is not held";
    EXPECT_EQ(sql("UPDATE puente.inspection_leg SET kind = 'REVIEW' WHERE agency = 'CBP'").rfind("ERROR:  a leg that is worked on keeps its kind", 0),
              0u);
    EXPECT_EQ(sql("UPDATE puente.inspection_leg SET declined_at = now(), decline_reason = 'no' WHERE agency = 'CBP'").rfind("ERROR:", 0), 0u)
        << "too late to decline";
}

TEST_F(LegConstraints, a_release_is_taken_back_under_a_signature_only) {
    ASSERT_EQ(put(LegState::released, LegKind::inspect, LegState::none, LegKind::review, "RELEASED"), "");
    const std::string back =
        "UPDATE puente.inspection_leg SET state = 'HELD', fence = fence + 1, " + decided(LegState::held) + " WHERE agency = 'CBP'; ";
    const auto signed_for = [](const std::string& reason) {
        return "INSERT INTO puente.rehold (inspection_id, agency, fence, reason, signed_at, signed_text, signature, public_key, by_client) "
               "SELECT inspection_id, agency, fence, '" +
               reason + "', now(), 'text', 'h..' || repeat('A', 86), 'key', 'ann' FROM puente.inspection_leg WHERE agency = 'CBP'; ";
    };
    const std::string refused = "ERROR:  a release is taken back";
    EXPECT_EQ(sql("BEGIN; " + back + "ROLLBACK").rfind(refused, 0), 0u) << "no signature";
    EXPECT_EQ(sql("BEGIN; " + signed_for("another reason") + back + "ROLLBACK").rfind(refused, 0), 0u) << "signed for something else";
    EXPECT_EQ(sql("BEGIN; " + signed_for("why") + "UPDATE puente.inspection_leg SET state = 'HELD', " + decided(LegState::held) +
                  " WHERE agency = 'CBP'; ROLLBACK")
                  .rfind(refused, 0),
              0u)
        << "the fence stays the same";
    EXPECT_EQ(sql("BEGIN; " + signed_for("why") + back + "ROLLBACK"), "");
    ASSERT_EQ(sql(signed_for("why")), "");
    EXPECT_EQ(sql("BEGIN; " + back + "ROLLBACK").rfind(refused, 0), 0u) << "signed in another transaction";
    EXPECT_EQ(sql("INSERT INTO puente.rehold (inspection_id, agency, fence, reason, signed_at, signed_text, signature, public_key, by_client) "
                  "SELECT inspection_id, agency, 9, 'why', now(), 'text', 'h.x.' || repeat('A', 86), 'key', 'ann' FROM puente.inspection_leg WHERE "
                  "agency = 'CBP'")
                  .rfind("ERROR:", 0),
              0u)
        << "no detached signature";
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
}

TEST_F(LegConstraints, a_lease_has_a_holder_under_its_own_fence_and_work_to_do) {
    const std::string lease = "UPDATE puente.inspection_leg SET lease_until = now() + interval '1 minute', ";
    const std::string nobody = R"(ERROR:  insert or update on table "inspection_leg" violates foreign key constraint "leg_in_hand_has_holder")";
    EXPECT_EQ(sql(lease + "fence = 1 WHERE agency = 'CBP'"), nobody);
    ASSERT_EQ(sql("INSERT INTO puente.leg_holder SELECT inspection_id, 'CBP', 1, 'ann' FROM puente.inspection"), "");
    EXPECT_EQ(sql(lease + "fence = 2 WHERE agency = 'CBP'"), nobody) << "she holds it under another fence";
    EXPECT_EQ(sql(lease + "fence = 1 WHERE agency = 'SAT'"), nobody) << "she is of CBP";
    EXPECT_EQ(sql(lease + "fence = 1 WHERE agency = 'CBP'"), "");
    EXPECT_EQ(sql("UPDATE puente.inspection_leg SET fence = 2 WHERE agency = 'CBP'"), nobody);
    EXPECT_EQ(sql("UPDATE puente.inspection_leg SET fence = 2, lease_until = NULL WHERE agency = 'CBP'"), "") << "nobody holds it";
    const std::string leg = "UPDATE puente.inspection_leg SET state = 'RELEASED', decided_at = now(), ";
    for (const char* end : {"lease_until = now()", "lease_until = NULL"}) {
        const std::string said =
            sql("BEGIN; ALTER TABLE puente.inspection_leg DISABLE TRIGGER refuse_illegal_leg_move; " + leg + end + " WHERE agency = 'SAT'; ROLLBACK");
        EXPECT_EQ(said.find("leg_in_hand_is_open") != std::string::npos, end == std::string{"lease_until = now()"}) << said;
    }
}

}  // namespace

}  // namespace puente::test
