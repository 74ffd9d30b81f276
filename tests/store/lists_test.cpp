#include <gtest/gtest.h>

#include "puente/store/records.hpp"
#include "store/desk.hpp"

namespace puente::test {

namespace {

using store::ListFilter;
using store::QueuePage;
using store::StatusRecord;
using store::Transaction;
using Kind = store::FilingOutcome::Kind;

class Lists : public Desk {
protected:
    std::vector<std::string> trips(const store::As& who, const ListFilter& filter) {
        const std::function<Result<std::vector<StatusRecord>>(Transaction&)> list = [&](Transaction& tx) {
            return store::list_manifests(tx, filter);
        };
        std::vector<std::string> found;
        const Result<std::vector<StatusRecord>> records = as<std::vector<StatusRecord>>(who, list);
        if (!records) return {records.error().detail()};
        for (const StatusRecord& record : *records) found.push_back(record.trip_number);
        return found;
    }
    Result<QueuePage> queue(const store::As& who, const std::string& port, const std::string& after = "", std::size_t limit = 50) {
        const std::function<Result<QueuePage>(Transaction&)> list = [&](Transaction& tx) { return store::list_inspections(tx, port, after, limit); };
        return as<QueuePage>(who, list);
    }
    static std::vector<std::string> trips_of(const QueuePage& page) {
        std::vector<std::string> found;
        for (const store::QueueEntry& entry : page.entries) found.push_back(entry.manifest.trip_number);
        return found;
    }
};

using Names = std::vector<std::string>;

TEST_F(Lists, manifests_come_newest_first_and_through_every_filter) {
    store::Filing other_port = cleared_filing(2);
    other_port.us_port = "2402";
    other_port.mx_office = "070";
    store::Filing other_carrier = selected_filing(3);
    other_carrier.carrier_key = "WXYZ";
    store::Filing other_company = cleared_filing(4);
    other_company.company = "company-2";
    for (const store::Filing& filing : {cleared_filing(1), other_port, other_carrier, other_company}) ASSERT_EQ(file(filing).kind, Kind::filed);

    const store::As own = broker("company-1");
    EXPECT_EQ(trips(own, {}), (Names{"TRIP3", "TRIP2", "TRIP1"}));
    EXPECT_EQ(trips(officer("SAT"), {}), (Names{"TRIP4", "TRIP3", "TRIP2", "TRIP1"}));
    EXPECT_EQ(trips(carrier("WXYZ"), {}), (Names{"TRIP3"}));
    ListFilter filter;
    filter.trip_number = "TRIP2";
    EXPECT_EQ(trips(own, filter), (Names{"TRIP2"}));
    filter.trip_number = "TRIP4";
    EXPECT_EQ(trips(own, filter), Names{}) << "another company's";
    filter = {};
    filter.status = "INSPECTION_REQUIRED";
    EXPECT_EQ(trips(own, filter), (Names{"TRIP3"}));
    filter = {};
    filter.port = "2402";
    EXPECT_EQ(trips(own, filter), (Names{"TRIP2"}));
    filter.port = "070";
    EXPECT_EQ(trips(own, filter), (Names{"TRIP2"}));
    filter = {};
    filter.carrier = "WXYZ";
    EXPECT_EQ(trips(own, filter), (Names{"TRIP3"}));
    filter = {};
    filter.since = cleared_filing(3).received_at;
    EXPECT_EQ(trips(officer("CBP"), filter), (Names{"TRIP4", "TRIP3"}));
    filter = {};
    filter.limit = 2;
    EXPECT_EQ(trips(own, filter), (Names{"TRIP3", "TRIP2"}));
    filter.after = cleared_filing(2).manifest_id;
    EXPECT_EQ(trips(own, filter), (Names{"TRIP1"}));
}

TEST_F(Lists, legs_show_claims_and_tell_the_holder_to_its_own_agency_only) {
    ASSERT_EQ(file(selected_filing(1)).kind, Kind::filed);
    const std::function<Result<store::Claim>(Transaction&)> take = [](Transaction& tx) {
        return store::claim_leg(tx, "2304", identifiers::Agency::cbp, "ann", std::nullopt, std::chrono::seconds{60});
    };
    ASSERT_TRUE(as<store::Claim>(officer("CBP"), take));
    const std::function<Result<StatusRecord>(Transaction&)> read = [](Transaction& tx) {
        return store::find_status(tx, cleared_filing(1).manifest_id);
    };
    for (const auto& [who, holder] : {
             std::pair{officer("CBP"),      "ann"},
             std::pair{officer("SAT"),      ""   },
             std::pair{broker("company-1"), ""   },
             std::pair{carrier("ABCD"),     ""   }
    }) {
        const Result<StatusRecord> record = as<StatusRecord>(who, read);
        ASSERT_TRUE(record) << record.error().detail();
        ASSERT_EQ(record->legs.size(), 2u);
        EXPECT_EQ(record->legs[0].agency, identifiers::Agency::cbp);
        EXPECT_TRUE(record->legs[0].claimed);
        EXPECT_TRUE(record->legs[0].lease_until);
        EXPECT_EQ(record->legs[0].holder, holder) << who.agency;
        EXPECT_FALSE(record->legs[1].claimed);
        EXPECT_EQ(record->state_no, 2) << "a reader can see that it was claimed";
    }
}

TEST_F(Lists, the_queue_is_in_order_and_the_same_for_both_agencies) {
    struct Load {
        int number;
        int turn;  ///< in minutes
    };
    for (const Load& load : {Load{1, 50}, Load{2, 40}, Load{3, 30}, Load{4, 10}, Load{5, 60}, Load{6, 40}}) {
        store::Filing filing = selected_filing(load.number);
        filing.inspection->turn_at = cleared_filing(0).received_at + std::chrono::minutes{load.turn};
        ASSERT_EQ(file(filing).kind, Kind::filed);
    }
    const Names expected{"TRIP4", "TRIP3", "TRIP2", "TRIP6", "TRIP1", "TRIP5"};
    EXPECT_EQ(trips_of(*queue(officer("CBP"), "2304")), expected);
    EXPECT_EQ(trips_of(*queue(officer("SAT"), "240")), expected);
    EXPECT_TRUE(queue(officer("CBP"), "9999")->entries.empty());

    Names paged;
    std::string after;
    for (int page_no = 0; page_no < 3; ++page_no) {
        const Result<QueuePage> page = queue(officer("CBP"), "2304", after, 2);
        ASSERT_TRUE(page) << page.error().detail();
        for (const std::string& trip : trips_of(*page)) paged.push_back(trip);
        after = page->next;
        EXPECT_EQ(after.empty(), page_no == 2);
    }
    EXPECT_EQ(paged, expected);
}

TEST_F(Lists, the_queue_shows_an_officer_what_its_agency_may_see) {
    ASSERT_EQ(file(selected_filing(1)).kind, Kind::filed);
    const Result<QueuePage> page = queue(officer("SAT"), "2304");
    ASSERT_TRUE(page) << page.error().detail();
    ASSERT_EQ(page->entries.size(), 1u);
    const store::QueueEntry& entry = page->entries[0];
    EXPECT_EQ(entry.essential, (Names{"agribusiness", "medical"}));
    EXPECT_EQ(entry.opened_at, selected_filing(1).received_at);
    EXPECT_EQ(entry.manifest.legs.size(), 2u);
    ASSERT_EQ(entry.findings.size(), 2u);
    EXPECT_EQ(entry.findings[1].rule_id, "SAT-1");
    ASSERT_EQ(entry.factors.size(), 1u);
    EXPECT_EQ(entry.factors[0].name, "risk:value");
}

TEST_F(Lists, a_cursor_that_no_page_gave_is_malformed) {
    const std::string id = cleared_filing(1).manifest_id.text();
    for (const std::string& cursor : {std::string{"x"}, std::string{"0."}, "0." + id + "0", "-1." + id, "999999999999999999." + id, "0.0." + id,
                                      "99999999999999999999." + id, std::string{"0.'; DROP"}}) {
        const Result<QueuePage> page = queue(officer("CBP"), "2304", cursor);
        ASSERT_FALSE(page) << cursor;
        EXPECT_EQ(page.error().kind(), ErrorKind::malformed) << cursor;
    }
}

}  // namespace

}  // namespace puente::test
