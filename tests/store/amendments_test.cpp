#include "puente/store/amendments.hpp"

#include <gtest/gtest.h>

#include <future>

#include "puente/store/expiry.hpp"
#include "puente/store/passage.hpp"
#include "store/leg_desk.hpp"

namespace puente::test {

namespace {

using inspection::LegKind;
using inspection::LegState;
using inspection::Step;
using store::Standing;
using store::Transaction;

class Amendments : public LegDesk {
protected:
    static store::As sender(const std::string& company = "company-1") { return {store::As::Kind::sender, company, "", ""}; }

    /// The next version of a filing, from the state it was read in.
    Result<bool> amend(store::Filing filing, std::int64_t state_no = 1, const std::string& company = "company-1",
                       store::AmendmentHitch* told = nullptr) {
        filing.company = company;
        filing.idempotency_key = told == nullptr ? "" : filing.idempotency_key;
        auto hitch = std::make_shared<store::AmendmentHitch>();
        const std::function<Result<bool>(Transaction&)> work = [=](Transaction& tx) -> Result<bool> {
            const Result<Standing> standing = store::lock_own_manifest(tx, filing.manifest_id, filing.uses);
            if (!standing) return standing.error();
            if (standing->state_no != state_no) return Error{ErrorKind::stale, "changed"};
            if (const Result<void> written = store::write_amendment(tx, {filing, *standing, filing.received_at}, *hitch); !written) return written.error();
            return true;
        };
        const Result<bool> done = as<bool>(sender(company), work);
        if (told != nullptr) *told = *hitch;
        return done;
    }
    Result<bool> cancel(const Uuid& id, const std::string& company = "company-1") {
        const std::function<Result<bool>(Transaction&)> work = [=](Transaction& tx) -> Result<bool> {
            const Result<Standing> standing = store::lock_own_manifest(tx, id, {});
            if (!standing) return standing.error();
            const Result<bool> wanted = inspection::is_to_be_done(Step::cancel, standing->where());
            if (!wanted) return wanted;
            if (const Result<void> written = store::write_cancellation(tx, id, "wrong truck"); !written) return written.error();
            return true;
        };
        return as<bool>(sender(company), work);
    }
    Result<bool> at_gate(const Uuid& id, Step step, const store::As& who) {
        const store::GateNote note{id, step, Instant{std::chrono::sys_days{std::chrono::year{2026} / 3 / 2}}, "7", "B", "gate-1"};
        const std::function<Result<bool>(Transaction&)> work = [=](Transaction& tx) -> Result<bool> {
            if (const Result<Standing> standing = store::lock_at_gate(tx, id); !standing) return standing.error();
            if (const Result<void> written = store::note_at_gate(tx, note); !written) return written.error();
            return true;
        };
        return as<bool>(who, work);
    }
    Result<std::size_t> expire(std::size_t most = 100) {
        const std::function<Result<std::size_t>(Transaction&)> work = [=](Transaction& tx) {
            return store::expire_manifests(tx, std::chrono::hours{72}, most);
        };
        return as<std::size_t>(store::As::watch(), work);
    }
    static store::Filing with_legs(store::Filing filing, LegState cbp, LegState sat, const std::string& status) {
        filing.inspection->legs[0].state = cbp;
        filing.inspection->legs[1].state = sat;
        filing.status = status;
        return filing;
    }
    static manifest::Use seal(const std::string& value) {
        static constexpr manifest::UseKind kind{"seal", std::chrono::hours{2160}};
        std::array<std::uint8_t, 16> key{};
        std::copy(value.begin(), value.end(), key.begin());
        return {&kind, value, "", Uuid{key}};
    }
};

TEST_F(Amendments, the_table_of_passages_is_that_of_the_domain_cell_by_cell) {
    std::string expected;
    for (const Step step : inspection::steps) {
        for (const std::string_view status : inspection::public_statuses) {
            const inspection::Course course = inspection::course_of(step, status);
            if (course == inspection::Course::closed) continue;
            const std::string where = "step = '" + std::string{to_text(step)} + "' AND status = '" + std::string{status} + "'";
            EXPECT_EQ(sql("SELECT course FROM puente.passages() WHERE " + where), to_text(course)) << where;
            expected += "x";
        }
    }
    EXPECT_EQ(sql("SELECT count(*) FROM puente.passages()"), std::to_string(expected.size()));
}

TEST_F(Amendments, writes_another_version_and_keeps_the_old_one) {
    store::Filing filing = cleared_filing(1);
    file(filing);
    const std::string before = sql("SELECT encode(document, 'hex') FROM puente.manifest_version");
    filing.document = "{\"second\": 1}";
    filing.sha256 = std::string(32, 'z');
    filing.us_port = "2506";
    filing.findings = selected_filing(1).findings;
    ASSERT_TRUE(amend(filing));
    EXPECT_EQ(sql("SELECT version, state_no, us_port, status FROM puente.manifest"), "2|2|2506|CLEARED");
    EXPECT_EQ(sql("SELECT encode(document, 'hex') FROM puente.manifest_version WHERE version = 1"), before);
    EXPECT_EQ(sql("SELECT convert_from(document, 'UTF8') FROM puente.manifest_version WHERE version = 2"), "{\"second\": 1}");
    EXPECT_EQ(sql("SELECT version, count(*) FROM puente.finding GROUP BY 1"), "2|3");
    EXPECT_EQ(sql("SELECT kind, version, state_no, actor FROM puente.event ORDER BY event_id"), "filed|1|1|company-1\namended|2|2|company-1");
}

TEST_F(Amendments, another_company_finds_nothing) {
    const store::Filing filing = cleared_filing(1);
    file(filing);
    EXPECT_EQ(amend(filing, 1, "company-2").error().kind(), ErrorKind::not_found);
    EXPECT_EQ(amend(filing, 1, "").error().kind(), ErrorKind::not_found);
    EXPECT_EQ(cancel(filing.manifest_id, "company-2").error().kind(), ErrorKind::not_found);
}

TEST_F(Amendments, legs_follow_the_new_selection) {
    const store::Filing filing = selected_filing(1);
    file(filing);
    ASSERT_TRUE(amend(with_legs(filing, LegState::none, LegState::pending, "UNDER_REVIEW")));
    EXPECT_EQ(sql("SELECT agency, state, in_queue FROM puente.inspection_leg ORDER BY 1"), "CBP|NONE|t\nSAT|PENDING|t");
    EXPECT_EQ(sql("SELECT count(*) FROM puente.superseded_factor WHERE version = 1"), "2");
    EXPECT_EQ(sql("SELECT count(*) FROM puente.selection_factor"), "2");
    ASSERT_TRUE(amend(with_legs(filing, LegState::none, LegState::none, "CLEARED"), 2));
    EXPECT_EQ(sql("SELECT is_open FROM puente.inspection"), "f");
    EXPECT_EQ(claim(sat_, "bea", {}, "240").error().kind(), ErrorKind::conflict);
    ASSERT_TRUE(amend(with_legs(filing, LegState::pending, LegState::none, "INSPECTION_REQUIRED"), 3));
    EXPECT_EQ(sql("SELECT is_open FROM puente.inspection"), "t");
    EXPECT_TRUE(claim(cbp_, "ann"));
}

TEST_F(Amendments, open_an_inspection_where_there_was_none) {
    store::Filing filing = cleared_filing(1);
    file(filing);
    filing.inspection = selected_filing(1).inspection;
    filing.status = "INSPECTION_REQUIRED";
    ASSERT_TRUE(amend(filing));
    EXPECT_EQ(sql("SELECT count(*) FROM puente.inspection_leg WHERE state = 'PENDING' AND in_queue"), "2");
    EXPECT_TRUE(claim(cbp_, "ann"));
}

TEST_F(Amendments, the_database_does_not_take_a_leg_from_its_holder) {
    const store::Filing filing = selected_filing(1);
    file(filing);
    ASSERT_TRUE(claim(cbp_, "ann"));
    EXPECT_EQ(amend(with_legs(filing, LegState::none, LegState::pending, "UNDER_REVIEW"), 2).error().kind(), ErrorKind::conflict);
    EXPECT_EQ(sql("SELECT version FROM puente.manifest"), "1");
}

TEST_F(Amendments, the_database_refuses_one_once_an_officer_has_begun) {
    const store::Filing filing = selected_filing(1);
    file(filing);
    const Claimed held = claim(cbp_, "ann");
    ASSERT_TRUE(start(cbp_, "ann", *held));
    store::Filing same = filing;
    same.inspection.reset();
    same.status = "IN_INSPECTION";
    EXPECT_EQ(amend(same, 3).error().kind(), ErrorKind::conflict);
    ASSERT_TRUE(decide(cbp_, "ann", *held, inspection::Decision::release));
    same.status = "UNDER_REVIEW";
    EXPECT_EQ(amend(same, 4).error().kind(), ErrorKind::conflict) << "seen by one agency";
    EXPECT_EQ(sql("SELECT version FROM puente.manifest"), "1");
}

TEST_F(Amendments, of_two_at_once_one_wins) {
    const store::Filing filing = cleared_filing(1);
    file(filing);
    (void)pool();
    std::vector<std::future<Result<bool>>> all;
    for (int i = 0; i < 6; ++i) all.push_back(std::async(std::launch::async, [&] { return amend(filing); }));
    int won = 0;
    for (auto& each : all) {
        const Result<bool> done = each.get();
        won += done ? 1 : 0;
        if (done) continue;
        EXPECT_EQ(done.error().kind(), ErrorKind::stale);
    }
    EXPECT_EQ(won, 1);
    EXPECT_EQ(sql("SELECT version, (SELECT count(*) FROM puente.manifest_version) FROM puente.manifest"), "2|2");
}

TEST_F(Amendments, identifiers_are_exchanged_and_ones_own_are_not_held_against_it) {
    store::Filing other = cleared_filing(2);
    other.uses = {seal("S2")};
    file(other);
    store::Filing filing = cleared_filing(1);
    filing.uses = {seal("S1")};
    file(filing);
    ASSERT_TRUE(amend(filing)) << "its own seal";
    filing.uses = {seal("S2"), seal("S3")};
    store::AmendmentHitch hitch;
    EXPECT_FALSE(amend(filing, 2, "company-1", &hitch));
    EXPECT_TRUE(hitch.key_taken) << "the key of the filing";
    filing.idempotency_key = "another-key-000001";
    EXPECT_FALSE(amend(filing, 2, "company-1", &hitch));
    ASSERT_TRUE(hitch.earlier_uses);
    filing.judged_with = *hitch.earlier_uses;
    EXPECT_EQ(filing.judged_with.size(), 1u);
    EXPECT_TRUE(amend(filing, 2, "company-1", &hitch));
    EXPECT_EQ(sql("SELECT cardinality(uses) FROM puente.identifier_use ORDER BY key"), "0\n2\n1");
    ASSERT_TRUE(cancel(filing.manifest_id));
    EXPECT_EQ(sql("SELECT cardinality(uses) FROM puente.identifier_use ORDER BY key"), "0\n1\n0");
}

TEST_F(Amendments, cancelling_ends_claims_and_frees_the_trip) {
    const store::Filing filing = selected_filing(1);
    file(filing);
    const Claimed held = claim(cbp_, "ann");
    ASSERT_TRUE(held);
    const Result<bool> cancelled = cancel(filing.manifest_id);
    ASSERT_TRUE(cancelled) << cancelled.error().detail();
    EXPECT_EQ(sql("SELECT count(*) FROM puente.inspection_leg WHERE lease_until IS NULL AND NOT in_queue"), "2");
    EXPECT_EQ(sql("SELECT is_open FROM puente.inspection"), "f");
    EXPECT_FALSE(start(cbp_, "ann", *held));
    EXPECT_EQ(claim(cbp_, "ann", held->inspection_id).error().kind(), ErrorKind::conflict);
    EXPECT_EQ(sql("SELECT detail FROM puente.event WHERE kind = 'cancelled'"), R"({"reason":"wrong truck"})");
    store::Filing again = selected_filing(2);
    again.trip_number = filing.trip_number;
    EXPECT_EQ(file(again).kind, store::FilingOutcome::Kind::filed);
}

TEST_F(Amendments, a_cancellation_and_an_officer_who_begins_never_both_win) {
    (void)pool();
    for (int i = 1; i <= 20; ++i) {
        const store::Filing filing = selected_filing(i);
        file(filing);
        const Claimed held = claim(cbp_, "ann", filing.inspection->inspection_id);
        ASSERT_TRUE(held) << held.error().detail();
        auto begun = std::async(std::launch::async, [&] { return start(cbp_, "ann", *held); });
        const Result<bool> cancelled = cancel(filing.manifest_id);
        const Moved started = begun.get();
        EXPECT_NE(cancelled.has_value(), started.has_value());
        EXPECT_EQ(
            sql("SELECT count(*) FROM puente.inspection_leg AS l JOIN puente.manifest AS m USING (manifest_id) WHERE m.status = 'CANCELLED' AND "
                "(l.lease_until IS NOT NULL OR l.in_queue)"),
            "0");
    }
}

TEST_F(Amendments, claims_against_cancellations_leave_no_claim_behind) {
    (void)pool();
    for (int i = 1; i <= 10; ++i) {
        const store::Filing filing = selected_filing(i);
        file(filing);
        auto taken = std::async(std::launch::async, [&] { return claim(cbp_, "ann", filing.inspection->inspection_id); });
        const Result<bool> cancelled = cancel(filing.manifest_id);
        (void)taken.get();
        ASSERT_TRUE(cancelled) << cancelled.error().detail();
        EXPECT_EQ(sql("SELECT count(*) FROM puente.inspection_leg WHERE lease_until IS NOT NULL"), "0");
    }
}

TEST_F(Amendments, the_gate_is_noted_once_by_the_customs_agencies) {
    const store::Filing filing = cleared_filing(1);
    file(filing);
    ASSERT_EQ(add_agency("COFEPRIS"), "puente_agency_cofepris");
    EXPECT_FALSE(at_gate(filing.manifest_id, Step::cross, officer("COFEPRIS")));
    ASSERT_TRUE(at_gate(filing.manifest_id, Step::arrive, cbp_));
    EXPECT_FALSE(at_gate(filing.manifest_id, Step::arrive, cbp_));
    EXPECT_EQ(cancel(filing.manifest_id).error().kind(), ErrorKind::conflict) << "it has arrived";
    ASSERT_TRUE(at_gate(filing.manifest_id, Step::cross, sat_));
    EXPECT_EQ(sql("SELECT status, arrived_at = crossed_at FROM puente.manifest"), "CROSSED|t");
    EXPECT_EQ(sql("SELECT kind, lane, booth, agency, by_client FROM puente.gate_event ORDER BY 1"), "ARRIVED|7|B|CBP|gate-1\nCROSSED|7|B|SAT|gate-1");
    EXPECT_EQ(sql("SELECT kind, actor, status FROM puente.event WHERE kind <> 'filed' ORDER BY event_id"),
              "arrived|CBP|CLEARED\ncrossed|SAT|CROSSED");
}

TEST_F(Amendments, the_database_lets_nothing_cross_that_may_not) {
    const store::Filing filing = selected_filing(1);
    file(filing);
    EXPECT_EQ(at_gate(filing.manifest_id, Step::cross, cbp_).error().kind(), ErrorKind::conflict);
    EXPECT_TRUE(at_gate(filing.manifest_id, Step::arrive, cbp_));
    EXPECT_EQ(sql("SELECT status FROM puente.manifest"), "INSPECTION_REQUIRED");
}

TEST_F(Amendments, trips_that_never_came_expire_unless_an_officer_is_at_work) {
    for (int i = 1; i <= 5; ++i) file(i <= 2 ? cleared_filing(i) : selected_filing(i));
    store::Filing future = cleared_filing(6);
    future.estimated_arrival = std::chrono::floor<std::chrono::microseconds>(std::chrono::system_clock::now()) - std::chrono::hours{71};
    file(future);
    ASSERT_TRUE(at_gate(cleared_filing(2).manifest_id, Step::arrive, cbp_));
    ASSERT_TRUE(claim(cbp_, "ann", selected_filing(3).inspection->inspection_id));
    ASSERT_TRUE(through(sat_, selected_filing(4).inspection->inspection_id, inspection::Decision::hold));
    EXPECT_EQ(*expire(1), 1u);
    EXPECT_EQ(*expire(), 1u);
    EXPECT_EQ(*expire(), 0u);
    EXPECT_EQ(sql("SELECT trip_number, status FROM puente.manifest ORDER BY 1"),
              "TRIP1|EXPIRED\nTRIP2|CLEARED\nTRIP3|INSPECTION_REQUIRED\nTRIP4|HELD\nTRIP5|EXPIRED\nTRIP6|CLEARED");
    EXPECT_EQ(sql("SELECT count(*) FROM puente.event WHERE kind = 'expired' AND actor = 'GATEWAY'"), "2");
    EXPECT_EQ(sql("SELECT count(*) FROM puente.inspection WHERE NOT is_open"), "1");
    ASSERT_EQ(sql("UPDATE puente.inspection_leg SET lease_until = now() - interval '1 minute' WHERE lease_until IS NOT NULL"), "");
    EXPECT_EQ(*expire(), 1u) << "the claim has lapsed";
    EXPECT_EQ(sql("SELECT count(*) FROM puente.inspection_leg WHERE lease_until IS NOT NULL"), "0");
}

TEST_F(Amendments, many_gateways_expire_each_trip_once) {
    for (int i = 1; i <= 30; ++i) file(cleared_filing(i));
    (void)pool();
    std::vector<std::future<Result<std::size_t>>> all;
    for (int i = 0; i < 4; ++i) all.push_back(std::async(std::launch::async, [&] { return expire(); }));
    std::size_t sum = 0;
    for (auto& each : all) sum += *each.get();
    EXPECT_EQ(sum, 30u);
    EXPECT_EQ(sql("SELECT count(*) FROM puente.event WHERE kind = 'expired'"), "30");
}

// What the roles may not write of a trip, whatever a handler asks for.
struct Refused {
    const char* role;
    const char* text;
};
constexpr Refused refused_writes[] = {
    {"puente_sender", "UPDATE puente.manifest SET status = 'EXPIRED'"                                                                         },
    {"puente_sender", "UPDATE puente.manifest SET status = 'CROSSED'"                                                                         },
    {"puente_sender", "UPDATE puente.manifest SET company = 'company-2'"                                                                      },
    {"puente_sender", "UPDATE puente.manifest SET trip_number = 'OTHER'"                                                                      },
    {"puente_sender", "UPDATE puente.manifest SET version = 3, state_no = 9"                                                                  },
    {"puente_sender", "UPDATE puente.inspection_leg SET state = 'RELEASED'"                                                                   },
    {"puente_sender", "INSERT INTO puente.manifest_version SELECT manifest_id, 2, now(), 'x', sha256('x'), '{}', '', 'x' FROM puente.manifest"},
    {"puente_sender", "INSERT INTO puente.gate_event (manifest_id) SELECT manifest_id FROM puente.manifest"                                   },
    {"puente_sender", "SELECT * FROM puente.selection_factor"                                                                                 },
    {"puente_intake", "UPDATE puente.manifest SET status = 'CANCELLED'"                                                                       },
    {"puente_party",  "UPDATE puente.manifest SET status = 'CANCELLED'"                                                                       },
    {"puente_party",  "SELECT * FROM puente.gate_event"                                                                                       },
    {"puente_party",  "SELECT * FROM puente.superseded_factor"                                                                                },
    {"puente_cbp",    "UPDATE puente.manifest SET status = 'CANCELLED'"                                                                       },
    {"puente_cbp",    "UPDATE puente.manifest SET version = 2"                                                                                },
    {"puente_cbp",    "SELECT by_client FROM puente.gate_event"                                                                               },
    {"puente_cbp",
     "INSERT INTO puente.gate_event (manifest_id, kind, at, lane, booth, agency, by_client) SELECT manifest_id, 'ARRIVED', now(), '', '', "
     "'SAT', 'x' FROM puente.manifest"                                                                                                        },
    {"puente_watch",  "UPDATE puente.manifest SET status = 'CANCELLED'"                                                                       },
};

TEST_F(Amendments, what_is_not_granted_is_refused) {
    file(selected_filing(1));
    for (const Refused& each : refused_writes) {
        const std::string said = sql(std::string{"SET ROLE "} + each.role + "; SET puente.company = 'company-1'; " + each.text, "puente_app");
        EXPECT_EQ(said.rfind("ERROR:", 0), 0u) << each.role << ": " << each.text << ": " << said;
    }
    EXPECT_EQ(sql("SELECT status, version FROM puente.manifest"), "INSPECTION_REQUIRED|1");
    const std::string foreign =
        "SET ROLE puente_sender; SET puente.company = 'company-2'; UPDATE puente.manifest SET status = 'CANCELLED' RETURNING status";
    EXPECT_EQ(sql(foreign, "puente_app"), "") << "another company's";
}

}  // namespace

}  // namespace puente::test
