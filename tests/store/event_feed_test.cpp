#include "puente/store/event_feed.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <atomic>
#include <set>
#include <thread>

#include "puente/store/transaction.hpp"
#include "store/desk.hpp"

namespace puente::test {

namespace {

using store::As;
using store::FeedEvent;
using store::FeedPage;
using store::FeedPlace;

class EventFeedTest : public Desk {
protected:
    FeedPage read(const As& eyes, FeedPlace after = {}, std::size_t limit = 1000) {
        const std::function<Result<FeedPage>(store::Transaction&)> work = [&](store::Transaction& tx) { return store::read_feed(tx, after, limit); };
        return as<FeedPage>(eyes, work).value();
    }
    FeedPlace end(const As& eyes) {
        const std::function<Result<FeedPlace>(store::Transaction&)> work = [](store::Transaction& tx) { return store::feed_end(tx); };
        return as<FeedPlace>(eyes, work).value();
    }
    bool knows(FeedPlace place) {
        const std::function<Result<bool>(store::Transaction&)> work = [&](store::Transaction& tx) { return store::is_place_known(tx, place); };
        return as<bool>(As::feed(), work).value();
    }
    static std::string event(const std::string& kind, const std::string& audience = "ALL", const std::string& detail = "{}") {
        return fmt::format(
            "INSERT INTO puente.event (manifest_id, at, kind, version, state_no, actor, status, detail, audience) "
            "SELECT manifest_id, clock_timestamp(), '{}', 1, 1, 'CBP', 'CLEARED', '{}', '{}' FROM puente.manifest LIMIT 1;",
            kind, detail, audience);
    }
    static std::vector<std::string> kinds(const FeedPage& page) {
        std::vector<std::string> list;
        for (const FeedEvent& each : page.events) list.push_back(each.kind);
        return list;
    }
    using Kinds = std::vector<std::string>;
};

}  // namespace

TEST_F(EventFeedTest, tells_an_event_with_what_says_whose_it_is) {
    const store::Filing filing = cleared_filing(1);
    file(filing);
    const FeedPage page = read(As::feed());
    ASSERT_EQ(page.events.size(), 1u);
    const FeedEvent& told = page.events[0];
    EXPECT_EQ(told.kind, "filed");
    EXPECT_EQ(told.manifest_id, filing.manifest_id);
    EXPECT_EQ(told.at, filing.received_at);
    EXPECT_EQ(told.actor, filing.company);
    EXPECT_EQ(told.company, filing.company);
    EXPECT_EQ(told.carrier_key, filing.carrier_key);
    EXPECT_EQ(told.us_port, filing.us_port);
    EXPECT_EQ(told.mx_office, filing.mx_office);
    EXPECT_EQ(told.trip_number, filing.trip_number);
    EXPECT_EQ(told.status, "CLEARED");
    EXPECT_EQ(page.reached, told.place);
    EXPECT_EQ(end(As::feed()), told.place);
    EXPECT_TRUE(page.is_last);
    EXPECT_TRUE(read(As::feed(), told.place).events.empty());
    EXPECT_EQ(read(As::feed(), told.place).reached, told.place);
}

TEST_F(EventFeedTest, begins_before_the_first_event_when_there_is_none) {
    EXPECT_EQ(end(As::feed()), FeedPlace{});
    const FeedPage page = read(As::feed());
    EXPECT_TRUE(page.events.empty());
    EXPECT_EQ(page.reached, FeedPlace{});
}

TEST_F(EventFeedTest, orders_transactions_by_number_and_not_as_text) {
    file(cleared_filing(1));
    sql("DELETE FROM puente.event");
    for (const char* number : {"99", "100", "9"}) {
        sql(
            fmt::format("INSERT INTO puente.event (manifest_id, at, kind, version, state_no, actor, status, written_by) "
                        "SELECT manifest_id, now(), 'n{0}', 1, 1, 'CBP', 'CLEARED', '{0}' FROM puente.manifest",
                        number));
    }
    EXPECT_EQ(kinds(read(As::feed())), (Kinds{"n9", "n99", "n100"}));
    EXPECT_EQ(end(As::feed()).written_by, 100u);
}

TEST_F(EventFeedTest, holds_back_what_was_written_beside_an_older_transaction_that_still_writes) {
    file(cleared_filing(1));
    const FeedPlace before = end(As::feed());
    std::thread slow{[&] { sql("BEGIN; " + event("slow") + " SELECT pg_sleep(1.5); COMMIT;"); }};
    ASSERT_TRUE(soon([&] {
        return sql("SELECT count(*) FROM pg_stat_activity WHERE query LIKE '%pg_sleep(1.5)%' AND pid <> pg_backend_pid() AND backend_xid IS NOT "
                   "NULL") != "0";
    }));
    sql(event("quick"));
    EXPECT_EQ(sql("SELECT count(*) FROM puente.event WHERE kind = 'quick'"), "1");
    EXPECT_EQ(kinds(read(As::feed(), before)), Kinds{}) << "a reader that went on from 'quick' would never see 'slow', whose number is lower";
    slow.join();
    EXPECT_EQ(kinds(read(As::feed(), before)), (Kinds{"slow", "quick"}));
}

TEST_F(EventFeedTest, tells_the_events_of_a_manifest_in_the_order_in_which_they_happened) {
    file(cleared_filing(1));
    const FeedPlace before = end(As::feed());
    const auto moved = [](const std::string& kind) { return "UPDATE puente.manifest SET state_no = state_no + 1; " + event(kind); };
    // Has the lower number, and moves the manifest later.
    std::thread slow{[&] {
        sql("SET ROLE puente_cbp; BEGIN; SELECT pg_current_xact_id(), pg_sleep(1.3); " + moved("second") + " " + event("aside", "CBP") + " COMMIT;", "puente_app");
    }};
    ASSERT_TRUE(soon([&] { return sql("SELECT count(*) FROM pg_stat_activity WHERE query LIKE '%pg_sleep(1.3)%' AND backend_xid IS NOT NULL AND wait_event = 'PgSleep'") == "1"; }));
    ASSERT_EQ(sql("SET ROLE puente_cbp; " + moved("first"), "puente_app"), "");
    slow.join();
    ASSERT_EQ(sql("SET ROLE puente_cbp; " + moved("third"), "puente_app"), "");
    EXPECT_EQ(kinds(read(As::feed(), before)), (Kinds{"first", "second", "third"}));
    EXPECT_EQ(kinds(read(officer("CBP"), before)), (Kinds{"first", "second", "aside", "third"}));
    EXPECT_EQ(sql("SELECT count(*) FROM puente.event AS e, puente.event AS later WHERE later.event_id > e.event_id AND later.written_by < e.written_by"), "0");
    // However it is cut into pages.
    FeedPlace place = before;
    Kinds one_by_one;
    for (FeedPage page = read(As::feed(), place, 1); !page.events.empty(); page = read(As::feed(), place, 1)) {
        one_by_one.push_back(page.events[0].kind);
        place = page.reached;
    }
    EXPECT_EQ(one_by_one, (Kinds{"first", "second", "third"}));
}

TEST_F(EventFeedTest, gives_every_reader_every_event_once_and_in_the_same_order_while_many_write) {
    constexpr int writers = 4;
    constexpr int each = 60;
    file(cleared_filing(1));
    const FeedPlace start = end(As::feed());
    std::atomic<int> writing{writers};
    std::vector<std::thread> threads;
    for (int w = 0; w < writers; ++w) {
        threads.emplace_back([&, w] {
            std::string all;
            for (int i = 0; i < each; ++i) {
                all += fmt::format("BEGIN; {} SELECT pg_sleep({}); {} COMMIT;", event(fmt::format("w{}_{}_a", w, i)), (w * 7 + i * 3) % 5 * 0.002,
                                   event(fmt::format("w{}_{}_b", w, i)));
            }
            sql(all);
            --writing;
        });
    }
    // Two readers with pages of different length, as at two gateways.
    std::vector<std::vector<FeedEvent>> seen(2);
    std::vector<FeedPlace> at(2, start);
    const auto step = [&](std::size_t reader, std::size_t limit) {
        const FeedPage page = read(As::feed(), at[reader], limit);
        seen[reader].insert(seen[reader].end(), page.events.begin(), page.events.end());
        at[reader] = page.reached;
        return page.events.size();
    };
    while (writing > 0) {
        step(0, 3);
        step(1, 50);
    }
    for (std::thread& thread : threads) thread.join();
    while (step(0, 3) > 0) {
    }
    while (step(1, 50) > 0) {
    }
    for (const auto& events : seen) {
        std::set<std::string> different;
        for (std::size_t i = 0; i < events.size(); ++i) {
            different.insert(events[i].kind);
            if (i > 0) {
                EXPECT_LT(events[i - 1].place, events[i].place);
            }
        }
        EXPECT_EQ(events.size(), static_cast<std::size_t>(2 * writers * each));
        EXPECT_EQ(different.size(), events.size());
    }
    const auto by_place = [](const FeedEvent& a, const FeedEvent& b) { return a.place == b.place; };
    EXPECT_TRUE(std::equal(seen[0].begin(), seen[0].end(), seen[1].begin(), seen[1].end(), by_place));
}

TEST_F(EventFeedTest, shows_each_role_its_own_audience_only) {
    file(cleared_filing(1));
    const FeedPlace start = end(As::feed());
    for (const char* audience : {"ALL", "OFFICERS", "CBP", "SAT"})
        sql(event(std::string{"to_"} + audience, audience, fmt::format("{{\"canary\": \"{}\"}}", audience)));
    EXPECT_EQ(kinds(read(As::feed(), start)), (Kinds{"to_ALL"}));
    EXPECT_EQ(kinds(read(officer("CBP"), start)), (Kinds{"to_ALL", "to_OFFICERS", "to_CBP"}));
    EXPECT_EQ(kinds(read(officer("SAT"), start)), (Kinds{"to_ALL", "to_OFFICERS", "to_SAT"}));
    EXPECT_EQ(kinds(read(broker("company-1"), start)), (Kinds{"to_ALL"}));
    EXPECT_EQ(kinds(read(broker("company-2"), start)), Kinds{});
    EXPECT_EQ(end(As::feed()), read(As::feed(), start).reached) << "not even the place tells of events that are hidden";
}

TEST_F(EventFeedTest, goes_on_behind_events_whose_manifest_is_hidden) {
    // A page is full by what its role was given, not by what it could show: or the rest would be skipped.
    file(cleared_filing(1));
    for (int i = 0; i < 5; ++i) sql(event("many"));
    std::size_t count = 0;
    for (FeedPage page = read(As::feed(), {}, 2);; page = read(As::feed(), page.reached, 2)) {
        count += page.events.size();
        if (page.is_last) break;
        EXPECT_EQ(page.events.size(), 2u);
    }
    EXPECT_EQ(count, 6u);
}

TEST_F(EventFeedTest, the_reader_for_all_parties_sees_nothing_else) {
    file(selected_filing(1));
    for (const char* table : {"manifest_version", "finding", "idempotency", "inspection", "inspection_leg", "selection_factor", "client"}) {
        const std::string answer = sql(fmt::format("SET ROLE puente_feed; SELECT * FROM puente.{}", table));
        EXPECT_NE(answer.find("permission denied"), std::string::npos) << table << ": " << answer;
    }
    EXPECT_NE(sql("SET ROLE puente_feed; SELECT status FROM puente.manifest").find("permission denied"), std::string::npos);
    EXPECT_NE(sql("SET ROLE puente_feed; " + event("made_up")).find("permission denied"), std::string::npos);
    EXPECT_NE(sql("SET ROLE puente_feed; UPDATE puente.event_horizon SET kept_from = '9'").find("permission denied"), std::string::npos);
}

TEST_F(EventFeedTest, knows_a_place_until_events_behind_it_are_removed) {
    file(cleared_filing(1));
    const FeedPlace first = end(As::feed());
    sql(event("later"));
    const FeedPlace later = end(As::feed());
    EXPECT_TRUE(knows({}));
    EXPECT_TRUE(knows(first));
    EXPECT_TRUE(knows(later));
    EXPECT_FALSE(knows({later.written_by + 1'000'000, 1})) << "of another database";
    sql(fmt::format("UPDATE puente.event_horizon SET kept_from = '{}'", later.written_by));
    EXPECT_FALSE(knows({}));
    EXPECT_FALSE(knows(first));
    EXPECT_TRUE(knows(later));
}

TEST_F(EventFeedTest, reads_by_its_index) {
    file(cleared_filing(1));
    sql("INSERT INTO puente.event (manifest_id, at, kind, version, state_no, actor, status) SELECT manifest_id, now(), 'old', 1, 1, 'x', 'CLEARED' "
        "FROM puente.manifest, generate_series(1, 20000)");
    sql("ANALYZE puente.event");
    const std::string plan =
        sql("SET ROLE puente_feed; EXPLAIN (COSTS OFF) SELECT event_id FROM puente.event WHERE (written_by, event_id) > ('0'::xid8, 0) AND "
            "written_by < pg_snapshot_xmin(pg_current_snapshot()) ORDER BY written_by, event_id LIMIT 100");
    EXPECT_NE(plan.find("Index Scan using event_feed"), std::string::npos) << plan;
    EXPECT_EQ(plan.find("->  Sort"), std::string::npos) << plan;
    EXPECT_EQ(plan.find("Seq Scan"), std::string::npos) << plan;
}

}  // namespace puente::test
