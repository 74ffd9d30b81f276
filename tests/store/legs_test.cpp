#include <gtest/gtest.h>

#include <atomic>
#include <mutex>
#include <set>

#include "puente/store/records.hpp"
#include "store/leg_desk.hpp"

namespace puente::test {

namespace {

using identifiers::Agency;
using inspection::Decision;
using inspection::LegState;
using store::Claim;
using store::LegMove;
using store::Transaction;
using Kind = store::FilingOutcome::Kind;

using Legs = LegDesk;

inspection::Verdict nothing_found() {
    inspection::Verdict verdict;
    verdict.note = "seen";
    verdict.found.push_back({inspection::found_kind("NOTHING_FOUND"), "", "", ""});
    return verdict;
}

TEST_F(Legs, both_agencies_work_their_leg_until_the_load_may_go) {
    const store::Filing filing = selected_filing(1);
    ASSERT_EQ(file(filing).kind, Kind::filed);
    const Result<Claim> cbp = claim(cbp_, "ann");
    const Result<Claim> sat = claim(sat_, "bea", {}, "240");
    ASSERT_TRUE(cbp) << cbp.error().detail();
    ASSERT_TRUE(sat) << sat.error().detail();
    EXPECT_EQ(cbp->manifest_id, filing.manifest_id);
    EXPECT_EQ(cbp->inspection_id, sat->inspection_id) << "one joint inspection";
    EXPECT_EQ(cbp->fence, 1);

    const Result<LegMove> started = start(cbp_, "ann", *cbp);
    ASSERT_TRUE(started) << started.error().detail();
    EXPECT_EQ(started->status, "IN_INSPECTION");
    EXPECT_EQ(started->state, LegState::working);
    EXPECT_EQ(started->state_no, 4) << "two claims and a start";
    EXPECT_EQ(decide(cbp_, "ann", *cbp, nothing_found())->status, "UNDER_REVIEW") << "the other agency still waits";
    EXPECT_EQ(sql("SELECT is_open FROM puente.inspection"), "t");
    ASSERT_TRUE(start(sat_, "bea", *sat));
    EXPECT_EQ(decide(sat_, "bea", *sat, Decision::release)->status, "RELEASED");
    EXPECT_EQ(sql("SELECT is_open FROM puente.inspection"), "f");
    EXPECT_EQ(sql("SELECT kind, actor, status, audience FROM puente.event ORDER BY event_id"),
              "filed|company-1|INSPECTION_REQUIRED|ALL\nleg_claimed|CBP|INSPECTION_REQUIRED|OFFICERS\nleg_claimed|SAT|INSPECTION_REQUIRED|OFFICERS\n"
              "leg_started|CBP|IN_INSPECTION|ALL\nleg_decided|CBP|UNDER_REVIEW|ALL\nleg_started|SAT|IN_INSPECTION|ALL\nleg_decided|SAT|RELEASED|ALL");
    EXPECT_EQ(sql("SELECT detail FROM puente.event WHERE kind = 'leg_decided' AND actor = 'CBP'"),
              R"({"agency":"CBP","decision":"RELEASE","note":"seen"})");
    EXPECT_EQ(sql("SELECT found, lease_until IS NULL FROM puente.inspection_leg WHERE agency = 'CBP'"), R"([{"kind":"NOTHING_FOUND"}]|t)");
}

TEST_F(Legs, a_held_leg_is_taken_again_by_name_only) {
    ASSERT_EQ(file(selected_filing(1)).kind, Kind::filed);
    const Result<Claim> first = claim(cbp_, "ann");
    ASSERT_TRUE(start(cbp_, "ann", *first));
    EXPECT_EQ(decide(cbp_, "ann", *first, Decision::hold)->status, "HELD");
    EXPECT_EQ(claim(cbp_, "ann").error().kind(), ErrorKind::conflict);
    const Result<Claim> again = claim(cbp_, "cid", first->inspection_id);
    ASSERT_TRUE(again) << again.error().detail();
    EXPECT_EQ(again->fence, 2);
    EXPECT_EQ(start(cbp_, "cid", *again)->status, "IN_INSPECTION");
    EXPECT_EQ(decide(cbp_, "cid", *again, Decision::refuse)->status, "REFUSED");
    EXPECT_EQ(claim(cbp_, "cid", first->inspection_id).error().kind(), ErrorKind::conflict) << "nothing left to do";
}

TEST_F(Legs, refuses_whoever_does_not_hold_the_claim) {
    ASSERT_EQ(file(selected_filing(1)).kind, Kind::filed);
    const Result<Claim> held = claim(cbp_, "ann");
    ASSERT_TRUE(held);
    Claim old = *held;
    old.fence = 0;
    EXPECT_EQ(start(cbp_, "ann", old).error().kind(), ErrorKind::stale);
    EXPECT_EQ(start(cbp_, "bob", *held).error().kind(), ErrorKind::stale);
    EXPECT_EQ(start(sat_, "ann", *held).error().kind(), ErrorKind::stale) << "SAT has a leg of its own, not held by ann";
    EXPECT_EQ(decide(cbp_, "ann", *held, Decision::release).error().kind(), ErrorKind::conflict) << "not started";
    EXPECT_EQ(claim(cbp_, "bob", held->inspection_id).error().kind(), ErrorKind::conflict);
    Claim unknown = *held;
    unknown.inspection_id = cleared_filing(9).manifest_id;
    EXPECT_EQ(start(cbp_, "ann", unknown).error().kind(), ErrorKind::not_found);
    EXPECT_EQ(claim(cbp_, "ann", unknown.inspection_id).error().kind(), ErrorKind::not_found);
    EXPECT_EQ(claim(cbp_, "ann", held->inspection_id, "9999").error().kind(), ErrorKind::not_found) << "another port";
    const std::function<Result<LegMove>(Transaction&)> foreign = [&](Transaction& tx) {
        return store::start_leg(tx, held->inspection_id, Agency::cbp, "ann", held->fence);
    };
    EXPECT_EQ(as<LegMove>(sat_, foreign).error().kind(), ErrorKind::not_found) << "SAT cannot lock a leg of CBP";
    EXPECT_EQ(sql("SELECT state, fence FROM puente.inspection_leg WHERE agency = 'CBP'"), "PENDING|1");
}

TEST_F(Legs, a_hold_says_why_who_and_until_when) {
    ASSERT_EQ(file(selected_filing(1)).kind, Kind::filed);
    const Result<Claim> held = claim(cbp_, "ann");
    ASSERT_TRUE(start(cbp_, "ann", *held));
    const inspection::Verdict hold = verdict(Decision::hold);
    for (const auto spoil : {+[](inspection::Hold& h) { h.reason = ""; }, +[](inspection::Hold& h) { h.owner = " "; }, +[](inspection::Hold& h) { h.due = Instant{}; }}) {
        inspection::Verdict bad = hold;
        spoil(*bad.hold);
        EXPECT_EQ(decide(cbp_, "ann", *held, bad).error().kind(), ErrorKind::conflict) << "the database refuses it, whoever forgot to check";
    }
    inspection::Verdict none = hold;
    none.hold.reset();
    EXPECT_FALSE(decide(cbp_, "ann", *held, none));
    ASSERT_TRUE(decide(cbp_, "ann", *held, hold));
    EXPECT_EQ(sql("SELECT hold_reason, hold_owner, due_at > now() FROM puente.inspection_leg WHERE agency = 'CBP'"), "at the laboratory|laboratory desk|t");
    EXPECT_EQ(sql("SELECT detail->>'reason', detail->>'dueAt' IS NOT NULL, detail ? 'owner' FROM (SELECT detail::jsonb FROM puente.event WHERE kind = 'leg_decided') AS e"),
              "at the laboratory|t|f");
    const Result<Claim> again = claim(cbp_, "bob", held->inspection_id);
    ASSERT_TRUE(start(cbp_, "bob", *again));
    EXPECT_EQ(sql("SELECT count(*) FROM puente.inspection_leg WHERE num_nonnulls(hold_reason, hold_owner, due_at) > 0"), "0");
}

TEST_F(Legs, what_was_found_is_kept_in_the_words_of_the_list) {
    ASSERT_EQ(file(selected_filing(1)).kind, Kind::filed);
    ASSERT_EQ(through(cbp_, selected_filing(1).inspection->inspection_id, Decision::refuse)->status, "REFUSED");
    EXPECT_EQ(sql("SELECT found FROM puente.inspection_leg WHERE agency = 'CBP'"),
              R"([{"kind":"UNDECLARED_GOODS","pointer":"/shipments/0","quantity":"12.5","note":"behind pallet 4"}])");
}

TEST_F(Legs, a_lease_that_is_over_is_lost_and_can_be_claimed_by_another) {
    ASSERT_EQ(file(selected_filing(1)).kind, Kind::filed);
    const Result<Claim> first = claim(cbp_, "ann");
    ASSERT_TRUE(start(cbp_, "ann", *first));
    EXPECT_EQ(claim(cbp_, "bob").error().kind(), ErrorKind::conflict);
    ASSERT_EQ(sql("UPDATE puente.inspection_leg SET lease_until = clock_timestamp() - interval '1 second' WHERE agency = 'CBP'"), "");
    EXPECT_EQ(decide(cbp_, "ann", *first, Decision::release).error().kind(), ErrorKind::stale);
    const Result<Claim> second = claim(cbp_, "bob");
    ASSERT_TRUE(second) << second.error().detail();
    EXPECT_EQ(second->fence, 2);
    EXPECT_EQ(decide(cbp_, "ann", *first, Decision::release).error().kind(), ErrorKind::stale);
    EXPECT_EQ(decide(cbp_, "bob", *second, Decision::release)->state, LegState::released) << "the work had begun";
}

TEST_F(Legs, a_claim_given_back_is_free_at_once) {
    ASSERT_EQ(file(selected_filing(1)).kind, Kind::filed);
    const Result<Claim> first = claim(cbp_, "ann");
    const Result<LegMove> given_back = give_back(cbp_, "ann", *first);
    ASSERT_TRUE(given_back) << given_back.error().detail();
    EXPECT_EQ(given_back->status, "INSPECTION_REQUIRED");
    EXPECT_EQ(given_back->state_no, 3);
    EXPECT_EQ(start(cbp_, "ann", *first).error().kind(), ErrorKind::stale);
    EXPECT_EQ(claim(cbp_, "bob")->fence, 2);
}

/// Who claimed a leg under which fence stays on record; it gives no right once the claim is over, and none to anybody else.
TEST_F(Legs, of_a_claim_that_is_over_nothing_is_left_to_its_holder) {
    ASSERT_EQ(file(selected_filing(1)).kind, Kind::filed);
    const auto refused = [&](const std::string& name, const Claim& with) {
        const std::function<Result<Instant>(Transaction&)> renew = [&](Transaction& tx) {
            return store::extend_claim(tx, with.inspection_id, code_of(cbp_), name, with.fence, std::chrono::seconds{60});
        };
        EXPECT_EQ(as<Instant>(cbp_, renew).error().kind(), ErrorKind::stale) << name;
        EXPECT_EQ(start(cbp_, name, with).error().kind(), ErrorKind::stale) << name;
        EXPECT_EQ(decide(cbp_, name, with, Decision::release).error().kind(), ErrorKind::stale) << name;
        EXPECT_EQ(give_back(cbp_, name, with).error().kind(), ErrorKind::stale) << name;
    };
    const Result<Claim> first = claim(cbp_, "ann");
    refused("bob", *first);
    ASSERT_TRUE(give_back(cbp_, "ann", *first));
    refused("ann", *first);
    const Result<Claim> second = claim(cbp_, "bob");
    refused("ann", *first);
    refused("bob", *first);
    refused("ann", *second);
    ASSERT_TRUE(start(cbp_, "bob", *second));
    ASSERT_TRUE(decide(cbp_, "bob", *second, Decision::hold));
    refused("bob", *second);
    EXPECT_EQ(sql("SELECT fence, holder FROM puente.leg_holder ORDER BY 1"), "1|ann\n2|bob");
}

TEST_F(Legs, nobody_works_on_a_trip_that_is_over) {
    ASSERT_EQ(file(selected_filing(1)).kind, Kind::filed);
    const Result<Claim> held = claim(cbp_, "ann");
    ASSERT_EQ(sql("UPDATE puente.manifest SET status = 'CANCELLED'"), "");
    EXPECT_EQ(start(cbp_, "ann", *held).error().kind(), ErrorKind::conflict);
}

TEST_F(Legs, of_fifty_claimers_of_each_agency_exactly_one_wins_each_item) {
    constexpr int items = 200;
    std::vector<std::future<store::FilingOutcome>> filings;
    for (int i = 0; i < items; ++i) filings.push_back(begin_filing(selected_filing(i)));
    for (auto& filing : filings) ASSERT_EQ(filing.get().kind, Kind::filed);

    std::mutex mutex;
    std::set<std::pair<std::string, Uuid>> won;
    std::atomic<int> doubled{0};
    const auto claimer = [&](const store::As& who, const std::string& name) {
        for (int turn = 0; turn < items; ++turn) {
            const Result<Claim> got = claim(who, name);
            if (!got && got.error().kind() == ErrorKind::conflict) return;
            if (!got) {
                ADD_FAILURE() << got.error().detail();
                return;
            }
            const std::lock_guard lock{mutex};
            if (!won.emplace(who.agency, got->inspection_id).second || got->fence != 1) ++doubled;
        }
    };
    pool();  // before the threads: it is made on first use
    std::vector<std::thread> threads;
    for (int i = 0; i < 50; ++i) {
        threads.emplace_back([&, i] { claimer(cbp_, "c" + std::to_string(i)); });
        threads.emplace_back([&, i] { claimer(sat_, "s" + std::to_string(i)); });
    }
    for (std::thread& thread : threads) thread.join();
    EXPECT_EQ(doubled, 0);
    EXPECT_EQ(won.size(), 2u * items);
    EXPECT_EQ(sql("SELECT count(*), min(fence), max(fence) FROM puente.inspection_leg WHERE lease_until IS NOT NULL"), "400|1|1");
}

TEST_F(Legs, of_many_claimers_of_one_item_exactly_one_wins) {
    ASSERT_EQ(file(selected_filing(1)).kind, Kind::filed);
    const Uuid id = selected_filing(1).inspection->inspection_id;
    std::vector<std::future<Result<Claim>>> waiting;
    for (int i = 0; i < 32; ++i) {
        auto awaiting = pool().in_transaction<Claim>(cbp_, claiming(cbp_, "c" + std::to_string(i), id));
        waiting.push_back(boost::asio::co_spawn(io_, std::move(awaiting), boost::asio::use_future));
    }
    int winners = 0;
    for (auto& each : waiting) winners += each.get().has_value() ? 1 : 0;
    EXPECT_EQ(winners, 1);
}

TEST_F(Legs, two_agencies_deciding_at_once_leave_the_right_status) {
    for (int i = 0; i < 20; ++i) {
        ASSERT_EQ(file(selected_filing(i)).kind, Kind::filed);
        const Uuid id = selected_filing(i).inspection->inspection_id;
        const Result<Claim> cbp = claim(cbp_, "ann", id);
        const Result<Claim> sat = claim(sat_, "bea", id);
        ASSERT_TRUE(start(cbp_, "ann", *cbp));
        ASSERT_TRUE(start(sat_, "bea", *sat));
        std::thread other{[&] { EXPECT_TRUE(decide(cbp_, "ann", *cbp, Decision::release)); }};
        EXPECT_TRUE(decide(sat_, "bea", *sat, Decision::release));
        other.join();
    }
    EXPECT_EQ(sql("SELECT status, count(*) FROM puente.manifest GROUP BY 1"), "RELEASED|20");
}

}  // namespace

}  // namespace puente::test
