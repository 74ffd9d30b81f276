#include "puente/store/contingency.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <future>
#include <iostream>

#include "puente/store/claims.hpp"
#include "puente/store/event_feed.hpp"
#include "puente/store/inspections.hpp"
#include "store/desk.hpp"

namespace puente::test {

namespace {

using namespace std::chrono_literals;
using identifiers::AgencyCode;
using store::Claim;
using store::ContingencyRecord;
using store::ContingencyState;
using store::Declaration;
using store::QueuePage;
using store::Transaction;

const AgencyCode cbp{identifiers::Agency::cbp};
const AgencyCode sat{identifiers::Agency::sat};
using Names = std::vector<std::string>;

class Contingencies : public Desk {
protected:
    static Declaration gridlock(Names classes = {"medical"}) {
        return {
            "2304", {"2304"},
             { "240", "800"},
             std::move(classes), 24h, "the bridge is closed", 60min
        };
    }
    Result<ContingencyRecord> declare(const AgencyCode& agency, const Declaration& declaration = gridlock()) {
        const std::function<Result<ContingencyRecord>(Transaction&)> work = [&](Transaction& tx) {
            return store::declare_contingency(tx, declaration, agency, "ann");
        };
        return as<ContingencyRecord>(officer(agency.text()), work);
    }
    Result<ContingencyRecord> confirm(const AgencyCode& agency, const Uuid& id, const std::string& port = "2304") {
        const std::function<Result<ContingencyRecord>(Transaction&)> work = [&](Transaction& tx) {
            return store::confirm_contingency(tx, port, id, agency, "bea");
        };
        return as<ContingencyRecord>(officer(agency.text()), work);
    }
    Result<ContingencyRecord> end(const AgencyCode& agency, const Uuid& id) {
        const std::function<Result<ContingencyRecord>(Transaction&)> work = [&](Transaction& tx) {
            return store::end_contingency(tx, "2304", id, agency, "cid");
        };
        return as<ContingencyRecord>(officer(agency.text()), work);
    }
    std::vector<ContingencyRecord> list(const std::string& agency, const std::string& port = "2304") {
        const std::function<Result<std::vector<ContingencyRecord>>(Transaction&)> work = [&](Transaction& tx) {
            return store::list_contingencies(tx, port);
        };
        return *as<std::vector<ContingencyRecord>>(officer(agency), work);
    }
    Names queue(const std::string& agency, const std::string& port, std::size_t page_size = 50) {
        Names trips;
        std::string after;
        do {
            const std::function<Result<QueuePage>(Transaction&)> work = [&](Transaction& tx) {
                return store::list_inspections(tx, port, after, page_size);
            };
            const Result<QueuePage> page = as<QueuePage>(officer(agency), work);
            if (!page) return {page.error().detail()};
            for (const store::QueueEntry& entry : page->entries) trips.push_back(entry.manifest.trip_number.substr(4) + (entry.put_first ? "!" : ""));
            after = page->next;
        } while (!after.empty());
        return trips;
    }
    void load(int number, int turn_minutes, Names essential) {
        store::Filing filing = selected_filing(number);
        filing.inspection->turn_at = filing.received_at + std::chrono::minutes{turn_minutes};
        filing.inspection->essential = std::move(essential);
        ASSERT_EQ(file(filing).kind, store::FilingOutcome::Kind::filed);
    }
    std::string next_trip(const AgencyCode& agency, const std::string& port) {
        const std::function<Result<Claim>(Transaction&)> work = [&](Transaction& tx) { return store::claim_leg(tx, port, agency, "ann", {}, 60s); };
        const Result<Claim> claimed = as<Claim>(officer(agency.text()), work);
        return claimed ? sql("SELECT substr(trip_number, 5) FROM puente.manifest WHERE manifest_id = '" + claimed->manifest_id.text() + "'")
                       : claimed.error().detail();
    }
    static Names steps(const ContingencyRecord& record) {
        Names all;
        for (const store::ContingencyStep& step : record.steps) all.push_back(step.step + " " + step.agency);
        return all;
    }
};

TEST_F(Contingencies, need_one_key_of_each_country_whichever_is_first) {
    for (const auto& [first, second] : {
             std::pair{cbp, sat},
             std::pair{sat, cbp}
    }) {
        const Result<ContingencyRecord> proposed = declare(first);
        ASSERT_TRUE(proposed) << proposed.error().detail();
        EXPECT_EQ(proposed->state, ContingencyState::proposed);
        const Result<ContingencyRecord> alone = confirm(first, proposed->id);
        ASSERT_FALSE(alone);
        EXPECT_EQ(alone.error().kind(), ErrorKind::conflict);
        EXPECT_NE(alone.error().detail().find("PROPOSED by " + first.text()), std::string::npos) << alone.error().detail();
        const Result<ContingencyRecord> both = confirm(second, proposed->id);
        ASSERT_TRUE(both) << both.error().detail();
        EXPECT_EQ(both->state, ContingencyState::in_force);
        EXPECT_EQ(confirm(second, proposed->id).error().detail(), "this contingency is IN_FORCE: it is confirmed already");
        EXPECT_EQ(declare(second).error().kind(), ErrorKind::conflict) << "one at a time";
        const Result<ContingencyRecord> ended = end(second, proposed->id);
        ASSERT_TRUE(ended) << ended.error().detail();
        EXPECT_EQ(ended->state, ContingencyState::ended);
        EXPECT_EQ(steps(*ended), (Names{"DECLARED " + first.text(), "CONFIRMED " + second.text(), "ENDED " + second.text()}));
        EXPECT_EQ(end(first, proposed->id).error().kind(), ErrorKind::conflict);
        EXPECT_EQ(confirm(second, proposed->id).error().kind(), ErrorKind::conflict);
    }
    EXPECT_EQ(list("CBP").size(), 2u);
    EXPECT_EQ(list("SAT").size(), 2u);
    EXPECT_EQ(list("SAT", "240").size(), 2u) << "also by the code of the other side";
    EXPECT_TRUE(list("SAT", "2305").empty());
    EXPECT_EQ(sql("SELECT string_agg(by_client, ',' ORDER BY at) FROM puente.contingency_step"), "ann,bea,cid,ann,bea,cid") << "the audit knows who";
}

TEST_F(Contingencies, put_the_declared_classes_first_from_the_confirmation_to_the_end) {
    load(1, 10, {});
    load(2, 20, {"agribusiness"});
    load(3, 30, {"medical"});
    load(4, 40, {"agribusiness", "medical"});
    load(5, 50, {});
    const Names usual{"1", "2", "3", "4", "5"};
    const Uuid id = declare(sat)->id;
    EXPECT_EQ(queue("CBP", "2304"), usual) << "one key turns nothing";
    ASSERT_TRUE(confirm(cbp, id));
    const Names medical_first{"3!", "4!", "1", "2", "5"};
    for (const std::size_t page_size : {1u, 2u, 50u}) {
        EXPECT_EQ(queue("CBP", "2304", page_size), medical_first) << page_size;
        EXPECT_EQ(queue("SAT", "240", page_size), medical_first) << page_size;
    }
    EXPECT_EQ(next_trip(cbp, "2304"), "3");
    EXPECT_EQ(next_trip(sat, "240"), "3");
    EXPECT_EQ(next_trip(sat, "2304"), "4") << "either agency under either code";
    ASSERT_TRUE(end(cbp, id));
    EXPECT_EQ(queue("SAT", "2304"), usual);
    EXPECT_EQ(next_trip(cbp, "2304"), "1");
}

TEST_F(Contingencies, never_let_a_load_wait_longer_than_the_head_start) {
    load(1, 0, {});
    load(2, 24 * 60 - 1, {"medical"});
    load(3, 24 * 60 + 1, {"medical"});
    ASSERT_TRUE(confirm(cbp, declare(sat)->id));
    EXPECT_EQ(queue("CBP", "2304"), (Names{"2!", "1", "3!"}));
    EXPECT_EQ(next_trip(cbp, "2304"), "2");
    EXPECT_EQ(next_trip(cbp, "2304"), "1");
}

TEST_F(Contingencies, of_both_sides_count_once) {
    load(1, 0, {});
    load(2, 10, {"medical"});
    load(3, 20, {"agribusiness"});
    ASSERT_TRUE(confirm(cbp, declare(sat)->id));
    Declaration opposite = gridlock({"agribusiness", "medical"});
    opposite.port = "240";
    opposite.mx_offices = {"240"};
    ASSERT_TRUE(confirm(cbp, declare(sat, opposite)->id, "240"));
    for (const std::size_t page_size : {1u, 50u}) EXPECT_EQ(queue("CBP", "2304", page_size), (Names{"2!", "3!", "1"}));
    EXPECT_EQ(next_trip(cbp, "2304"), "2");
    EXPECT_EQ(next_trip(cbp, "2304"), "3");
}

TEST_F(Contingencies, end_by_themselves) {
    load(1, 0, {});
    load(2, 10, {"medical"});
    const Uuid id = declare(cbp)->id;
    ASSERT_TRUE(confirm(sat, id));
    EXPECT_EQ(queue("CBP", "2304"), (Names{"2!", "1"}));
    ASSERT_EQ(sql("UPDATE puente.contingency SET declared_at = declared_at - interval '2 hours', ends_at = clock_timestamp() - interval '1 second'"),
              "");
    EXPECT_EQ(queue("CBP", "2304"), (Names{"1", "2"}));
    EXPECT_EQ(end(cbp, id).error().detail(), "this contingency is LAPSED; declare another one if there is need");
    const std::function<Result<std::size_t>(Transaction&)> note = [](Transaction& tx) { return store::note_lapsed_contingencies(tx); };
    EXPECT_EQ(*as<std::size_t>(store::As::watch(), note), 1u);
    EXPECT_EQ(*as<std::size_t>(store::As::watch(), note), 0u) << "once";
    EXPECT_EQ(steps(list("SAT")[0]).size(), 3u);
    EXPECT_TRUE(declare(sat)) << "the next one may be declared";
}

TEST_F(Contingencies, are_told_to_officers_step_by_step_each_once) {
    const auto heard = [this](const store::As& eyes) {
        const std::function<Result<store::FeedPage>(Transaction&)> work = [](Transaction& tx) { return store::read_feed(tx, {}, 1000); };
        return as<store::FeedPage>(eyes, work).value().events;
    };
    const Uuid ended = declare(sat)->id;
    ASSERT_TRUE(confirm(cbp, ended));
    ASSERT_TRUE(end(sat, ended));
    ASSERT_TRUE(declare(cbp));
    sql("UPDATE puente.contingency SET declared_at = now() - interval '2 hours', ends_at = now() - interval '1 hour' WHERE ended_at IS NULL");
    const std::function<Result<std::size_t>(Transaction&)> note = [](Transaction& tx) { return store::note_lapsed_contingencies(tx); };
    for (int gateway = 0; gateway < 2; ++gateway) ASSERT_TRUE(as<std::size_t>(store::As::watch(), note));

    for (const char* agency : {"CBP", "SAT"}) {
        const std::vector<store::FeedEvent> events = heard(officer(agency));
        Names told;
        for (const store::FeedEvent& each : events) told.push_back(each.kind + " " + each.status + " " + each.actor);
        EXPECT_EQ(told, (Names{"contingency_declared PROPOSED SAT", "contingency_confirmed IN_FORCE CBP", "contingency_ended ENDED SAT",
                               "contingency_declared PROPOSED CBP", "contingency_lapsed LAPSED GATEWAY"}));
        EXPECT_EQ(events[1].ports, (Names{"2304", "240", "800"}));
        EXPECT_EQ(events[1].manifest_id, Uuid{});
        EXPECT_NE(events[1].detail.find(ended.text()), std::string::npos);
        EXPECT_EQ(events[1].detail.find("bea"), std::string::npos) << "agencies, never persons";
    }
    EXPECT_TRUE(heard(store::As::feed()).empty()) << "neither brokers nor carriers nor webhooks";
    const std::string forged =
        "INSERT INTO puente.event (at, kind, version, state_no, actor, status, audience) VALUES (now(), 'contingency_ended', 0, 0, 'SAT', 'ENDED', ";
    EXPECT_NE(sql(forged + "'ALL')").find("event_of_manifest_or_contingency"), std::string::npos);
    EXPECT_NE(sql("SET ROLE puente_sat; " + forged + "'OFFICERS')", "puente_app").find("row-level security"), std::string::npos);
}

TEST_F(Contingencies, cannot_be_written_against_the_rules_by_any_role) {
    const Uuid id = declare(cbp)->id;
    const std::string where = " WHERE contingency_id = '" + id.text() + "'";
    const auto under = [&](const char* role, const std::string& text) { return sql(std::string{"SET ROLE "} + role + "; " + text, "puente_app"); };
    const auto refused = [&](const char* role, const std::string& text) {
        EXPECT_EQ(under(role, text).rfind("ERROR:", 0), 0u) << role << ": " << text;
    };
    const std::string key = "UPDATE puente.contingency SET confirmed_by = 'AGENCY', confirmed_client = 'x', confirmed_at = now()" + where;
    const auto as_agency = [&](const char* agency) {
        std::string text = key;
        return text.replace(text.find("AGENCY"), 6, agency);
    };
    refused("puente_cbp", as_agency("CBP"));
    refused("puente_cbp", as_agency("SAT"));
    refused("puente_watch", as_agency("SAT"));
    refused("puente_party", as_agency("SAT"));
    refused("puente_intake", as_agency("SAT"));
    refused("puente_sat", "UPDATE puente.contingency SET ends_at = now() + interval '9 days'" + where);
    refused("puente_sat", "UPDATE puente.contingency SET classes = '{x}'" + where);
    refused("puente_sat", "DELETE FROM puente.contingency" + where);
    refused("puente_sat", "DELETE FROM puente.contingency_step");
    refused("puente_sat", "INSERT INTO puente.contingency_step VALUES ('" + id.text() + "', 'CONFIRMED', now(), 'SAT', 'x')");
    refused("puente_watch", "INSERT INTO puente.contingency_step VALUES ('" + id.text() + "', 'CONFIRMED', now(), 'SAT', 'x')");
    refused("puente_sat", "SELECT declared_client FROM puente.contingency");
    refused("puente_sat", "SELECT by_client FROM puente.contingency_step");
    refused("puente_party", "SELECT 1 FROM puente.contingency");
    refused("puente_sat", "UPDATE puente.contingency SET ended_by = 'CBP', ended_client = 'x', ended_at = now()" + where);
    const std::string insert =
        "INSERT INTO puente.contingency (port, us_ports, mx_offices, classes, head_start, reason, declared_by, declared_client, ends_at) VALUES "
        "('240', "
        "'{2304}', '{240}', '{medical}', '1 day', 'r', 'CBP', 'x', now() + interval ";
    refused("puente_sat", insert + "'1 hour')");
    refused("puente_cbp", insert + "'31 days')");
    refused("puente_cbp", insert + "'-1 hours')");
    EXPECT_EQ(under("puente_cbp", insert + "'1 hour')"), "");
    refused("puente_cbp", insert + "'1 hour')");
    EXPECT_EQ(under("puente_sat", as_agency("SAT")), "");
    refused("puente_sat", as_agency("SAT"));
    refused("puente_sat", "UPDATE puente.contingency SET confirmed_by = NULL, confirmed_client = NULL, confirmed_at = NULL" + where);
}

TEST_F(Contingencies, of_two_declared_at_once_one_stands) {
    pool();
    std::vector<std::future<Result<ContingencyRecord>>> both;
    for (int i = 0; i < 8; ++i) both.push_back(std::async(std::launch::async, [&, i] { return declare(i % 2 == 0 ? cbp : sat); }));
    int stood = 0;
    for (auto& each : both) {
        const Result<ContingencyRecord> made = each.get();
        stood += made ? 1 : 0;
        if (!made) {
            EXPECT_EQ(made.error().kind(), ErrorKind::conflict) << made.error().detail();
        }
    }
    EXPECT_EQ(stood, 1);
}

/// 25,000 loads wait; the confirmation is one row. What the next page and the next claim show is the new order, in under a second together.
TEST_F(Contingencies, re_order_25000_waiting_loads_at_once) {
    ASSERT_EQ(sql("BEGIN; WITH n AS (SELECT g, gen_random_uuid() AS m, gen_random_uuid() AS i FROM generate_series(1, 25000) AS g), f AS (INSERT "
                  "INTO puente.manifest "
                  "(manifest_id, company, carrier_key, trip_number, document_id, direction, mode, us_port, mx_office, estimated_arrival, "
                  "received_at, changed_at, status) "
                  "SELECT m, 'c', 'ABCD', 'TRIP' || g, 'd', 'northbound', 'road', '2304', '240', now(), now(), now(), 'INSPECTION_REQUIRED' FROM n) "
                  "INSERT INTO puente.inspection "
                  "(inspection_id, manifest_id, us_port, mx_office, perishable, essential, estimated_arrival, opened_at, is_open, turn_at) SELECT i, "
                  "m, '2304', '240', false, "
                  "(CASE WHEN g > 24990 THEN '{medical}' WHEN g % 2 = 0 THEN '{agribusiness}' ELSE '{}' END)::text[], now(), now(), true, now() + g "
                  "* interval '1 second' FROM n; "
                  "INSERT INTO puente.inspection_leg (inspection_id, manifest_id, agency, state, kind) SELECT inspection_id, manifest_id, a, "
                  "'PENDING', 'INSPECT' FROM "
                  "puente.inspection, (VALUES ('CBP'), ('SAT')) AS v (a); COMMIT; ANALYZE"),
              "");
    EXPECT_EQ(next_trip(sat, "240"), "1");
    const Uuid id = declare(cbp)->id;  // medical: the very last ten of the queue, behind 12,500 essential loads of another class
    const auto began = std::chrono::steady_clock::now();
    ASSERT_TRUE(confirm(sat, id));
    const std::function<Result<QueuePage>(Transaction&)> work = [](Transaction& tx) { return store::list_inspections(tx, "2304", "", 20); };
    const auto confirmed = std::chrono::steady_clock::now();
    const Result<QueuePage> page = as<QueuePage>(officer("CBP"), work);
    const auto listed = std::chrono::steady_clock::now();
    const std::function<Result<Claim>(Transaction&)> take = [](Transaction& tx) { return store::claim_leg(tx, "240", sat, "ann", {}, 60s); };
    const Result<Claim> claimed = as<Claim>(officer("SAT"), take);
    const auto ended = std::chrono::steady_clock::now();
    const auto ms = [](auto from, auto to) { return std::chrono::duration<double, std::milli>(to - from).count(); };
    std::cout << "confirm " << ms(began, confirmed) << " ms, first page " << ms(confirmed, listed) << " ms, claim " << ms(listed, ended) << " ms\n";
    ASSERT_TRUE(page) << page.error().detail();
    ASSERT_TRUE(claimed) << claimed.error().detail();
    EXPECT_EQ(page->entries[0].manifest.trip_number, "TRIP24991");
    EXPECT_EQ(page->entries[10].manifest.trip_number, "TRIP1");
    EXPECT_EQ(claimed->manifest_id, page->entries[0].manifest.manifest_id);
    EXPECT_LT(ended - began, 1s);
}

}  // namespace

}  // namespace puente::test
