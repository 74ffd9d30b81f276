// What is past its time goes, month by month; what is held or not over stays whole.
#include "puente/store/retention.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "puente/crypto/digest.hpp"
#include "puente/store/event_feed.hpp"
#include "puente/store/records.hpp"
#include "store/leg_desk.hpp"

namespace puente::test {

namespace {

using store::Staying;
using store::Transaction;

class Retention : public LegDesk {
protected:
    /// As the owner of the schema, who has connections of his own.
    template <class T>
    Result<T> owner(const std::function<Result<T>(Transaction&)>& work) const {
        Result<T> answer = Error{};
        const Result<void> done =
            store::run_once(cluster_.url(database_, "puente_owner"), store::As::gateway(), [&](Transaction& tx) -> Result<void> {
                answer = work(tx);
                return answer ? Result<void>{} : Result<void>{answer.error()};
            });
        return done ? answer : Result<T>{done.error()};
    }
    Result<Staying> remove_first() const {
        return owner<Staying>([](Transaction& tx) { return store::remove_cohort(tx, "first"); });
    }
    Result<std::size_t> remove_leftovers(std::size_t most = 100) const {
        return owner<std::size_t>([most](Transaction& tx) { return store::remove_manifests(tx, most); });
    }
    void must(const std::string& text) const { ASSERT_EQ(sql(text), ""); }
    /// Makes the month of everything that was filed so far lie in the past, read by everybody.
    void end_first_month() const {
        must(
            "UPDATE puente.cohort SET ends_at = now() - interval '1 day' WHERE name = 'first'; "
            "UPDATE puente.board_cursor SET after_xid = pg_current_xact_id(); UPDATE puente.webhook_cursor SET after_xid = pg_current_xact_id()");
    }
    void cross(const store::Filing& filing) const {
        must("UPDATE puente.manifest SET status = 'CROSSED', arrived_at = now(), crossed_at = now() WHERE manifest_id = '" +
             filing.manifest_id.text() + "'");
    }
    void hold(const store::Filing& filing) const {
        must("INSERT INTO puente.legal_hold (hold_id, manifest_id, agency, reason, placed_by) VALUES (gen_random_uuid(), '" +
             filing.manifest_id.text() + "', 'CBP', 'a case', 'desk')");
    }
    std::string count(const std::string& table, const store::Filing& filing) const {
        return sql("SELECT count(*) FROM puente." + table + " WHERE manifest_id = '" + filing.manifest_id.text() + "'");
    }
    bool can_be_read(const store::Filing& filing) {
        const std::function<Result<store::ManifestRecord>(Transaction&)> find = [id = filing.manifest_id](Transaction& tx) {
            return store::find_manifest(tx, id);
        };
        return as<store::ManifestRecord>(broker("company-1"), find).has_value();
    }
    static store::Filing filed_at(int number, Instant moment) {
        store::Filing filing = cleared_filing(number);
        const std::array<std::uint8_t, 10> random{1, 2, 3, 4, 5, 6, 7, 8, 9, static_cast<std::uint8_t>(number)};
        filing.manifest_id = Uuid::version7(moment, random);
        return filing;
    }
    Instant moment(const std::string& expression) const {
        return Instant{std::chrono::microseconds{std::stoll(sql("SELECT (extract(epoch FROM " + expression + ") * 1000000)::bigint"))}};
    }
    std::string part_of(const std::string& table, const store::Filing& filing) const {
        return sql("SELECT DISTINCT tableoid::regclass FROM puente." + table + " WHERE manifest_id = '" + filing.manifest_id.text() + "'");
    }
};

constexpr const char* tables[] = {"manifest_version", "finding", "event", "gate_event"};

TEST_F(Retention, a_manifest_is_kept_with_those_of_its_month) {
    const store::Filing now = cleared_filing(1);
    const store::Filing next = filed_at(2, moment("(SELECT ends_at FROM puente.cohort WHERE name = 'first')"));
    const store::Filing before = filed_at(3, moment("(SELECT ends_at FROM puente.cohort WHERE name = 'first')") - std::chrono::milliseconds{1});
    for (const store::Filing* each : {&now, &next, &before}) ASSERT_EQ(file(*each).kind, store::FilingOutcome::Kind::filed);
    const std::string month = sql("SELECT name FROM puente.cohort WHERE starts_at > '-infinity' ORDER BY starts_at LIMIT 1");
    for (const char* table : {"manifest_version", "event"}) {
        EXPECT_EQ(part_of(table, now), fmt::format("puente.{}_first", table));
        EXPECT_EQ(part_of(table, before), fmt::format("puente.{}_first", table));
        EXPECT_EQ(part_of(table, next), fmt::format("puente.{}_{}", table, month));
        EXPECT_EQ(sql(fmt::format("SELECT reloptions FROM pg_class WHERE oid = 'puente.manifest_version_{}'::regclass", month)),
                  "{toast_tuple_target=4096}");
    }
    EXPECT_TRUE(can_be_read(next));
}

TEST_F(Retention, what_came_before_its_month_was_prepared_is_kept_and_moves_in) {
    const store::Filing early = filed_at(1, moment("now() + interval '200 days'"));
    ASSERT_EQ(file(early).kind, store::FilingOutcome::Kind::filed);
    EXPECT_EQ(part_of("event", early), "puente.event_other");
    ASSERT_EQ(sql("SELECT puente.add_cohorts(now() + interval '200 days') > 3", "puente_owner"), "t");
    EXPECT_EQ(part_of("event", early), "puente.event_" + sql("SELECT to_char((now() + interval '200 days') AT TIME ZONE 'UTC', 'YYYY_MM')"));
    EXPECT_EQ(part_of("manifest_version", early),
              "puente.manifest_version_" + sql("SELECT to_char((now() + interval '200 days') AT TIME ZONE 'UTC', 'YYYY_MM')"));
    EXPECT_TRUE(can_be_read(early));
    EXPECT_EQ(sql("SELECT count(*) FROM puente.event", "puente_owner"), "0") << "the owner is bound as before";
}

TEST_F(Retention, many_gateways_prepare_each_month_once) {
    must(
        "DO $$ DECLARE kept text; BEGIN FOREACH kept IN ARRAY puente.cohort_tables() LOOP "
        "EXECUTE (SELECT string_agg(format('DROP TABLE puente.%I;', kept || '_' || name), ' ') FROM puente.cohort WHERE name <> 'first'); END LOOP; "
        "END $$; "
        "DELETE FROM puente.cohort WHERE name <> 'first'");
    std::atomic<std::size_t> made{0};
    std::atomic<int> failed{0};
    std::vector<std::thread> gateways;
    for (int i = 0; i < 6; ++i) {
        gateways.emplace_back([&] {
            const Result<void> done =
                store::run_once(cluster_.url(database_, "puente_app"), store::As::watch(), [&](Transaction& tx) -> Result<void> {
                    const Result<std::size_t> some = store::prepare_cohorts(tx);
                    if (!some) return some.error();
                    made += *some;
                    return {};
                });
            if (!done) ++failed;
        });
    }
    for (std::thread& each : gateways) each.join();
    const std::string months = sql("SELECT count(*) FROM puente.cohort WHERE name <> 'first'");
    EXPECT_EQ(std::to_string(made.load()), months);
    EXPECT_GE(std::stoi(months), 1);
    EXPECT_LT(failed.load(), 6) << "who has to wait too long for the others tries later";
    for (const char* table : tables)
        EXPECT_EQ(sql(fmt::format("SELECT count(*) FROM pg_inherits WHERE inhparent = 'puente.{}'::regclass", table)),
                  std::to_string(std::stoi(months) + 2));
}

TEST_F(Retention, a_partition_is_reached_through_the_whole_only) {
    ASSERT_EQ(sql("SELECT puente.add_cohorts(now() + interval '120 days') > 0", "puente_owner"), "t");
    const std::string parts =
        "FROM pg_inherits JOIN pg_class AS c ON c.oid = inhrelid WHERE inhparent IN (SELECT format('puente.%I', t)::regclass FROM "
        "unnest(puente.cohort_tables()) AS t)";
    EXPECT_GE(std::stoi(sql("SELECT count(*) " + parts)), 16);
    EXPECT_EQ(sql("SELECT c.relname " + parts + " AND NOT (c.relrowsecurity AND c.relforcerowsecurity)"), "");
    EXPECT_EQ(sql("SELECT c.relname " + parts + " AND EXISTS (SELECT FROM aclexplode(c.relacl) AS a WHERE a.grantee <> c.relowner)"), "");
    EXPECT_EQ(sql("SELECT c.relname " + parts +
                  " AND EXISTS (SELECT FROM pg_attribute AS a WHERE a.attrelid = c.oid AND a.attacl IS NOT NULL AND EXISTS (SELECT FROM "
                  "aclexplode(a.attacl)))"),
              "");
    EXPECT_EQ(sql("SELECT c.relname " + parts + " AND EXISTS (SELECT FROM pg_policy AS p WHERE p.polrelid = c.oid)"), "");
}

TEST_F(Retention, a_month_goes_at_once_and_what_is_held_or_not_over_stays_whole) {
    const store::Filing over = selected_filing(1);
    const store::Filing held = selected_filing(2);
    const store::Filing open = selected_filing(3);
    const store::Filing plain = cleared_filing(4);
    for (const store::Filing* each : {&over, &held, &open, &plain}) ASSERT_EQ(file(*each).kind, store::FilingOutcome::Kind::filed);
    for (const store::Filing* each : {&over, &held, &plain}) cross(*each);
    must(
        "INSERT INTO puente.gate_event (manifest_id, kind, at, lane, booth, agency, by_client) SELECT manifest_id, 'ARRIVED', now(), '', '', 'CBP', "
        "'desk' FROM puente.manifest");
    ASSERT_TRUE(annotate(cbp_, over.inspection->inspection_id, inspection::Visibility::agency, "to go"));
    ASSERT_TRUE(annotate(cbp_, held.inspection->inspection_id, inspection::Visibility::agency, "to stay"));
    hold(held);
    end_first_month();

    const Result<Staying> staying = remove_first();
    ASSERT_TRUE(staying) << staying.error().detail();
    EXPECT_EQ(staying->manifests.size(), 2u);
    EXPECT_EQ(staying->held, 1);
    for (const store::Filing* gone : {&over, &plain}) {
        EXPECT_FALSE(can_be_read(*gone));
        for (const char* table : tables) EXPECT_EQ(count(table, *gone), "0") << table;
    }
    for (const store::Filing* kept : {&held, &open}) {
        EXPECT_TRUE(can_be_read(*kept));
        for (const char* table : {"manifest_version", "gate_event"}) EXPECT_EQ(count(table, *kept), "1") << table;
        EXPECT_EQ(count("finding", *kept), "3");
        EXPECT_EQ(part_of("event", *kept), "puente.event_other");
    }
    ASSERT_EQ(sql("SELECT to_regclass('puente.event_first') IS NULL"), "t");

    EXPECT_EQ(*remove_leftovers(1), 1u);
    EXPECT_EQ(*remove_leftovers(), 1u);
    EXPECT_EQ(*remove_leftovers(), 0u);
    EXPECT_EQ(sql("SELECT count(*) FROM puente.manifest"), "2");
    EXPECT_EQ(sql("SELECT count(*) FROM puente.inspection"), "2");
    EXPECT_EQ(sql("SELECT count(*) FROM puente.inspection_leg"), "4");
    EXPECT_EQ(sql("SELECT text FROM puente.annotation"), "to stay");
    EXPECT_EQ(sql("SELECT count(*) FROM puente.authorship"), "1");
    EXPECT_EQ(sql("SELECT count(*) FROM puente.selection_factor"), "4");

    // Lifted, and over: the next time it goes as well.
    must("UPDATE puente.legal_hold SET lifted_at = now(), lifted_by = 'desk', lift_reason = 'closed'");
    EXPECT_EQ(*remove_leftovers(), 1u);
    EXPECT_EQ(*remove_leftovers(), 0u);
    for (const char* table : {"manifest_version", "finding", "event", "gate_event", "inspection", "inspection_leg"})
        EXPECT_EQ(count(table, held), "0") << table;
    EXPECT_EQ(count("legal_hold", held), "1") << "that it was held stays on record";
    EXPECT_FALSE(can_be_read(held));
    EXPECT_TRUE(can_be_read(open));
}

TEST_F(Retention, bytes_that_another_inspection_has_as_well_stay) {
    const store::Filing over = selected_filing(1);
    const store::Filing open = selected_filing(2);
    for (const store::Filing* each : {&over, &open}) {
        ASSERT_EQ(file(*each).kind, store::FilingOutcome::Kind::filed);
        for (const std::string& bytes : {std::string{"%PDF-shared"}, "%PDF-of-" + each->trip_number}) {
            const store::NewAttachment attachment{crypto::sha256(bytes), "application/pdf", inspection::Visibility::agency, "desk"};
            const std::function<Result<store::Attached>(Transaction&)> write = [&](Transaction& tx) {
                return store::attach(tx, each->inspection->inspection_id, attachment, bytes);
            };
            ASSERT_TRUE(as<store::Attached>(cbp_, write));
        }
    }
    cross(over);
    end_first_month();
    ASSERT_TRUE(remove_first());
    ASSERT_EQ(*remove_leftovers(), 1u);
    EXPECT_EQ(sql("SELECT string_agg(convert_from(content, 'UTF8'), ' ' ORDER BY content) FROM puente.attachment_content"),
              "%PDF-of-TRIP2 %PDF-shared");
}

TEST_F(Retention, the_feed_cannot_be_resumed_from_among_what_went) {
    ASSERT_EQ(file(cleared_filing(1)).kind, store::FilingOutcome::Kind::filed);
    const std::function<Result<store::FeedPlace>(Transaction&)> look = [](Transaction& tx) { return store::feed_end(tx); };
    const store::FeedPlace last = *as<store::FeedPlace>(store::As::feed(), look);
    const auto is_known = [&] {
        const std::function<Result<bool>(Transaction&)> ask = [last](Transaction& tx) { return store::is_place_known(tx, last); };
        return *as<bool>(store::As::feed(), ask);
    };
    EXPECT_TRUE(is_known());
    end_first_month();
    ASSERT_TRUE(remove_first());
    EXPECT_FALSE(is_known());
}

TEST_F(Retention, nothing_goes_before_its_month_is_over_and_its_events_are_read) {
    const store::Filing filing = cleared_filing(1);
    ASSERT_EQ(file(filing).kind, store::FilingOutcome::Kind::filed);
    cross(filing);
    EXPECT_EQ(remove_first().error().kind(), ErrorKind::conflict) << "the month goes on";
    end_first_month();
    for (const char* cursor : {"board_cursor", "webhook_cursor"}) {
        must(fmt::format("UPDATE puente.{} SET after_xid = '3'", cursor));
        EXPECT_EQ(remove_first().error().kind(), ErrorKind::conflict) << cursor;
        end_first_month();
    }
    EXPECT_EQ(*remove_leftovers(), 0u) << "manifests go after their month only";
    EXPECT_TRUE(can_be_read(filing));
    EXPECT_TRUE(remove_first());
    EXPECT_EQ(remove_first().error().kind(), ErrorKind::conflict) << "once";
}

TEST_F(Retention, waits_for_nobody_long_and_changes_nothing_then) {
    const store::Filing filing = cleared_filing(1);
    ASSERT_EQ(file(filing).kind, store::FilingOutcome::Kind::filed);
    cross(filing);
    end_first_month();
    std::thread reader{[&] { sql("BEGIN; SELECT count(*) FROM puente.event; SELECT pg_sleep(1.7); COMMIT;"); }};
    ASSERT_TRUE(soon([&] {
        return sql("SELECT count(*) FROM pg_stat_activity WHERE query LIKE '%pg_sleep(1.7)%' AND pid <> pg_backend_pid() AND wait_event = "
                   "'PgSleep'") == "1";
    }));
    EXPECT_EQ(remove_first().error().kind(), ErrorKind::overloaded);
    EXPECT_TRUE(can_be_read(filing));
    reader.join();
    EXPECT_TRUE(remove_first());
}

TEST_F(Retention, a_hold_comes_in_time_or_is_refused) {
    const store::Filing filing = cleared_filing(1);
    ASSERT_EQ(file(filing).kind, store::FilingOutcome::Kind::filed);
    cross(filing);
    end_first_month();
    ASSERT_TRUE(remove_first());
    const std::string said = sql("INSERT INTO puente.legal_hold (hold_id, manifest_id, agency, reason, placed_by) VALUES (gen_random_uuid(), '" +
                                 filing.manifest_id.text() + "', 'CBP', 'too late', 'desk')");
    EXPECT_EQ(said, "ERROR:  this manifest has been removed");
    EXPECT_EQ(*remove_leftovers(), 1u);
}

TEST_F(Retention, identifiers_are_forgotten_when_no_trip_with_them_matters) {
    must(
        "INSERT INTO puente.identifier_use (key, keep_from, uses) SELECT gen_random_uuid(), now(), ARRAY[ROW(gen_random_uuid(), now() - interval '5 "
        "years' * n, '')::puente.trip_use, "
        "ROW(gen_random_uuid(), now() - interval '6 years' * n, '')::puente.trip_use] FROM (VALUES (0), (1)) AS one (n)");
    std::optional<Uuid> after;
    for (int pages = 0; pages < 5; ++pages) {
        const Result<std::optional<Uuid>> reached =
            owner<std::optional<Uuid>>([&](Transaction& tx) { return store::forget_uses(tx, moment("now() - interval '4 years'"), after); });
        ASSERT_TRUE(reached) << reached.error().detail();
        after = *reached;
        if (!after) break;
    }
    EXPECT_FALSE(after);
    EXPECT_EQ(sql("SELECT count(*) FROM puente.identifier_use"), "1");
    EXPECT_EQ(sql("SELECT count(*) FROM puente.identifier_use, unnest(uses) AS u WHERE u.arrival > now() - interval '1 hour'"), "2");
}

TEST_F(Retention, no_gateway_can_remove) {
    for (const char* text : {"SET ROLE puente_keeper", "SELECT puente.drop_cohort('first', '{}')", "SELECT puente.add_cohorts(now())",
                             "SELECT puente.prepare_cohorts()", "SET ROLE puente_watch; SELECT puente.add_cohorts(now())",
                             "SET ROLE puente_watch; SELECT puente.drop_cohort('first', '{}')", "SET ROLE puente_watch; DELETE FROM puente.event",
                             "SET ROLE puente_intake; SELECT puente.prepare_cohorts()", "SET ROLE puente_cbp; SELECT * FROM puente.event_first"}) {
        EXPECT_EQ(sql(text, "puente_app").rfind("ERROR:  permission denied", 0), 0u) << text << ": " << sql(text, "puente_app");
    }
    const std::string members =
        sql("SELECT string_agg(r.rolname, ' ') FROM pg_auth_members AS m JOIN pg_roles AS r ON r.oid = m.member WHERE m.roleid = "
            "'puente_keeper'::regrole");
    EXPECT_EQ(members, "puente_owner");
}

}  // namespace

}  // namespace puente::test
