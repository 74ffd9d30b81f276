#include "puente/store/board.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <numeric>
#include <thread>

#include "puente/store/event_feed.hpp"
#include "puente/store/seed.hpp"
#include "store/desk.hpp"

namespace puente::test {

namespace {

using namespace std::chrono_literals;
using store::BoardRecord;
using store::BoardRound;
using store::Transaction;

class BoardOfPort : public Desk {
protected:
    BoardRound count(std::size_t limit = 1'000) {
        const std::function<Result<BoardRound>(Transaction&)> work = [limit](Transaction& tx) { return store::count_events(tx, limit); };
        const Result<BoardRound> round = as<BoardRound>(store::As::watch(), work);
        EXPECT_TRUE(round) << round.error().detail();
        return round ? *round : BoardRound{};
    }
    void look() {
        ASSERT_EQ(sql("UPDATE puente.board_cursor SET looked_at = looked_at - interval '1 minute'"), "");
        const std::function<Result<int>(Transaction&)> work = [](Transaction& tx) -> Result<int> {
            if (const Result<void> looked = store::look_at_queues(tx); !looked) return looked.error();
            return 1;
        };
        const Result<int> looked = as<int>(store::As::watch(), work);
        ASSERT_TRUE(looked) << looked.error().detail();
    }
    BoardRecord board(const std::string& agency = "CBP", const std::string& port = "2304") {
        const std::function<Result<BoardRecord>(Transaction&)> work = [&](Transaction& tx) { return store::find_board(tx, port, 168); };
        const Result<BoardRecord> found = as<BoardRecord>(officer(agency), work);
        EXPECT_TRUE(found) << found.error().detail();
        return found ? *found : BoardRecord{};
    }
    /// Public statuses as "HELD 1, ...".
    static std::string statuses(const BoardRecord& board) {
        std::string text;
        for (const store::BoardStatus& each : board.statuses) text += each.status + " " + std::to_string(each.manifests) + ";";
        return text;
    }
    std::string by_agency(const std::string& column) {
        return sql("SELECT string_agg(agency || ' ' || n, ';' ORDER BY agency) FROM (SELECT agency, sum(" + column +
                   ") AS n FROM puente.board_hour GROUP BY agency HAVING sum(" + column + ") > 0) AS s");
    }
    /// What a gateway would have told of a manifest, at so many minutes from now.
    void tell(int number, const std::string& kind, const std::string& actor, const std::string& status, int minutes, const std::string& detail = "{}",
              const std::string& audience = "ALL") {
        const std::string id = cleared_filing(number).manifest_id.text();
        ASSERT_EQ(sql("BEGIN; SET LOCAL session_replication_role = replica; UPDATE puente.manifest SET state_no = state_no + 1, status = '" + status +
                      "' WHERE manifest_id = '" + id +
                      "'; INSERT INTO puente.event (manifest_id, at, kind, version, state_no, actor, status, detail, audience) SELECT manifest_id, "
                      "now() + interval '" +
                      std::to_string(minutes) + " minutes', '" + kind + "', version, state_no, '" + actor + "', status, '" + detail + "', '" +
                      audience + "' FROM puente.manifest WHERE manifest_id = '" + id + "'; COMMIT"),
                  "");
    }
    /// Half an hour ago, the load being there.
    void file_now(store::Filing filing) {
        filing.received_at = std::chrono::floor<std::chrono::microseconds>(std::chrono::system_clock::now()) - 30min;
        filing.estimated_arrival = filing.received_at;
        ASSERT_EQ(file(filing).kind, store::FilingOutcome::Kind::filed);
    }
};

TEST_F(BoardOfPort, counts_filings_selections_decisions_and_crossings_by_hour) {
    for (int i = 1; i <= 3; ++i) file_now(cleared_filing(i));
    for (int i = 4; i <= 5; ++i) file_now(selected_filing(i));
    EXPECT_EQ(count().events, 5u);
    EXPECT_EQ(statuses(board()), "CLEARED 3;INSPECTION_REQUIRED 2;");
    tell(1, "crossed", "company-1", "CROSSED", 0);
    tell(4, "leg_claimed", "CBP", "INSPECTION_REQUIRED", 0, "{}", "OFFICERS");
    tell(4, "leg_started", "CBP", "IN_INSPECTION", 0);
    tell(4, "leg_decided", "CBP", "HELD", 0, R"({"decision": "HELD"})");
    tell(4, "leg_started", "CBP", "IN_INSPECTION", 10);
    tell(4, "leg_decided", "CBP", "UNDER_REVIEW", 10, R"({"decision": "RELEASE"})");
    tell(5, "leg_decided", "SAT", "REFUSED", 0, R"({"decision": "REFUSE"})");
    EXPECT_EQ(count().events, 7u);
    EXPECT_EQ(count().events, 0u);
    EXPECT_EQ(statuses(board("SAT")), "CLEARED 2;CROSSED 1;REFUSED 1;UNDER_REVIEW 1;");
    EXPECT_EQ(sql("SELECT sum(filed), sum(selected), sum(crossed) FROM puente.board_hour"), "5|2|1");
    EXPECT_EQ(by_agency("released"), "CBP 1");
    EXPECT_EQ(by_agency("held"), "CBP 1");
    EXPECT_EQ(by_agency("refused"), "SAT 1");
    EXPECT_EQ(by_agency("begun"), "CBP 1") << "a leg that was held waits no second time";
    EXPECT_EQ(sql("SELECT class FROM puente.board_hour WHERE agency = 'CBP' GROUP BY class"), "essential");
    EXPECT_EQ(board("CBP", "240").hours.size(), board("CBP", "2304").hours.size()) << "the same from the other side";
    EXPECT_TRUE(board("CBP", "2506").statuses.empty());
}

TEST_F(BoardOfPort, every_event_is_counted_once_whatever_the_page_and_however_many_count) {
    for (int i = 1; i <= 60; ++i) file_now(i % 3 == 0 ? selected_filing(i) : cleared_filing(i));
    for (int i = 3; i <= 60; i += 3) tell(i, "leg_decided", "CBP", "UNDER_REVIEW", 0, R"({"decision": "RELEASE"})");
    pool();
    std::atomic<std::size_t> counted{0};
    std::vector<std::thread> gateways;
    for (int i = 0; i < 4; ++i) {
        gateways.emplace_back([&] {
            for (int rounds = 0; rounds < 60 && counted < 80; ++rounds) counted += count(7).events;
        });
    }
    for (std::thread& each : gateways) each.join();
    while (count(7).more) {
    }
    EXPECT_EQ(sql("SELECT sum(filed), sum(selected), sum(released) FROM puente.board_hour"), "60|20|20");
    EXPECT_EQ(statuses(board()), "CLEARED 40;UNDER_REVIEW 20;");
}

/// A number that was drawn earlier may be committed later: it must not be passed over.
TEST_F(BoardOfPort, waits_for_transactions_that_are_still_writing) {
    file_now(cleared_filing(1));
    std::thread slow{[&] {
        sql("BEGIN; INSERT INTO puente.event (manifest_id, at, kind, version, state_no, actor, status) SELECT manifest_id, now(), 'crossed', 1, 2, "
            "'x', 'CROSSED' FROM puente.manifest; "
            "SELECT pg_sleep(1.5); COMMIT");
    }};
    ASSERT_EQ(sql("SELECT pg_sleep(0.5)"), "");
    file_now(cleared_filing(2));
    EXPECT_EQ(count().events, 1u) << "the second filing comes after what is being written";
    slow.join();
    EXPECT_EQ(count().events, 2u);
    EXPECT_EQ(statuses(board()), "CLEARED 1;CROSSED 1;");
}

/// As numbers, not as texts: 99 comes before 100.
TEST_F(BoardOfPort, goes_on_from_the_last_transaction) {
    for (int i = 1; i <= 2; ++i) file_now(cleared_filing(i));
    ASSERT_EQ(sql("UPDATE puente.event SET written_by = '99' WHERE event_id = 1; UPDATE puente.event SET written_by = '100' WHERE event_id = 2"), "");
    EXPECT_EQ(count().events, 2u);
    EXPECT_EQ(sql("SELECT after_xid FROM puente.board_cursor"), "100");
    const std::function<Result<store::FeedPlace>(Transaction&)> end = [](Transaction& tx) { return store::feed_end(tx); };
    EXPECT_EQ(as<store::FeedPlace>(store::As::feed(), end)->written_by, 100u) << "those who listen from now on as well";
}

TEST_F(BoardOfPort, what_changes_no_state_moves_no_status_and_private_events_count_nowhere) {
    file_now(selected_filing(1));
    tell(1, "leg_started", "CBP", "IN_INSPECTION", 0);
    // Told beside a decision of the other agency, with the state as it was before.
    ASSERT_EQ(sql("INSERT INTO puente.event (manifest_id, at, kind, version, state_no, actor, status, audience) SELECT manifest_id, now(), "
                  "'leg_declined', 1, 1, 'SAT', "
                  "'INSPECTION_REQUIRED', 'OFFICERS' FROM puente.manifest"),
              "");
    ASSERT_EQ(sql("INSERT INTO puente.event (manifest_id, at, kind, version, state_no, actor, status, detail, audience) SELECT manifest_id, now(), "
                  "'leg_decided', 1, 2, 'CBP', "
                  "'IN_INSPECTION', '{\"decision\": \"REFUSE\"}', 'CBP' FROM puente.manifest"),
              "");
    count();
    EXPECT_EQ(statuses(board()), "IN_INSPECTION 1;");
    EXPECT_EQ(by_agency("refused"), "");
}

TEST_F(BoardOfPort, a_load_that_is_amended_to_another_crossing_is_counted_there) {
    file_now(cleared_filing(1));
    file_now(cleared_filing(2));
    ASSERT_EQ(sql("UPDATE puente.manifest SET us_port = '2506', mx_office = '400', state_no = 2 WHERE trip_number = 'TRIP1'; INSERT INTO "
                  "puente.event (manifest_id, at, kind, version, "
                  "state_no, actor, status) SELECT manifest_id, now(), 'amended', 1, 2, 'company-1', 'CLEARED' FROM puente.manifest WHERE "
                  "trip_number = 'TRIP1'"),
              "");
    while (count(1).more) {
    }
    EXPECT_EQ(statuses(board("CBP", "2304")), "CLEARED 1;");
    EXPECT_EQ(statuses(board("CBP", "400")), "CLEARED 1;");
    EXPECT_EQ(sql("SELECT us_port, filed FROM puente.board_hour"), "2304|2") << "it was filed there";
}

TEST_F(BoardOfPort, waits_are_counted_in_buckets_that_grow) {
    struct Case {
        const char* seconds;
        const char* bucket;
    };
    for (const Case& each : {
             Case{"-5",      "0" },
             Case{"59.9",    "0" },
             Case{"60",      "1" },
             Case{"71.3",    "1" },
             Case{"71.4",    "2" },
             Case{"119.9",   "4" },
             Case{"120",     "5" },
             Case{"3600",    "24"},
             Case{"3932159", "64"},
             Case{"3932160", "65"},
             Case{"1e9",     "65"}
    }) {
        EXPECT_EQ(sql("SELECT puente.wait_bucket(" + std::string{each.seconds} + ")"), each.bucket) << each.seconds;
    }
    file_now(selected_filing(1));
    tell(1, "leg_started", "CBP", "IN_INSPECTION", 90);
    tell(1, "leg_started", "SAT", "IN_INSPECTION", 0);
    count();
    const BoardRecord all = board();
    std::int64_t begun = 0;
    std::int64_t waited = 0;
    EXPECT_EQ(sql("SELECT agency, array_position(waits, 1) - 1 FROM puente.board_hour WHERE agency <> '' ORDER BY agency").substr(0, 6), "CBP|28")
        << "two hours: 30 + 90 minutes";
    for (const store::BoardHour& hour : all.hours) {
        begun += hour.begun;
        waited += std::accumulate(hour.waits.begin(), hour.waits.end(), std::int64_t{0});
    }
    EXPECT_EQ(begun, waited);
}

TEST_F(BoardOfPort, the_queue_is_counted_by_agency_and_class) {
    file_now(selected_filing(1));
    store::Filing later = selected_filing(2);
    later.inspection->essential.clear();
    later.inspection->perishable = true;
    later.received_at = std::chrono::floor<std::chrono::microseconds>(std::chrono::system_clock::now());
    later.estimated_arrival = later.received_at + 3h;
    ASSERT_EQ(file(later).kind, store::FilingOutcome::Kind::filed);
    look();
    std::vector<store::BoardQueue> queue = board("SAT").queue;
    ASSERT_EQ(queue.size(), 4u);
    EXPECT_EQ(queue[0].agency + queue[0].load_class, "CBPessential");
    EXPECT_EQ(queue[0].waiting, 1);
    EXPECT_EQ(queue[0].arrived, 1);
    EXPECT_TRUE(queue[0].oldest_since);
    EXPECT_EQ(queue[1].agency + queue[1].load_class, "CBPperishable");
    EXPECT_EQ(queue[1].waiting, 1);
    EXPECT_EQ(queue[1].arrived, 0) << "it comes in three hours";
    EXPECT_FALSE(queue[1].oldest_since);
    ASSERT_EQ(sql("WITH claimed AS (UPDATE puente.inspection_leg SET fence = 1, lease_until = now() + interval '1 minute' WHERE agency = 'CBP' "
                  "RETURNING inspection_id) INSERT INTO puente.leg_holder SELECT inspection_id, 'CBP', 1, 'h' FROM claimed"),
              "");
    look();
    queue = board().queue;
    EXPECT_EQ(queue[0].waiting, 0);
    EXPECT_EQ(queue[0].in_hand, 1);
    EXPECT_EQ(queue[2].waiting, 1) << "of SAT";
    ASSERT_EQ(sql("UPDATE puente.inspection_leg SET lease_until = now() - interval '1 minute' WHERE agency = 'CBP'; UPDATE puente.inspection SET "
                  "is_open = false WHERE NOT perishable"),
              "");
    look();
    queue = board().queue;
    ASSERT_EQ(queue.size(), 2u) << "what is over is gone";
    EXPECT_EQ(queue[0].waiting, 1) << "the lease is over";
    EXPECT_EQ(queue[0].in_hand, 0);
}

TEST_F(BoardOfPort, says_whether_it_is_current) {
    count();
    EXPECT_TRUE(board().current);
    for (int i = 1; i <= 3; ++i) file_now(cleared_filing(i));
    EXPECT_TRUE(count(2).more);
    EXPECT_FALSE(board().current) << "there is more to count";
    count();
    EXPECT_TRUE(board().current);
    ASSERT_EQ(sql("UPDATE puente.board_cursor SET looked_at = now() - interval '2 minutes'"), "");
    EXPECT_FALSE(board().current) << "nobody has looked for a while";
}

TEST_F(BoardOfPort, only_officers_read_and_only_the_watch_counts) {
    for (const char* table : {"board_hour", "board_status", "board_queue", "board_cursor"}) {
        const std::string read = std::string{"SELECT count(*) FROM puente."} + table;
        EXPECT_EQ(sql("SET ROLE puente_party; " + read, "puente_app").rfind("ERROR", 0), 0u) << table;
        EXPECT_EQ(sql("SET ROLE puente_intake; " + read, "puente_app").rfind("ERROR", 0), 0u) << table;
        EXPECT_NE(sql("SET ROLE puente_sat; " + read, "puente_app").rfind("ERROR", 0), 0u) << table;
        EXPECT_EQ(sql(std::string{"SET ROLE puente_cbp; DELETE FROM puente."} + table, "puente_app").rfind("ERROR", 0), 0u) << table;
    }
    EXPECT_EQ(sql("SET ROLE puente_watch; SELECT decision_note FROM puente.inspection_leg", "puente_app").rfind("ERROR", 0), 0u);
    EXPECT_EQ(sql("SET ROLE puente_watch; SELECT company FROM puente.manifest", "puente_app").rfind("ERROR", 0), 0u);
}

/// The made-up record is one that the counting agrees with.
TEST_F(BoardOfPort, what_seed_writes_adds_up) {
    const auto run = [&](const std::function<Result<void>(Transaction&)>& work) {
        return store::run_once(cluster_.url(database_, "puente_owner"), store::As::gateway(), work);
    };
    const store::SeedStretch stretch{1, 3'000, 3'000, 3, std::chrono::floor<std::chrono::microseconds>(std::chrono::system_clock::now()), "t"};
    const Result<void> seeded = run([&](Transaction& tx) { return store::seed(tx, stretch); });
    ASSERT_TRUE(seeded) << seeded.error().detail();
    while (count().more) {
    }
    look();
    EXPECT_EQ(sql("SELECT count(*) FROM puente.manifest"), "3000");
    EXPECT_EQ(sql("SELECT sum(filed) FROM puente.board_hour"), "3000");
    const std::string counted =
        sql("SELECT us_port, status, sum(manifests) FROM puente.board_status GROUP BY 1, 2 HAVING sum(manifests) <> 0 ORDER BY 1, 2");
    EXPECT_EQ(counted, sql("SELECT us_port, status, count(*) FROM puente.manifest GROUP BY 1, 2 ORDER BY 1, 2"));
    EXPECT_EQ(sql("SELECT sum(released + refused + held) FROM puente.board_hour"),
              sql("SELECT count(*) FROM puente.inspection_leg WHERE decided_at IS NOT NULL"));
    EXPECT_EQ(sql("SELECT sum(waiting) FROM puente.board_queue"),
              sql("SELECT count(*) FROM puente.inspection_leg WHERE in_queue AND state = 'PENDING'"));
    EXPECT_EQ(sql("SELECT count(*) FROM puente.manifest AS m WHERE state_no <> (SELECT max(state_no) FROM puente.event AS e WHERE e.manifest_id = "
                  "m.manifest_id)"),
              "0");
    EXPECT_EQ(sql("SELECT count(*) FROM pg_class WHERE relnamespace = 'puente'::regnamespace AND relforcerowsecurity AND relname IN ('manifest', "
                  "'manifest_version', 'finding', "
                  "'idempotency', 'event', 'inspection', 'inspection_leg', 'selection_factor')"),
              "8")
        << "bound again";
}

TEST_F(BoardOfPort, seed_tells_its_companies_from_others) {
    const auto others = [&] {
        bool found = false;
        const Result<void> looked =
            store::run_once(cluster_.url(database_, "puente_owner"), store::As::gateway(), [&](Transaction& tx) -> Result<void> {
                const Result<bool> there = store::has_manifests_of_others(tx);
                if (!there) return there.error();
                found = *there;
                return {};
            });
        EXPECT_TRUE(looked) << looked.error().detail();
        return found;
    };
    EXPECT_FALSE(others());
    for (const auto& [number, company] : {
             std::pair{1, "SYNTHETIC-0001"},
             std::pair{2, "SYNTHETIC-9999"}
    }) {
        store::Filing filing = cleared_filing(number);
        filing.company = company;
        ASSERT_EQ(file(filing).kind, store::FilingOutcome::Kind::filed);
    }
    EXPECT_FALSE(others());
    store::Filing filing = cleared_filing(3);
    filing.company = "Synthetic";
    ASSERT_EQ(file(filing).kind, store::FilingOutcome::Kind::filed);
    EXPECT_TRUE(others());
}

}  // namespace

}  // namespace puente::test
