#include "puente/store/bays.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "puente/store/records.hpp"
#include "store/desk.hpp"

namespace puente::test {

namespace {

using namespace std::chrono_literals;
using identifiers::AgencyCode;
using inspection::OpenHours;
using store::BayRecord;
using store::SlotRecord;
using store::Transaction;

const AgencyCode cbp{identifiers::Agency::cbp};
const AgencyCode sat{identifiers::Agency::sat};
/// A Tuesday, 14:00 at Laredo.
const Instant tuesday{std::chrono::sys_days{std::chrono::year{2027} / 12 / 14} + std::chrono::hours{20}};

class BaysAndSlots : public Desk {
protected:
    void SetUp() override {
        for (int i = 1; i <= 3; ++i) ASSERT_EQ(file(selected_filing(i)).kind, store::FilingOutcome::Kind::filed);
    }
    static Uuid inspection(int number) { return selected_filing(number).inspection->inspection_id; }
    static BayRecord bay(const std::string& name, int capacity = 1, std::vector<std::string> lanes = {}) {
        return {"2304", name, "America/Matamoros", std::move(lanes), capacity, 30, {}};
    }
    static std::vector<OpenHours> daily(int opens, int closes) {
        std::vector<OpenHours> all;
        for (int day = 1; day <= 7; ++day) all.push_back({day, opens, closes});
        return all;
    }
    Result<int> furnish(const AgencyCode& agency, const BayRecord& record, const std::vector<OpenHours>& hours) {
        const std::function<Result<int>(Transaction&)> work = [&](Transaction& tx) -> Result<int> {
            const Result<void> done = store::furnish_bay(tx, record, agency, hours);
            if (!done) return done.error();
            return 1;
        };
        return as<int>(officer(agency.text()), work);
    }
    std::vector<BayRecord> bays(const std::string& agency = "CBP") {
        const std::function<Result<std::vector<BayRecord>>(Transaction&)> work = [](Transaction& tx) { return store::list_bays(tx, "2304"); };
        return *as<std::vector<BayRecord>>(officer(agency), work);
    }
    Result<int> book(int number, const std::string& name, Instant starts_at, const std::vector<std::string>& agencies = {"CBP", "SAT"},
                     std::chrono::minutes length = 30min) {
        const std::function<Result<int>(Transaction&)> work = [&](Transaction& tx) -> Result<int> {
            const SlotRecord slot{"2304", name, starts_at, starts_at + length};
            const Result<void> done = store::book_slot(tx, inspection(number), slot, agencies, cbp);
            if (!done) return done.error();
            return 1;
        };
        return as<int>(officer("CBP"), work);
    }
    std::size_t flag(std::size_t most = 100) {
        const std::function<Result<std::size_t>(Transaction&)> work = [&](Transaction& tx) { return store::flag_overdue_legs(tx, most); };
        const Result<std::size_t> flagged = as<std::size_t>(store::As::watch(), work);
        EXPECT_TRUE(flagged) << flagged.error().detail();
        return flagged ? *flagged : 0;
    }
};

TEST_F(BaysAndSlots, each_agency_writes_its_own_hours) {
    ASSERT_TRUE(furnish(cbp, bay("north", 2, {"FAST", "CARGO"}), daily(360, 1320)));
    ASSERT_TRUE(furnish(sat,
                        bay("north", 4,
                            {
                                "FAST"
    }),
                        {{1, 480, 720}, {1, 780, 1080}, {6, 540, 840}}));
    ASSERT_TRUE(furnish(cbp, bay("south"), daily(0, 1440)));
    const std::vector<BayRecord> all = bays("SAT");
    ASSERT_EQ(all.size(), 2u);
    EXPECT_EQ(all[0].name, "north");
    EXPECT_EQ(all[0].capacity, 4);
    EXPECT_EQ(all[0].lanes, (std::vector<std::string>{"FAST"}));
    ASSERT_EQ(all[0].agencies.size(), 2u);
    EXPECT_EQ(all[0].agencies[0].hours.size(), 7u) << "of CBP, as they were";
    EXPECT_EQ(all[0].agencies[1].hours[1], (OpenHours{1, 780, 1080}));
    ASSERT_TRUE(furnish(sat, bay("north"), {}));
    EXPECT_EQ(bays()[0].agencies.size(), 1u) << "SAT has left";
    EXPECT_FALSE(furnish(cbp, bay("north"),
                         {
                             {8, 0, 60}
    }));
    EXPECT_FALSE(furnish(cbp, bay("north"),
                         {
                             {1, 60, 60}
    }));
    EXPECT_FALSE(furnish(cbp, bay("north"),
                         {
                             {1, 0, 1441}
    }));
    EXPECT_FALSE(furnish(cbp, bay("no such name!"), {}));
    EXPECT_EQ(sql("SET ROLE puente_sat; INSERT INTO puente.bay_hours VALUES ('2304', 'north', 'CBP', 1, 0, 60)", "puente_app").rfind("ERROR", 0), 0u);
    EXPECT_EQ(sql("SET ROLE puente_sat; DELETE FROM puente.bay_hours WHERE agency = 'CBP' RETURNING 1", "puente_app"), "");
    EXPECT_EQ(sql("SET ROLE puente_party; SELECT 1 FROM puente.bay", "puente_app").rfind("ERROR", 0), 0u);
}

TEST_F(BaysAndSlots, an_unknown_bay_is_answered_with_those_there_are) {
    const std::function<Result<BayRecord>(Transaction&)> find = [](Transaction& tx) { return store::find_bay(tx, "2304", "east"); };
    EXPECT_EQ(as<BayRecord>(officer("CBP"), find).error().detail(), "port 2304 has no bays yet");
    ASSERT_TRUE(furnish(cbp, bay("north"), {}));
    ASSERT_TRUE(furnish(cbp, bay("south"), {}));
    const Result<BayRecord> none = as<BayRecord>(officer("SAT"), find);
    EXPECT_EQ(none.error().kind(), ErrorKind::conflict);
    EXPECT_EQ(none.error().detail(), "port 2304 has the bays north, south");
}

TEST_F(BaysAndSlots, a_slot_is_booked_once_for_both_agencies_and_never_beyond_the_capacity) {
    ASSERT_TRUE(furnish(cbp, bay("north", 2), daily(480, 1200)));
    ASSERT_TRUE(furnish(sat, bay("north", 2), daily(480, 1200)));
    ASSERT_TRUE(book(1, "north", tuesday));
    ASSERT_TRUE(book(2, "north", tuesday));
    EXPECT_EQ(book(3, "north", tuesday).error().kind(), ErrorKind::conflict) << "two fit";
    const std::function<Result<std::vector<Instant>>(Transaction&)> full = [&](Transaction& tx) {
        return store::full_slots(tx, bay("north", 2), tuesday - 1h, inspection(3));
    };
    EXPECT_EQ(*as<std::vector<Instant>>(officer("SAT"), full), (std::vector<Instant>{tuesday}));
    ASSERT_TRUE(book(1, "north", tuesday + 30min)) << "a load moves";
    ASSERT_TRUE(book(3, "north", tuesday));
    EXPECT_EQ(sql("SELECT count(*) FROM puente.slot"), "3");
    EXPECT_EQ(sql("SELECT count(*) FROM puente.inspection_leg WHERE slot_ends_at IS NOT NULL"), "6") << "both legs of each";
    EXPECT_EQ(sql("SELECT count(*), min(audience) FROM puente.event WHERE kind = 'slot_booked'"), "4|ALL");
}

TEST_F(BaysAndSlots, the_database_refuses_a_slot_that_the_domain_would_not_give) {
    ASSERT_TRUE(furnish(cbp, bay("north"), daily(480, 1200)));
    ASSERT_TRUE(furnish(sat, bay("north"), daily(780, 870)));
    ASSERT_TRUE(book(1, "north", tuesday)) << "14:00 to 14:30: the last half hour of SAT";
    EXPECT_EQ(book(2, "north", tuesday + 30min).error().kind(), ErrorKind::conflict) << "SAT has gone";
    EXPECT_TRUE(book(2, "north", tuesday + 30min, {"CBP"}));
    EXPECT_EQ(book(3, "north", tuesday - 1h, {"CBP", "SAT"}, 60min).error().kind(), ErrorKind::conflict) << "not the bay's length";
    EXPECT_EQ(book(3, "north", tuesday - 1h, {"CBP", "STATE"}).error().kind(), ErrorKind::conflict) << "no hours of that agency";
    EXPECT_FALSE(book(3, "west", tuesday)) << "no such bay";
    EXPECT_NE(sql("UPDATE puente.slot SET place = 2").rfind("ERROR", 0), std::string::npos);
}

/// inspection::PortClock and PostgreSQL's time zones must agree on what is in the hours.
TEST_F(BaysAndSlots, the_clock_of_the_port_is_the_databases) {
    for (const char* zone : {"America/Tijuana", "America/Ciudad_Juarez", "America/Hermosillo", "America/Ojinaga", "America/Matamoros",
                             "America/Chicago", "America/Denver", "America/Los_Angeles", "America/Phoenix"}) {
        std::string wrong;
        for (int year = 2026; year <= 2028; ++year) {
            const std::string answer =
                sql("SELECT string_agg(extract(epoch FROM g)::bigint || ' ' || extract(epoch FROM (g AT TIME ZONE '" + std::string{zone} +
                    "') - (g AT TIME ZONE 'UTC'))::int / 60, ',' ORDER BY g) FROM generate_series(timestamptz '" + std::to_string(year) +
                    "-01-01 00:00Z', '" + std::to_string(year) + "-12-31 23:00Z', '1 hour') AS g");
            for (std::size_t begin = 0; begin < answer.size();) {
                const std::size_t end = std::min(answer.find(',', begin), answer.size());
                const std::string item = answer.substr(begin, end - begin);
                const Instant at{std::chrono::seconds{std::stoll(item)}};
                const int minutes = std::stoi(item.substr(item.find(' ')));
                if (inspection::PortClock::named(zone)->offset_at(at).count() != minutes) wrong += to_text(at) + " ";
                begin = end + 1;
            }
        }
        EXPECT_EQ(wrong, "") << zone;
    }
}

TEST_F(BaysAndSlots, a_leg_whose_time_has_passed_is_told_once_by_any_number_of_gateways) {
    ASSERT_TRUE(furnish(cbp, bay("north", 9), daily(0, 1440)));
    ASSERT_TRUE(furnish(sat, bay("north", 9), daily(0, 1440)));
    EXPECT_EQ(flag(), 0u);
    ASSERT_TRUE(book(1, "north", tuesday));
    EXPECT_EQ(flag(), 0u) << "it is yet to come";
    ASSERT_EQ(sql("UPDATE puente.inspection_leg SET slot_ends_at = now() - interval '1 minute' WHERE slot_ends_at IS NOT NULL"), "");
    pool();
    std::vector<std::thread> gateways;
    std::atomic<std::size_t> flagged{0};
    for (int i = 0; i < 6; ++i) gateways.emplace_back([&] { flagged += flag(); });
    for (std::thread& each : gateways) each.join();
    EXPECT_EQ(flagged, 2u) << "both legs, each once";
    EXPECT_EQ(sql("SELECT string_agg(actor, ',' ORDER BY actor), min(audience) FROM puente.event WHERE kind = 'leg_overdue'"), "CBP,SAT|OFFICERS");
    const std::function<Result<store::QueuePage>(Transaction&)> list = [](Transaction& tx) { return store::list_inspections(tx, "2304", "", 10); };
    const Result<store::QueuePage> page = as<store::QueuePage>(officer("SAT"), list);
    ASSERT_EQ(page->entries.size(), 3u);
    EXPECT_TRUE(page->entries[0].overdue_since);
    ASSERT_TRUE(page->entries[0].slot);
    EXPECT_EQ(page->entries[0].slot->starts_at, tuesday);
    EXPECT_FALSE(page->entries[1].overdue_since);
    ASSERT_TRUE(book(1, "north", tuesday + 60min)) << "a new slot, a new chance";
    EXPECT_EQ(sql("SELECT count(*) FROM puente.inspection_leg WHERE overdue_since IS NOT NULL"), "0");
    EXPECT_EQ(flag(), 0u);
}

TEST_F(BaysAndSlots, only_the_watch_may_flag) {
    EXPECT_EQ(sql("SET ROLE puente_party; UPDATE puente.inspection_leg SET overdue_since = now()", "puente_app").rfind("ERROR", 0), 0u);
    EXPECT_EQ(sql("SET ROLE puente_cbp; UPDATE puente.inspection_leg SET overdue_since = now()", "puente_app").rfind("ERROR", 0), 0u);
    EXPECT_EQ(sql("SET ROLE puente_watch; UPDATE puente.inspection_leg SET state = 'RELEASED'", "puente_app").rfind("ERROR", 0), 0u);
    EXPECT_EQ(sql("SET ROLE puente_watch; INSERT INTO puente.event (manifest_id, at, kind, version, state_no, actor, status, audience) SELECT "
                  "manifest_id, now(), 'leg_decided', "
                  "1, 1, 'CBP', status, 'ALL' FROM puente.manifest LIMIT 1",
                  "puente_app")
                  .rfind("ERROR", 0),
              0u);
}

}  // namespace

}  // namespace puente::test
