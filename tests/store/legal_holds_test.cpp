// Legal holds: placed and lifted by an agency, on record for good, and nobody else's to know of.
#include "puente/store/legal_holds.hpp"

#include <gtest/gtest.h>

#include <future>

#include "store/desk.hpp"

namespace puente::test {

namespace {

class LegalHolds : public Desk {
protected:
    using Tx = store::Transaction;
    using Held = Result<store::LegalHold>;
    using All = std::vector<store::LegalHold>;

    void SetUp() override {
        ASSERT_EQ(file(selected_filing(1)).kind, store::FilingOutcome::Kind::filed);
        ASSERT_EQ(file(cleared_filing(2)).kind, store::FilingOutcome::Kind::filed);
        ASSERT_EQ(sql("SELECT puente.add_agency('TESTAGENCY', 'MX', 'Test agency', 'Agencia de prueba')", "puente_owner"),
                  "puente_agency_testagency");
    }
    /// Ids that rise with every hold.
    Uuid next_id() {
        std::array<std::uint8_t, 10> random{};
        return Uuid::version7(Instant{std::chrono::milliseconds{++placed_}}, random);
    }
    Held place(const store::As& who, const std::string& reason = "an investigation", const Uuid& manifest = selected_filing(1).manifest_id) {
        const store::NewLegalHold hold{next_id(), manifest, reason, "ann-of-" + who.agency};
        const std::function<Held(Tx&)> work = [hold](Tx& tx) { return store::place_legal_hold(tx, hold); };
        return as<store::LegalHold>(who, work);
    }
    Held lift(const store::As& who, const Uuid& hold, const std::string& reason = "closed", const Uuid& manifest = selected_filing(1).manifest_id) {
        const std::function<Held(Tx&)> work = [=](Tx& tx) { return store::lift_legal_hold(tx, manifest, hold, reason, "bob-of-" + who.agency); };
        return as<store::LegalHold>(who, work);
    }
    Held find(const store::As& who, const Uuid& hold, const Uuid& manifest = selected_filing(1).manifest_id) {
        const std::function<Held(Tx&)> work = [=](Tx& tx) { return store::find_legal_hold(tx, manifest, hold); };
        return as<store::LegalHold>(who, work);
    }
    Result<All> on_manifest(const store::As& who, const Uuid& manifest = selected_filing(1).manifest_id) {
        const std::function<Result<All>(Tx&)> work = [=](Tx& tx) { return store::find_legal_holds(tx, manifest); };
        return as<All>(who, work);
    }
    Result<store::LegalHoldPage> in_force(const store::As& who, std::optional<Uuid> after = {}, std::size_t limit = 50) {
        const std::function<Result<store::LegalHoldPage>(Tx&)> work = [=](Tx& tx) { return store::list_legal_holds(tx, after, limit); };
        return as<store::LegalHoldPage>(who, work);
    }
    std::string under(const std::string& role, const std::string& text) const { return sql("SET ROLE " + role + "; " + text, "puente_app"); }

