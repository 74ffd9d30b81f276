// Joining, declining, referring by hand, taking a release back, and a third agency.
#include <gtest/gtest.h>

#include "puente/store/records.hpp"
#include "store/leg_desk.hpp"

namespace puente::test {

namespace {

using inspection::Decision;
using inspection::LegKind;
using inspection::LegState;

class JointInspection : public LegDesk {
protected:
    Moved refer(const store::As& who, const Uuid& manifest_id, LegKind kind = LegKind::inspect) {
        store::Referral referral;
        referral.manifest_id = manifest_id;
        referral.inspection_id = selected_filing(77).inspection->inspection_id;
        referral.kind = kind;
        referral.officer = "ann";
        referral.why = "REFERRAL-CANARY";
        referral.perishable = true;
        referral.essential = {"medical"};
        referral.turn_at = cleared_filing(1).estimated_arrival;
        return run(who, [=](Tx& tx) { return store::refer_manifest(tx, referral); });
    }
};

TEST_F(JointInspection, the_other_agency_may_join) {
    const store::Filing filing = filed_for_sat(1);
    const Uuid id = filing.inspection->inspection_id;
    EXPECT_EQ(claim(cbp_, "ann", id).error().kind(), ErrorKind::conflict) << "nothing to take yet";
    const Moved joined = join(cbp_, id, LegKind::inspect, "WHY-CANARY");
    ASSERT_TRUE(joined) << joined.error().detail();
    EXPECT_EQ(joined->state, LegState::pending);
    EXPECT_EQ(joined->status, "INSPECTION_REQUIRED") << "papers for SAT, the load for CBP";
    EXPECT_EQ(join(cbp_, id).error().kind(), ErrorKind::conflict) << "once";
    EXPECT_EQ(through(cbp_, id, Decision::release)->status, "UNDER_REVIEW");
    EXPECT_EQ(through(sat_, id, Decision::release)->status, "RELEASED");
    EXPECT_EQ(join(cbp_, id).error().kind(), ErrorKind::conflict) << "decided";
    EXPECT_EQ(sql("SELECT actor, status, audience, detail->>'kind' FROM puente.event WHERE kind = 'leg_joined'"),
              "CBP|INSPECTION_REQUIRED|ALL|INSPECT");
    EXPECT_EQ(sql("SELECT agency, visibility, text FROM puente.annotation"), "CBP|AGENCY|WHY-CANARY") << "why is for CBP";
    EXPECT_EQ(sql("SELECT count(*) FROM puente.event WHERE detail::text LIKE '%CANARY%'"), "0");
}

TEST_F(JointInspection, or_decline_with_a_reason_that_officers_see) {
    const store::Filing filing = filed_for_sat(1);
    const Uuid id = filing.inspection->inspection_id;
    const std::string before = sql("SELECT state_no, changed_at FROM puente.manifest");
    ASSERT_TRUE(decline(cbp_, id, "no interest in the papers"));
    EXPECT_EQ(sql("SELECT state_no, changed_at FROM puente.manifest"), before) << "nothing changes for parties, not even a count";
    EXPECT_EQ(sql("SELECT state, decline_reason, declined_at IS NOT NULL FROM puente.inspection_leg WHERE agency = 'CBP'"),
              "NONE|no interest in the papers|t");
    EXPECT_EQ(sql("SELECT actor, audience, detail->>'reason' FROM puente.event WHERE kind = 'leg_declined'"),
              "CBP|OFFICERS|no interest in the papers");
    const std::function<Result<store::StatusRecord>(Tx&)> read = [&](Tx& tx) { return store::find_status(tx, filing.manifest_id); };
    EXPECT_EQ(as<store::StatusRecord>(sat_, read)->legs[0].decline_reason, "no interest in the papers");
    EXPECT_EQ(as<store::StatusRecord>(broker("company-1"), read)->legs[0].decline_reason, "");
    ASSERT_TRUE(join(cbp_, id)) << "a mind may change";
    EXPECT_EQ(sql("SELECT state, declined_at IS NULL FROM puente.inspection_leg WHERE agency = 'CBP'"), "PENDING|t");
    EXPECT_EQ(decline(cbp_, id, "too late").error().kind(), ErrorKind::conflict);
}

TEST_F(JointInspection, is_not_there_for_unknown_ids_and_over_with_the_trip) {
    const store::Filing filing = filed_for_sat(1);
    const Uuid id = filing.inspection->inspection_id;
    EXPECT_EQ(join(cbp_, filing.manifest_id).error().kind(), ErrorKind::not_found);
    EXPECT_EQ(decline(cbp_, filing.manifest_id, "x").error().kind(), ErrorKind::not_found);
    EXPECT_EQ(rehold(cbp_, filing.manifest_id, 1).error().kind(), ErrorKind::not_found);
    for (const char* over : {"CANCELLED", "EXPIRED", "CROSSED"}) {
        ASSERT_EQ(sql(std::string{"UPDATE puente.manifest SET status = '"} + over + "'"), "");
        EXPECT_EQ(join(cbp_, id).error().kind(), ErrorKind::conflict) << over;
        EXPECT_EQ(decline(cbp_, id, "x").error().kind(), ErrorKind::conflict) << over;
        EXPECT_EQ(refer(cbp_, filing.manifest_id).error().kind(), ErrorKind::conflict) << over;
    }
}

TEST_F(JointInspection, an_officer_refers_a_load_that_nobody_selected) {
    const store::Filing filing = cleared_filing(1);
    ASSERT_EQ(file(filing).kind, store::FilingOutcome::Kind::filed);
    const Moved referred = refer(sat_, filing.manifest_id, LegKind::review);
    ASSERT_TRUE(referred) << referred.error().detail();
    EXPECT_EQ(referred->status, "UNDER_REVIEW");
    EXPECT_EQ(sql("SELECT us_port, mx_office, perishable, essential, is_open FROM puente.inspection"), "2304|240|t|{medical}|t");
    EXPECT_EQ(refer(sat_, filing.manifest_id).error().kind(), ErrorKind::conflict) << "the leg is open";
    const Moved second = refer(cbp_, filing.manifest_id);
    ASSERT_TRUE(second) << second.error().detail();
    EXPECT_EQ(second->status, "INSPECTION_REQUIRED");
    EXPECT_EQ(second->inspection_id, referred->inspection_id) << "one joint inspection";
    EXPECT_EQ(sql("SELECT agency, text FROM puente.annotation ORDER BY agency"), "CBP|REFERRAL-CANARY\nSAT|REFERRAL-CANARY");
    EXPECT_EQ(claim(cbp_, "ann")->inspection_id, referred->inspection_id) << "it stands in the queue";
    EXPECT_EQ(through(sat_, referred->inspection_id, Decision::release)->status, "INSPECTION_REQUIRED");
    EXPECT_EQ(refer(sat_, selected_filing(9).manifest_id).error().kind(), ErrorKind::not_found);
}

TEST_F(JointInspection, two_officers_who_refer_one_load_at_once_open_one_inspection) {
    pool();
    for (int i = 0; i < 10; ++i) {
        ASSERT_EQ(file(cleared_filing(i)).kind, store::FilingOutcome::Kind::filed);
        const Uuid manifest = cleared_filing(i).manifest_id;
        const auto refer_as = [&](const store::As& who, int number) {
            store::Referral referral;
            referral.manifest_id = manifest;
            referral.inspection_id = selected_filing(number).inspection->inspection_id;
            referral.officer = "ann";
            referral.turn_at = cleared_filing(i).estimated_arrival;
            return run(who, [=](Tx& tx) { return store::refer_manifest(tx, referral); });
        };
        std::thread other{[&] { EXPECT_TRUE(refer_as(cbp_, 100 + i)); }};
        EXPECT_TRUE(refer_as(sat_, 200 + i));
        other.join();
    }
    EXPECT_EQ(sql("SELECT (SELECT count(*) FROM puente.inspection), (SELECT count(*) FROM puente.inspection_leg WHERE state = 'PENDING')"), "10|20");
}

TEST_F(JointInspection, a_release_is_taken_back_once_and_kept_with_its_signature) {
    ASSERT_EQ(file(selected_filing(1)).kind, store::FilingOutcome::Kind::filed);
    const Uuid id = selected_filing(1).inspection->inspection_id;
    EXPECT_EQ(rehold(cbp_, id, 0).error().kind(), ErrorKind::conflict) << "nothing is released";
    ASSERT_TRUE(through(cbp_, id, Decision::release));
    ASSERT_EQ(through(sat_, id, Decision::release)->status, "RELEASED");
    EXPECT_EQ(sql("SELECT is_open FROM puente.inspection"), "f");
    EXPECT_EQ(rehold(cbp_, id, 2).error().kind(), ErrorKind::stale) << "signed for another fence";
    const Moved back = rehold(cbp_, id, 1);
    ASSERT_TRUE(back) << back.error().detail();
    EXPECT_EQ(back->status, "HELD");
    EXPECT_EQ(back->fence, 2);
    EXPECT_EQ(rehold(cbp_, id, 1).error().kind(), ErrorKind::conflict) << "it is held already";
    EXPECT_EQ(sql("SELECT agency, fence, reason, signature = 'header..' || repeat('A', 86), by_client FROM puente.rehold"),
              "CBP|1|the photo shows another seal|t|ann");
    EXPECT_EQ(sql("SELECT actor, audience, detail->>'reason' FROM puente.event WHERE kind = 'leg_reheld'"), "CBP|ALL|the photo shows another seal");
    EXPECT_EQ(sql("SELECT is_open FROM puente.inspection"), "t");
    EXPECT_EQ(through(cbp_, id, Decision::release)->status, "RELEASED") << "and released anew";
    EXPECT_EQ(sql("SELECT state FROM puente.inspection_leg WHERE agency = 'SAT'"), "RELEASED") << "the other agency's release stands";
}

TEST_F(JointInspection, refused_stays_and_crossed_is_over) {
    ASSERT_EQ(file(selected_filing(1)).kind, store::FilingOutcome::Kind::filed);
    const Uuid id = selected_filing(1).inspection->inspection_id;
    ASSERT_TRUE(through(sat_, id, Decision::refuse));
    EXPECT_EQ(rehold(sat_, id, 1).error().kind(), ErrorKind::conflict);
    ASSERT_TRUE(through(cbp_, id, Decision::release));
    ASSERT_EQ(sql("UPDATE puente.manifest SET status = 'CROSSED'"), "");
    EXPECT_EQ(rehold(cbp_, id, 1).error().kind(), ErrorKind::conflict);
}

TEST_F(JointInspection, a_third_agency_joins_holds_and_releases) {
    ASSERT_EQ(add_agency("TESTAGENCY"), "puente_agency_testagency");
    const store::As third = officer("TESTAGENCY");
    const store::Filing filing = filed_for_sat(1);
    const Uuid id = filing.inspection->inspection_id;
    EXPECT_EQ(through(sat_, id, Decision::release)->status, "RELEASED");
    EXPECT_EQ(join(third, id)->status, "INSPECTION_REQUIRED");
    EXPECT_EQ(sql("SELECT is_open FROM puente.inspection"), "t");
    EXPECT_EQ(through(third, id, Decision::hold)->status, "HELD");
    const std::function<Result<store::StatusRecord>(Tx&)> read = [&](Tx& tx) { return store::find_status(tx, filing.manifest_id); };
    const Result<store::StatusRecord> seen = as<store::StatusRecord>(broker("company-1"), read);
    ASSERT_EQ(seen->legs.size(), 3u);
    EXPECT_EQ(seen->legs[2].agency.text(), "TESTAGENCY");
    EXPECT_EQ(seen->legs[2].hold_reason, "at the laboratory");
    EXPECT_EQ(seen->legs[2].hold_owner, "") << "who answers for it is for officers";
    EXPECT_EQ(through(third, id, Decision::release)->status, "RELEASED");
    EXPECT_EQ(sql("SELECT is_open FROM puente.inspection"), "f");

    const Moved foreign = run(third, [&](Tx& tx) { return store::start_leg(tx, id, identifiers::Agency::sat, "ann", 1); });
    EXPECT_EQ(foreign.error().kind(), ErrorKind::not_found) << "it cannot even lock another's leg";
    EXPECT_EQ(join(officer("NOBODY"), id).error().kind(), ErrorKind::forbidden) << "no such role";
    EXPECT_EQ(join(officer("OFFICER"), id).has_value(), false);
}

TEST_F(JointInspection, agencies_are_added_by_the_owner_and_stay) {
    ASSERT_EQ(add_agency("TESTAGENCY"), "puente_agency_testagency");
    EXPECT_EQ(add_agency("TESTAGENCY").rfind("ERROR:", 0), 0u) << "once";
    for (const char* none : {"x", "lower", "ALL", "OFFICERS", "A B", "1A", "WITH'QUOTE"}) EXPECT_EQ(add_agency(none).rfind("ERROR:", 0), 0u) << none;
    EXPECT_EQ(sql("DELETE FROM puente.agency", "puente_owner").rfind("ERROR:  an agency stays", 0), 0u);
    for (const char* role : {"puente_gateway", "puente_cbp", "puente_agency_testagency", "puente_party", "puente_intake"}) {
        EXPECT_EQ(sql(std::string{"SET ROLE "} + role + "; SELECT puente.add_agency('OTHERAGENCY', 'MX', 'x', 'x')", "puente_app")
                      .rfind("ERROR:  permission denied", 0),
                  0u)
            << role;
        EXPECT_EQ(sql(std::string{"SET ROLE "} + role + "; INSERT INTO puente.agency (code, country, name_en, name_es) VALUES ('XX', 'MX', 'x', 'x')",
                      "puente_app")
                      .rfind("ERROR:  permission denied", 0),
                  0u)
            << role;
    }
    EXPECT_EQ(sql("INSERT INTO puente.inspection_leg (inspection_id, manifest_id, agency, state, kind) VALUES (gen_random_uuid(), gen_random_uuid(), "
                  "'NOSUCH', 'NONE', 'REVIEW')")
                  .rfind("ERROR:  there is no agency", 0),
              0u);
}

}  // namespace

}  // namespace puente::test
