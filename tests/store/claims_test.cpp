// The queue: who gets which leg, in which order, and for how long.
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <iostream>
#include <map>
#include <mutex>
#include <random>
#include <set>
#include <thread>

#include "puente/store/claims.hpp"
#include "puente/store/legs.hpp"
#include "store/desk.hpp"

namespace puente::test {

namespace {

using namespace std::chrono_literals;
using identifiers::AgencyCode;
using store::Busy;
using store::Claim;
using store::Counter;
using store::Transaction;
using Kind = store::FilingOutcome::Kind;

const AgencyCode cbp{identifiers::Agency::cbp};
const AgencyCode sat{identifiers::Agency::sat};

class Claims : public Desk {
protected:
    ~Claims() override {
        for (auto& desk : desks_) desk->stop();
    }
    /// As many loads as wanted, both legs pending, load i with turn i; in SQL, which is faster than filing them.
    void seed(int count, const std::string& essential = "{}") {
        ASSERT_EQ(
            sql("BEGIN; WITH n AS (SELECT g, gen_random_uuid() AS m, gen_random_uuid() AS i FROM generate_series(1, " + std::to_string(count) +
                ") AS g), f AS (INSERT INTO puente.manifest (manifest_id, company, carrier_key, trip_number, document_id, direction, mode, us_port, "
                "mx_office, "
                "estimated_arrival, received_at, changed_at, status) SELECT m, 'c', 'ABCD', i::text, 'd', 'northbound', 'road', '2304', '240', "
                "now(), now(), now(), "
                "'INSPECTION_REQUIRED' FROM n) INSERT INTO puente.inspection (inspection_id, manifest_id, us_port, mx_office, perishable, essential, "
                "estimated_arrival, opened_at, is_open, lane, turn_at) SELECT i, m, '2304', '240', false, '" +
                essential +
                "', now(), now(), true, 'L' || g % 2, timestamptz '2026-03-02' + g * interval '1 minute' FROM n; "
                "INSERT INTO puente.inspection_leg (inspection_id, manifest_id, agency, state, kind) SELECT inspection_id, manifest_id, a, "
                "'PENDING', 'INSPECT' "
                "FROM puente.inspection, (VALUES ('CBP'), ('SAT')) AS v (a) ON CONFLICT DO NOTHING; COMMIT; ANALYZE puente.manifest, "
                "puente.inspection, puente.inspection_leg"),
            "");
    }
    store::ClaimWriter& desk() {
        store::DatabaseSettings one = settings();
        desks_.push_back(std::make_unique<store::ClaimWriter>(one, metrics_));
        return *desks_.back();
    }
    std::future<Result<Claim>> begin_claim(store::ClaimWriter& at, const std::string& officer, const AgencyCode& agency = cbp,
                                           std::vector<std::string> lanes = {}, std::chrono::seconds lease = 60s) {
        auto waiting = at.next(Counter{"2304", agency, std::move(lanes)}, officer, lease);
        return boost::asio::co_spawn(io_, std::move(waiting), boost::asio::use_future);
    }
    Result<std::vector<Claim>> claim(const Counter& counter, const std::vector<std::string>& officers, Busy busy = Busy::pass_over) {
        const std::function<Result<std::vector<Claim>>(Transaction&)> work = [&](Transaction& tx) {
            return store::claim_next_legs(tx, counter, officers, 60s, busy);
        };
        return as<std::vector<Claim>>(officer(counter.agency.text()), work);
    }
    Result<Claim> claim_one(const std::string& name, std::optional<Uuid> id = {}) {
        const std::function<Result<Claim>(Transaction&)> work = [&](Transaction& tx) { return store::claim_leg(tx, "2304", cbp, name, id, 60s); };
        return as<Claim>(officer("CBP"), work);
    }
    Result<Instant> extend(const Claim& held, const std::string& name, const std::string& agency = "CBP") {
        const std::function<Result<Instant>(Transaction&)> work = [&](Transaction& tx) {
            return store::extend_claim(tx, held.inspection_id, *AgencyCode::parse(agency), name, held.fence, 600s);
        };
        return as<Instant>(officer(agency), work);
    }
    std::string trip(const Claim& claimed) const {
        return sql("SELECT g FROM (SELECT inspection_id, rank() OVER (ORDER BY turn_at) AS g FROM puente.inspection) AS i WHERE inspection_id = '" +
                   claimed.inspection_id.text() + "'");
    }