    const store::As cbp_ = officer("CBP");
    const store::As sat_ = officer("SAT");
    const store::As third_ = officer("TESTAGENCY");

private:
    int placed_ = 0;
};

TEST_F(LegalHolds, any_agency_places_finds_and_lifts_its_own) {
    for (const store::As& who : {cbp_, sat_, third_}) {
        const Held placed = place(who, "grand jury");
        ASSERT_TRUE(placed) << placed.error().detail();
        EXPECT_EQ(placed->manifest_id, selected_filing(1).manifest_id);
        EXPECT_EQ(placed->reason, "grand jury");
        EXPECT_EQ(placed->placed_by, "ann-of-" + who.agency);
        EXPECT_FALSE(placed->lifted);
        ASSERT_TRUE(place(who, "a second one"));
        const Held lifted = lift(who, placed->hold_id, "no charges");
        ASSERT_TRUE(lifted) << lifted.error().detail();
        ASSERT_TRUE(lifted->lifted);
        EXPECT_EQ(lifted->lifted->reason, "no charges");
        EXPECT_EQ(lifted->lifted->by, "bob-of-" + who.agency);
        EXPECT_GE(lifted->lifted->at, lifted->placed_at);
        EXPECT_EQ(lifted->reason, "grand jury");
        EXPECT_EQ(find(who, placed->hold_id)->lifted->reason, "no charges");
        const Result<All> all = on_manifest(who);
        ASSERT_EQ(all->size(), 2u) << "its own, whatever others hold";
        EXPECT_EQ((*all)[0].reason, "a second one");
        EXPECT_FALSE((*all)[0].lifted);
        EXPECT_TRUE((*all)[1].lifted) << "lifted ones stay on record";
        ASSERT_EQ(in_force(who)->holds.size(), 1u);
        EXPECT_EQ(in_force(who)->holds[0].reason, "a second one");
    }
    EXPECT_EQ(sql("SELECT count(*) FROM puente.legal_hold WHERE lifted_at IS NULL"), "3") << "what retention asks for";
}

TEST_F(LegalHolds, a_hold_is_lifted_once) {
    const Held placed = place(cbp_);
    const Held lifted = lift(cbp_, placed->hold_id);
    ASSERT_TRUE(lifted);
    const Held again = lift(cbp_, placed->hold_id, "another reason");
    ASSERT_FALSE(again);
    EXPECT_EQ(again.error().kind(), ErrorKind::conflict);
    EXPECT_NE(again.error().detail().find(to_text(lifted->lifted->at)), std::string::npos) << again.error().detail();
    EXPECT_EQ(find(cbp_, placed->hold_id)->lifted->reason, "closed");
}

TEST_F(LegalHolds, what_is_not_there_and_what_is_anothers_are_the_same) {
    const Held placed = place(cbp_);
    const Uuid unknown = next_id();
    for (const store::As& who : {sat_, third_}) {
        EXPECT_EQ(on_manifest(who)->size(), 0u);
        EXPECT_EQ(in_force(who)->holds.size(), 0u);
        for (const Held& answer : {find(who, placed->hold_id), find(who, unknown), lift(who, placed->hold_id), lift(who, unknown)}) {
            ASSERT_FALSE(answer);
            EXPECT_EQ(answer.error().kind(), ErrorKind::not_found);
            EXPECT_EQ(answer.error().detail(), "no such legal hold");
        }
    }
    EXPECT_EQ(find(cbp_, placed->hold_id, cleared_filing(2).manifest_id).error().kind(), ErrorKind::not_found) << "of another manifest";
    EXPECT_EQ(lift(cbp_, placed->hold_id, "x", cleared_filing(2).manifest_id).error().kind(), ErrorKind::not_found);
    EXPECT_FALSE(find(cbp_, placed->hold_id)->lifted);
    EXPECT_EQ(place(cbp_, "x", cleared_filing(9).manifest_id).error().kind(), ErrorKind::not_found);
    EXPECT_EQ(on_manifest(cbp_, cleared_filing(9).manifest_id).error().kind(), ErrorKind::not_found);
    for (const store::As& party : {broker("company-1"), carrier("ABCD")}) {
        EXPECT_EQ(place(party).error().kind(), ErrorKind::forbidden);
        EXPECT_EQ(on_manifest(party).error().kind(), ErrorKind::forbidden);
        EXPECT_EQ(in_force(party).error().kind(), ErrorKind::forbidden);
    }
}

TEST_F(LegalHolds, nothing_moves_for_anybody_else) {
    const std::string manifests = "SELECT manifest_id, status, version, state_no, changed_at FROM puente.manifest ORDER BY 1";
    const std::string before = sql(manifests);
    const std::string events = "SELECT count(*) FROM puente.event";
    const std::string party = "SET puente.company = 'company-1'; " + events;
    const std::string to_party = under("puente_party", party);
    const std::string to_sat = under("puente_sat", events);
    const Held placed = place(cbp_, "CANARY");
    ASSERT_TRUE(lift(cbp_, placed->hold_id, "CANARY"));
    EXPECT_EQ(sql(manifests), before) << "no ETag changes";
    EXPECT_EQ(under("puente_party", party), to_party);
    EXPECT_EQ(under("puente_sat", events), to_sat);
    for (const char* role : {"puente_feed", "puente_watch", "puente_agency_testagency"})
        EXPECT_EQ(under(role, events + " WHERE kind LIKE 'legal_hold%'"), "0") << role;
    EXPECT_EQ(
        sql("SELECT kind, actor, audience, status, version, state_no, detail->>'holdId' FROM puente.event WHERE kind LIKE 'legal_hold%' ORDER BY "
            "event_id"),
        "legal_hold_placed|CBP|CBP|INSPECTION_REQUIRED|1|1|" + placed->hold_id.text() + "\nlegal_hold_lifted|CBP|CBP|INSPECTION_REQUIRED|1|1|" +
            placed->hold_id.text());
    EXPECT_EQ(sql("SELECT count(*) FROM puente.event WHERE detail::text LIKE '%CANARY%'"), "0") << "reasons stay with the hold";
}

TEST_F(LegalHolds, nobody_changes_what_was_placed_not_even_by_hand) {
    const Held placed = place(cbp_);
    ASSERT_TRUE(lift(cbp_, place(cbp_)->hold_id));
    const std::string before = sql("SELECT * FROM puente.legal_hold ORDER BY 1");
    for (const char* statement : {
             "UPDATE puente.legal_hold SET reason = 'x'",
             "UPDATE puente.legal_hold SET agency = 'SAT'",
             "UPDATE puente.legal_hold SET placed_by = 'x'",
             "UPDATE puente.legal_hold SET placed_at = placed_at - interval '1 day'",
             "UPDATE puente.legal_hold SET reason = 'x', lifted_at = now(), lifted_by = 'x', lift_reason = 'x' WHERE lifted_at IS NULL",
             "UPDATE puente.legal_hold SET lift_reason = 'x' WHERE lifted_at IS NOT NULL",
             "UPDATE puente.legal_hold SET lifted_at = NULL, lifted_by = NULL, lift_reason = NULL WHERE lifted_at IS NOT NULL",
             "DELETE FROM puente.legal_hold",
         }) {
        EXPECT_EQ(sql(statement).rfind("ERROR:  a legal hold is lifted once and stays on record", 0), 0u) << statement << ": " << sql(statement);
    }
    EXPECT_EQ(under("puente_cbp", "UPDATE puente.legal_hold SET lift_reason = 'x' WHERE lifted_at IS NOT NULL").rfind("ERROR:  a legal hold", 0), 0u);
    EXPECT_EQ(under("puente_sat", "UPDATE puente.legal_hold SET lifted_at = now(), lifted_by = 'x', lift_reason = 'x' RETURNING 1"), "")
        << "one agency cannot reach the hold of another";
    EXPECT_EQ(sql("SELECT * FROM puente.legal_hold ORDER BY 1"), before);
}

TEST_F(LegalHolds, the_database_refuses_half_a_hold) {
    EXPECT_TRUE(place(cbp_, std::string(2000, 'x')));
    EXPECT_FALSE(place(cbp_, std::string(2001, 'x')));
    EXPECT_FALSE(place(cbp_, std::string(999, 'x') + "\xc3\xb1" + std::string(1000, 'x'))) << "octets, not characters";
    for (const char* blank : {"", " ", "\t\r\n "}) EXPECT_FALSE(place(cbp_, blank));
    const Held placed = place(cbp_);
    for (const std::string& words : {std::string{" \n"}, std::string(2001, 'x')}) EXPECT_FALSE(lift(cbp_, placed->hold_id, words));
    for (const char* half : {"lifted_at = now()", "lifted_at = now(), lifted_by = 'x'", "lifted_at = now(), lift_reason = 'x'",
                             "lifted_at = placed_at - interval '1 second', lifted_by = 'x', lift_reason = 'x'",
                             "lifted_at = now(), lifted_by = '', lift_reason = 'x'"}) {
        const std::string said = under("puente_cbp", std::string{"UPDATE puente.legal_hold SET "} + half);
        EXPECT_EQ(said.rfind("ERROR:  new row for relation \"legal_hold\" violates check constraint", 0), 0u) << half << ": " << said;
    }
    EXPECT_FALSE(find(cbp_, placed->hold_id)->lifted);
}

TEST_F(LegalHolds, an_agency_pages_through_what_it_holds) {
    std::vector<Uuid> newest_first;
    for (int i = 0; i < 5; ++i) {
        newest_first.insert(newest_first.begin(),
                            place(cbp_, "hold", i % 2 == 0 ? selected_filing(1).manifest_id : cleared_filing(2).manifest_id)->hold_id);
        ASSERT_TRUE(place(sat_));
    }
    ASSERT_TRUE(lift(cbp_, newest_first[2]));
    newest_first.erase(newest_first.begin() + 2);
    std::vector<Uuid> seen;
    std::optional<Uuid> after;
    for (int pages = 0; pages < 2; ++pages) {
        const Result<store::LegalHoldPage> page = in_force(cbp_, after, 2);
        ASSERT_TRUE(page);
        ASSERT_EQ(page->holds.size(), 2u);
        for (const store::LegalHold& each : page->holds) seen.push_back(each.hold_id);
        after = page->next;
        EXPECT_EQ(after.has_value(), pages == 0) << "none behind the last page, even when it is full";
    }
    EXPECT_EQ(seen, newest_first);
}

TEST_F(LegalHolds, what_is_being_removed_is_waited_for_and_then_not_there) {
    const Uuid manifest = cleared_filing(2).manifest_id;
    ASSERT_TRUE(in_force(cbp_)) << "the connections are made";
    auto removing = std::async(std::launch::async, [this, &manifest] {
        return sql("SET session_replication_role = replica; BEGIN; DELETE FROM puente.manifest WHERE manifest_id = '" + manifest.text() +
                   "'; SELECT pg_sleep(0.5); COMMIT");
    });
    const bool begun = soon([this] {
        return sql("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event = 'PgSleep'") == "1";
    });
    const Held placed = place(cbp_, "too late", manifest);
    EXPECT_EQ(removing.get(), "");
    ASSERT_TRUE(begun);
    ASSERT_FALSE(placed);
    EXPECT_EQ(placed.error().kind(), ErrorKind::not_found);
}

}  // namespace

}  // namespace puente::test