    std::vector<std::unique_ptr<store::ClaimWriter>> desks_;
};

TEST_F(Claims, go_out_in_the_order_of_the_queue_one_for_each_officer) {
    seed(5);
    const Result<std::vector<Claim>> taken = claim({"2304", cbp, {}}, {"ann", "bob", "cid"});
    ASSERT_TRUE(taken) << taken.error().detail();
    ASSERT_EQ(taken->size(), 3u);
    for (std::size_t i = 0; i < 3; ++i) EXPECT_EQ(trip((*taken)[i]), std::to_string(i + 1));
    EXPECT_EQ(
        sql("SELECT string_agg(holder, ',' ORDER BY turn_at) FROM puente.inspection_leg JOIN puente.leg_holder USING (inspection_id, agency, fence)"),
        "ann,bob,cid");
    EXPECT_EQ(sql("SELECT count(*), min(actor), min(audience) FROM puente.event WHERE kind = 'leg_claimed'"), "3|CBP|OFFICERS");
    EXPECT_EQ(claim({"2304", cbp, {}}, {"dan", "eve", "fay"})->size(), 2u) << "there are no more";
    EXPECT_TRUE(claim({"2304", cbp, {}}, {"gil"}, Busy::wait_for)->empty());
    EXPECT_EQ(claim({"240", sat, {}}, {"hal"})->size(), 1u) << "the other agency's legs are its own";
    EXPECT_TRUE(claim({"2305", cbp, {}}, {"gil"})->empty());
}

TEST_F(Claims, keep_to_the_lanes_asked_for) {
    seed(6);
    const Result<std::vector<Claim>> odd = claim({"2304", cbp, {"L1"}}, {"ann", "bob", "cid", "dan"});
    ASSERT_EQ(odd->size(), 3u);
    EXPECT_EQ(trip(odd->front()), "1");
    EXPECT_TRUE(claim(
                    {
                        "2304", cbp, {"L1", "L7"}
    },
                    {"eve"})
                    ->empty());
    EXPECT_EQ(trip(claim({"2304", cbp, {}}, {"eve"})->front()), "2");
}

TEST_F(Claims, return_to_their_place_when_the_lease_is_over) {
    seed(3);
    const Claim first = claim({"2304", cbp, {}}, {"ann"})->front();
    ASSERT_EQ(sql("UPDATE puente.inspection_leg SET lease_until = clock_timestamp() - interval '1 second' WHERE lease_until IS NOT NULL"), "");
    const Claim again = claim({"2304", cbp, {}}, {"bob"})->front();
    EXPECT_EQ(again.inspection_id, first.inspection_id) << "it came first and comes first again";
    EXPECT_EQ(again.fence, 2);
    EXPECT_EQ(extend(first, "ann").error().kind(), ErrorKind::stale);
    EXPECT_EQ(trip(claim({"2304", cbp, {}}, {"cid"})->front()), "2");
}

TEST_F(Claims, are_kept_by_a_sign_of_life_and_lost_without) {
    seed(1);
    const Claim held = claim({"2304", cbp, {}}, {"ann"})->front();
    const Result<Instant> until = extend(held, "ann");
    ASSERT_TRUE(until) << until.error().detail();
    EXPECT_GT(*until, held.lease_until + 500s);
    EXPECT_EQ(extend(held, "bob").error().kind(), ErrorKind::stale);
    EXPECT_EQ(extend(held, "ann", "SAT").error().kind(), ErrorKind::stale) << "the leg of SAT is not hers";
    Claim guessed = held;
    guessed.fence = 7;
    EXPECT_EQ(extend(guessed, "ann").error().kind(), ErrorKind::stale);
    guessed.inspection_id = cleared_filing(1).manifest_id;
    EXPECT_EQ(extend(guessed, "ann").error().kind(), ErrorKind::not_found);
    ASSERT_EQ(sql("UPDATE puente.inspection_leg SET lease_until = clock_timestamp() - interval '1 second' WHERE lease_until IS NOT NULL"), "");
    EXPECT_EQ(extend(held, "ann").error().kind(), ErrorKind::stale) << "a lease that is over is not revived";
}

TEST_F(Claims, refused_by_name_say_how_the_leg_stands) {
    seed(2);
    const Claim held = claim({"2304", cbp, {}}, {"ann"})->front();
    const auto words = [&](const std::string& name, std::optional<Uuid> id) { return claim_one(name, id).error().detail(); };
    EXPECT_NE(words("bob", held.inspection_id).find("another officer of CBP holds this leg, which is PENDING, until 2"), std::string::npos);
    EXPECT_NE(words("ann", held.inspection_id).find("you hold this leg already, under fence 1"), std::string::npos);
    ASSERT_EQ(sql("UPDATE puente.inspection SET is_open = false"), "");
    EXPECT_TRUE(claim({"2304", cbp, {}}, {"bob"})->empty()) << "a closed inspection leaves the queue";
    const Uuid other = *Uuid::parse(sql("SELECT inspection_id FROM puente.inspection_leg WHERE agency = 'CBP' AND lease_until IS NULL"));
    EXPECT_NE(words("bob", other).find("closed"), std::string::npos);
    EXPECT_EQ(claim_one("bob", cleared_filing(1).manifest_id).error().kind(), ErrorKind::not_found);
    EXPECT_NE(words("bob", {}).find("nothing is waiting to be claimed by CBP at 2304"), std::string::npos);
    ASSERT_EQ(sql("UPDATE puente.inspection SET is_open = true"), "");
    EXPECT_TRUE(claim_one("bob", {})) << "and comes back when it is opened again";
}

TEST_F(Claims, wait_for_a_leg_that_another_is_taking_rather_than_go_away_empty) {
    seed(1);
    pool();
    std::promise<void> locked;
    std::promise<void> release;
    std::shared_future<void> may_end = release.get_future().share();
    std::thread other{[&] {
        const std::function<Result<int>(Transaction&)> work = [&](Transaction& tx) -> Result<int> {
            EXPECT_EQ(store::claim_next_legs(tx, {"2304", cbp, {}}, {"ann"}, 60s, Busy::pass_over)->size(), 1u);
            locked.set_value();
            may_end.wait();
            return Error{ErrorKind::conflict, "changed her mind"};  // rolls back
        };
        EXPECT_FALSE(as<int>(officer("CBP"), work));
    }};
    locked.get_future().wait();
    std::future<Result<Claim>> waiting = begin_claim(desk(), "bob");
    EXPECT_EQ(waiting.wait_for(200ms), std::future_status::timeout) << "there may be work";
    release.set_value();
    const Result<Claim> got = waiting.get();
    other.join();
    ASSERT_TRUE(got) << got.error().detail();
    EXPECT_EQ(got->fence, 1);
}

/// 200 officers at the desks of two gateways take until there is nothing left. Some give a leg back: in the end each is held once and the queue is
/// empty.
TEST_F(Claims, two_hundred_claimers_never_hold_one_leg_twice_and_drain_the_queue) {
    constexpr int items = 2'000;
    seed(items);
    store::ClaimWriter& here = desk();
    store::ClaimWriter& there = desk();
    pool();
    const unsigned seed_of_run = std::random_device{}();
    std::mutex mutex;
    std::map<std::pair<Uuid, std::int64_t>, int> held;
    std::atomic<int> kept{0};
    const auto one = [&](int number) {
        std::mt19937 random{seed_of_run + static_cast<unsigned>(number)};
        const std::string name = "c" + std::to_string(number);
        while (kept < items) {
            const Result<Claim> got = begin_claim(number % 2 == 0 ? here : there, name).get();
            if (!got) {
                EXPECT_EQ(got.error().kind(), ErrorKind::conflict) << got.error().detail();
                std::this_thread::sleep_for(2ms);  // somebody may give one back yet
                continue;
            }
            {
                const std::lock_guard lock{mutex};
                EXPECT_EQ(++held[std::make_pair(got->inspection_id, got->fence)], 1) << "seed " << seed_of_run;
            }
            if (random() % 40 != 0) {
                ++kept;
                continue;
            }
            const std::function<Result<store::LegMove>(Transaction&)> back = [&](Transaction& tx) {
                return store::release_claim(tx, got->inspection_id, cbp, name, got->fence);
            };
            EXPECT_TRUE(as<store::LegMove>(officer("CBP"), back));
        }
    };
    std::vector<std::thread> threads;
    for (int i = 0; i < 200; ++i) threads.emplace_back(one, i);
    for (std::thread& each : threads) each.join();
    EXPECT_EQ(kept, items);
    EXPECT_EQ(sql("SELECT count(lease_until), count(DISTINCT inspection_id) FROM puente.inspection_leg WHERE agency = 'CBP'"), "2000|2000")
        << "seed " << seed_of_run;
    EXPECT_EQ(sql("SELECT sum(fence) FROM puente.inspection_leg WHERE agency = 'CBP'"), std::to_string(held.size()))
        << "as many claims as fences say";
}

/// Nobody gives anything back: whoever is told that nothing waits finds, by asking the database then, that nothing does. Reports how fast it was.
TEST_F(Claims, two_hundred_claimers_are_never_idle_while_work_waits) {
    constexpr int items = 2'000;
    seed(items);
    store::ClaimWriter& here = desk();
    store::ClaimWriter& there = desk();
    pool();
    std::atomic<int> got{0};
    std::atomic<int> idle_beside_work{0};
    const std::function<Result<std::int64_t>(Transaction&)> left = [](Transaction& tx) -> Result<std::int64_t> {
        constexpr store::Statement count{"test_left", "SELECT count(*) FROM puente.inspection_leg WHERE agency = 'CBP' AND lease_until IS NULL"};
        const Result<store::Rows> rows = tx.run(count);
        if (!rows) return rows.error();
        return (*rows)[0].int64(0);
    };
    const auto began = std::chrono::steady_clock::now();
    std::atomic<std::chrono::steady_clock::time_point> last{began};
    std::vector<std::thread> threads;
    for (int i = 0; i < 200; ++i) {
        threads.emplace_back([&, i] {
            while (begin_claim(i % 2 == 0 ? here : there, "c" + std::to_string(i)).get()) {
                if (++got == items) last = std::chrono::steady_clock::now();
            }
            if (*as<std::int64_t>(officer("CBP"), left) != 0) ++idle_beside_work;
        });
    }
    for (std::thread& each : threads) each.join();
    const std::chrono::duration<double> took = last.load() - began;
    std::cout << "claims/s: " << static_cast<int>(items / took.count()) << "\n";
    EXPECT_EQ(got, items);
    EXPECT_EQ(idle_beside_work, 0);
    EXPECT_EQ(sql("SELECT count(*), max(fence) FROM puente.inspection_leg WHERE agency = 'CBP' AND lease_until IS NOT NULL"), "2000|1");
}

/// F18: two agencies, the same inspections.
TEST_F(Claims, of_both_agencies_take_the_same_inspections_at_once) {
    constexpr int items = 400;
    seed(items);
    store::ClaimWriter& here = desk();
    store::ClaimWriter& there = desk();
    std::atomic<int> got{0};
    std::vector<std::thread> threads;
    for (int i = 0; i < 100; ++i) {
        threads.emplace_back([&, i] {
            for (Result<Claim> claimed = begin_claim(i % 4 < 2 ? here : there, "c" + std::to_string(i), i % 2 == 0 ? cbp : sat).get();;
                 claimed = begin_claim(i % 4 < 2 ? here : there, "c" + std::to_string(i), i % 2 == 0 ? cbp : sat).get()) {
                if (!claimed) {
                    EXPECT_EQ(claimed.error().kind(), ErrorKind::conflict) << claimed.error().detail();
                    return;
                }
                ++got;
            }
        });
    }
    for (std::thread& each : threads) each.join();
    EXPECT_EQ(got, 2 * items);
    EXPECT_EQ(sql("SELECT count(*), max(fence) FROM puente.inspection_leg WHERE lease_until IS NOT NULL"), "800|1");
    EXPECT_EQ(sql("SELECT min(state_no), max(state_no) FROM puente.manifest"), "3|3") << "two claims each";
}

/// F35: one agency stops. The legs that the other has decided are not in its way.
TEST_F(Claims, cost_no_more_when_the_other_agency_has_stopped) {
    seed(3'000);
    ASSERT_EQ(sql("BEGIN; ALTER TABLE puente.inspection_leg DISABLE TRIGGER ALL; UPDATE puente.inspection_leg SET state = 'RELEASED', decided_at = "
                  "now() WHERE agency = 'CBP' "
                  "AND inspection_id IN (SELECT inspection_id FROM puente.inspection ORDER BY turn_at LIMIT 2990); ALTER TABLE puente.inspection_leg "
                  "ENABLE TRIGGER ALL; COMMIT"),
              "");
    ASSERT_EQ(sql("VACUUM ANALYZE puente.inspection_leg"), "");
    const std::string plan =
        sql("SET ROLE puente_cbp; EXPLAIN (ANALYZE, COSTS off, TIMING off) SELECT inspection_id FROM puente.inspection_leg WHERE agency = 'CBP' AND "
            "us_port = "
            "'2304' AND in_queue AND lease_until IS NULL AND state IN ('PENDING', 'WORKING') ORDER BY turn_at, inspection_id LIMIT 16");
    EXPECT_NE(plan.find("leg_turn_us"), std::string::npos) << plan;
    EXPECT_NE(plan.find("actual rows=10 loops"), std::string::npos) << plan;
    EXPECT_EQ(trip(claim({"2304", cbp, {}}, {"ann"})->front()), "2991");
}

TEST_F(Claims, are_as_filed) {
    store::Filing early = selected_filing(1);
    store::Filing late = selected_filing(2);
    early.inspection->turn_at = early.received_at + 2h;
    late.inspection->turn_at = late.received_at + 1h;
    late.inspection->lane = "FAST";
    late.inspection->trusted = true;
    ASSERT_EQ(file(early).kind, Kind::filed);
    ASSERT_EQ(file(late).kind, Kind::filed);
    EXPECT_EQ(claim({"240", sat, {}}, {"bea"})->front().manifest_id, late.manifest_id);
    EXPECT_EQ(sql("SELECT lane, trusted FROM puente.inspection WHERE lane <> ''"), "FAST|t");
    EXPECT_EQ(sql("SELECT count(*) FROM puente.inspection_leg AS l JOIN puente.inspection AS i USING (inspection_id) WHERE (l.us_port, l.mx_office, "
                  "l.lane, l.essential, "
                  "l.turn_at, l.in_queue) IS DISTINCT FROM (i.us_port, i.mx_office, i.lane, i.essential, i.turn_at, i.is_open)"),
              "0");
    ASSERT_EQ(sql("UPDATE puente.inspection SET turn_at = turn_at - interval '3 hours' WHERE lane = ''"), "");
    EXPECT_EQ(claim({"2304", cbp, {}}, {"ann"})->front().manifest_id, early.manifest_id) << "an amended arrival moves both legs";
}

}  // namespace

}  // namespace puente::test
