// From events to deliveries: nothing lost, nothing twice, in order, and each sees its own.
#include "puente/store/webhooks.hpp"

#include <algorithm>
#include <set>
#include <variant>

#include "store/desk.hpp"

namespace puente::test {

using namespace std::chrono_literals;

namespace {

using store::ErrandOutcome;
using store::WebhookErrand;
using Verdict = ErrandOutcome::Verdict;

class Webhooks : public Desk {
protected:
    void SetUp() override {
        ASSERT_EQ(sql("INSERT INTO puente.client (client_id, name, role, company, scopes) VALUES ('b', 'B', 'broker', 'company-1', ''), ('o', 'O', "
                      "'broker', 'company-2', '')"),
                  "");
        file(cleared_filing(1));
        file(cleared_filing(2));
        make();  // what was there before anybody subscribed
    }

    static Uuid id_of(int number) {
        std::array<std::uint8_t, 16> bytes{};
        bytes[15] = static_cast<std::uint8_t>(number);
        return Uuid{bytes};
    }

    /// A verified webhook of company-1.
    Uuid subscribe(int number, const std::string& url = "https://receiver.example/", const std::vector<std::string>& kinds = {}) {
        const Result<store::WebhookRecord> added = add(number, url, kinds, broker("company-1"));
        EXPECT_TRUE(added) << added.error().detail();
        verify(id_of(number));
        return id_of(number);
    }
    Result<store::WebhookRecord> add(int number, const std::string& url, const std::vector<std::string>& kinds, const store::As& owner) {
        const store::NewWebhook webhook{id_of(number), owner.company == "company-1" ? "b" : "o", url, "", kinds, std::nullopt, ""};
        return as<store::WebhookRecord>(owner, [&](store::Transaction& tx) {
            return store::add_webhook(tx, webhook, {std::string(32, 's'), false});
        });
    }
    void verify(const Uuid& id) {
        EXPECT_EQ(sql("UPDATE puente.webhook SET state = 'ACTIVE', verified_at = now() WHERE webhook_id = '" + id.text() + "'"), "");
    }
    store::FanOut make(std::size_t limit = 500) {
        const auto made = as<store::FanOut>(store::As::courier(), [&](store::Transaction& tx) { return store::make_deliveries(tx, limit); });
        EXPECT_TRUE(made) << made.error().detail();
        return made ? *made : store::FanOut{};
    }
    std::vector<WebhookErrand> take(std::size_t count = 100, const std::function<void(store::ErrandLimits&)>& change = {}) {
        store::ErrandLimits limits;
        limits.deliveries = count;
        if (change) change(limits);
        const auto taken =
            as<std::vector<WebhookErrand>>(store::As::courier(), [&](store::Transaction& tx) { return store::take_errands(tx, limits); });
        EXPECT_TRUE(taken) << taken.error().detail();
        return taken ? *taken : std::vector<WebhookErrand>{};
    }
    ErrandOutcome outcome(const WebhookErrand& errand, Verdict verdict, std::chrono::milliseconds delay = 0ms) {
        ErrandOutcome outcome;
        outcome.webhook_id = errand.webhook_id;
        outcome.event_id = errand.event_id;
        outcome.attempt = errand.attempt;
        outcome.verdict = verdict;
        outcome.status = verdict == Verdict::delivered ? 200 : 500;
        outcome.error = verdict == Verdict::delivered ? "" : "status 500";
        outcome.latency_ms = 5;
        outcome.delay = delay;
        outcome.endpoint_at_fault = verdict == Verdict::again;
        return outcome;
    }
    /// Gives how many endpoints were disabled.
    std::size_t record(const std::vector<ErrandOutcome>& outcomes, std::chrono::seconds patience = 72h) {
        const auto disabled =
            as<std::size_t>(store::As::courier(), [&](store::Transaction& tx) { return store::record_outcomes(tx, outcomes, patience); });
        EXPECT_TRUE(disabled) << disabled.error().detail();
        return disabled ? *disabled : 0;
    }
    store::WebhookBacklog look() {
        const auto found = as<store::WebhookBacklog>(store::As::courier(), [](store::Transaction& tx) { return store::look_at_deliveries(tx); });
        EXPECT_TRUE(found) << found.error().detail();
        return found ? *found : store::WebhookBacklog{};
    }
    void tell(int manifest, const std::string& kind, const std::string& audience = "ALL") {
        EXPECT_EQ(
            sql("INSERT INTO puente.event (manifest_id, at, kind, version, state_no, actor, status, detail, audience) SELECT manifest_id, now(), '" +
                kind + "', 1, 1, 'CBP', 'HELD', '{\"note\":\"canary-detail\"}', '" + audience + "' FROM puente.manifest WHERE trip_number = 'TRIP" +
                std::to_string(manifest) + "'"),
            "");
    }
    std::string states(const Uuid& id) {
        return sql("SELECT string_agg(state, ' ' ORDER BY event_id) FROM puente.webhook_delivery WHERE webhook_id = '" + id.text() + "'");
    }
};

TEST_F(Webhooks, get_each_event_once_however_often_the_feed_is_read) {
    const Uuid id = subscribe(1);
    tell(1, "held");
    tell(2, "held");
    EXPECT_EQ(make(1).more, true);
    EXPECT_EQ(make(1).events, 1u);
    make();
    EXPECT_EQ(states(id), "WAITING WAITING");
    const auto errands = take();
    ASSERT_EQ(errands.size(), 2u);
    record({outcome(errands[0], Verdict::delivered), outcome(errands[1], Verdict::delivered)});
    EXPECT_EQ(states(id), "DELIVERED DELIVERED");
    EXPECT_TRUE(take().empty());
}

// A lower number that commits later: paging by number alone would skip it.
TEST_F(Webhooks, miss_nothing_that_a_slow_transaction_commits_late) {
    const Uuid id = subscribe(1);
    std::thread slow{[&] {
        sql("BEGIN; INSERT INTO puente.event (manifest_id, at, kind, version, state_no, actor, status) SELECT manifest_id, now(), 'slow', 1, 1, "
            "'CBP', 'HELD' "
            "FROM puente.manifest WHERE trip_number = 'TRIP1'; SELECT pg_sleep(1); COMMIT");
    }};
    EXPECT_TRUE(soon([&] {
        return sql("SELECT count(*) FROM pg_stat_activity WHERE query LIKE '%pg_sleep(1)%' AND query NOT LIKE '%pg_stat%' AND datname = '" +
                   database_ + "'") == "1";
    }));
    tell(2, "quick");
    EXPECT_EQ(make().events, 0u) << "the quick one waits for the slow one's number";
    slow.join();
    make();
    EXPECT_EQ(states(id), "WAITING WAITING");
}

TEST_F(Webhooks, keep_the_order_of_a_manifest_even_where_a_page_ends) {
    const Uuid id = subscribe(1);
    // Two officers' transactions on one manifest: the one with the lower number comes second.
    const auto moved = [](const std::string& kind) {
        return "UPDATE puente.manifest SET state_no = state_no + 1 WHERE trip_number = 'TRIP1'; INSERT INTO puente.event (manifest_id, at, kind, version, "
               "state_no, actor, status) SELECT manifest_id, now(), '" + kind + "', 1, state_no, 'CBP', 'HELD' FROM puente.manifest WHERE trip_number = 'TRIP1';";
    };
    std::thread slow{[&] { sql("BEGIN; SELECT pg_current_xact_id(), pg_sleep(1.1); " + moved("second") + " COMMIT"); }};
    EXPECT_TRUE(soon([&] { return sql("SELECT count(*) FROM pg_stat_activity WHERE query LIKE '%pg_sleep(1.1)%' AND wait_event = 'PgSleep'") == "1"; }));
    ASSERT_EQ(sql(moved("first")), "");
    slow.join();
    EXPECT_TRUE(make(1).more);
    const auto errands = take();
    ASSERT_EQ(errands.size(), 1u);
    EXPECT_NE(errands[0].body.find("manifest.first"), std::string::npos) << errands[0].body;
    make();
    EXPECT_EQ(states(id), "WAITING WAITING");
}

TEST_F(Webhooks, of_a_manifest_the_later_event_waits_for_the_earlier_one) {
    subscribe(1);
    tell(1, "a");
    tell(1, "b");
    tell(2, "c");
    make();
    auto errands = take();
    ASSERT_EQ(errands.size(), 2u) << "one of each manifest";
    EXPECT_TRUE(take().empty());
    record({outcome(errands[0], Verdict::again, 1h)});
    EXPECT_TRUE(take().empty()) << "a failed one holds up those behind it";
    EXPECT_EQ(sql("SELECT count(*) FROM puente.webhook_delivery WHERE due_at > now() + interval '50 minutes'"), "2");
    record({outcome(errands[1], Verdict::delivered)});
    EXPECT_EQ(sql("UPDATE puente.webhook_delivery SET due_at = now() WHERE NOT under_way AND state = 'WAITING' AND attempts > 0"), "");
    errands = take();
    ASSERT_EQ(errands.size(), 1u);
    EXPECT_EQ(errands[0].attempt, 2);
    record({outcome(errands[0], Verdict::parked)});
    errands = take();
    ASSERT_EQ(errands.size(), 1u) << "a poisonous one is parked, and the next goes at once";
    EXPECT_NE(errands[0].body.find("\"kind\" : \"b\""), std::string::npos) << errands[0].body;
}

// F3: whoever took it is gone; another takes it over after the lease, under the same number.
TEST_F(Webhooks, a_lost_lease_is_taken_over_and_the_late_outcome_changes_nothing) {
    const Uuid id = subscribe(1);
    tell(1, "held");
    make();
    const auto first = take(1, [](store::ErrandLimits& limits) { limits.lease = 50ms; });
    ASSERT_EQ(first.size(), 1u);
    std::vector<WebhookErrand> second;
    EXPECT_TRUE(soon([&] { return !(second = take()).empty(); }));
    ASSERT_EQ(second.size(), 1u);
    EXPECT_EQ(second[0].event_id, first[0].event_id);
    EXPECT_EQ(second[0].attempt, 2);
    record({outcome(first[0], Verdict::parked)});
    EXPECT_EQ(states(id), "WAITING");
    record({outcome(second[0], Verdict::delivered)});
    EXPECT_EQ(states(id), "DELIVERED");
}

TEST_F(Webhooks, many_takers_never_take_one_twice) {
    subscribe(1);
    for (int i = 3; i < 63; ++i) file(cleared_filing(i));
    make();
    std::mutex mutex;
    std::multiset<std::int64_t> seen;
    pool();
    std::vector<std::thread> takers;
    for (int i = 0; i < 6; ++i) {
        takers.emplace_back([&] {
            for (int round = 0; round < 10; ++round) {
                const auto errands = take(4, [](store::ErrandLimits& limits) { limits.per_endpoint = 100; });
                const std::lock_guard lock{mutex};
                for (const WebhookErrand& errand : errands) seen.insert(errand.event_id);
            }
        });
    }
    for (std::thread& taker : takers) taker.join();
    for (const std::int64_t event : seen) EXPECT_EQ(seen.count(event), 1u);
    EXPECT_GE(seen.size(), 30u);
}

TEST_F(Webhooks, endpoints_take_turns_and_a_failing_one_gets_one_call_at_a_time) {
    const Uuid dead = subscribe(1, "https://dead.example/");
    const Uuid well = subscribe(2, "https://well.example/");
    for (int i = 3; i < 23; ++i) file(cleared_filing(i));
    make();
    const auto count = [](const std::vector<WebhookErrand>& errands, const Uuid& id) {
        return std::count_if(errands.begin(), errands.end(), [&](const WebhookErrand& errand) { return errand.webhook_id == id; });
    };
    auto errands = take();
    EXPECT_EQ(count(errands, dead), 8);
    EXPECT_EQ(count(errands, well), 8);
    EXPECT_TRUE(take().empty()) << "eight at a time";
    std::vector<ErrandOutcome> outcomes;
    for (const WebhookErrand& errand : errands) outcomes.push_back(outcome(errand, errand.webhook_id == dead ? Verdict::again : Verdict::delivered));
    record(outcomes);
    errands = take();
    EXPECT_EQ(count(errands, dead), 1);
    EXPECT_EQ(count(errands, well), 8);
    outcomes.clear();
    for (const WebhookErrand& errand : errands) outcomes.push_back(outcome(errand, errand.webhook_id == dead ? Verdict::again : Verdict::delivered));
    outcomes.front().rest = 1h;
    for (ErrandOutcome& each : outcomes) each.rest = each.webhook_id == dead ? 1h : 0ms;
    record(outcomes);
    errands = take();
    EXPECT_EQ(count(errands, dead), 0) << "it rests";
    EXPECT_EQ(count(errands, well), 4);
    EXPECT_EQ(sql("UPDATE puente.webhook SET rest_until = now()"), "");
    EXPECT_EQ(count(take(100, [](store::ErrandLimits& limits) { limits.slow_too = false; }), dead), 0) << "the slow lane is full";
}

TEST_F(Webhooks, an_endpoint_that_fails_for_days_is_disabled_and_catches_up_when_resumed) {
    const Uuid id = subscribe(1);
    tell(1, "a");
    make();
    EXPECT_EQ(record({outcome(take().at(0), Verdict::again)}), 0u);
    EXPECT_EQ(sql("UPDATE puente.webhook SET failing_since = now() - interval '73 hours', rest_until = now(); UPDATE puente.webhook_delivery SET "
                  "due_at = now()"),
              "");
    const ErrandOutcome last = outcome(take().at(0), Verdict::again);
    EXPECT_EQ(record({last}), 1u);
    EXPECT_EQ(sql("SELECT state FROM puente.webhook"), "DISABLED");
    EXPECT_EQ(record({last}), 0u) << "it is disabled once";
    tell(2, "missed");
    make();
    EXPECT_EQ(states(id), "WAITING") << "nothing is collected meanwhile";
    const auto resumed = as<store::WebhookRecord>(broker("company-1"), [&](store::Transaction& tx) { return store::resume_webhook(tx, id, "b"); });
    ASSERT_TRUE(resumed) << resumed.error().detail();
    EXPECT_EQ(resumed->state, "PENDING");
    make();
    EXPECT_EQ(states(id), "WAITING WAITING") << "what it missed";
    EXPECT_EQ(sql("SELECT replay_xid IS NULL FROM puente.webhook"), "t");
}

TEST_F(Webhooks, a_410_disables_at_once) {
    subscribe(1);
    tell(1, "a");
    make();
    ErrandOutcome gone = outcome(take().at(0), Verdict::again);
    gone.gone = true;
    EXPECT_EQ(record({gone}), 1u);
    EXPECT_EQ(sql("SELECT state || ' ' || state_reason FROM puente.webhook"), "DISABLED the endpoint answered 410: it wants no more");
}

TEST_F(Webhooks, are_replayed_from_any_event) {
    const Uuid id = subscribe(1);
    for (const char* kind : {"a", "b", "c"}) {
        tell(1, kind);
        make();
        record({outcome(take().at(0), Verdict::delivered)});
    }
    const std::int64_t after = std::stoll(sql("SELECT event_id FROM puente.event WHERE kind = 'a'"));
    const auto replay = [&](std::int64_t from) {
        return as<store::WebhookRecord>(broker("company-1"), [&](store::Transaction& tx) { return store::replay_webhook(tx, id, from); });
    };
    ASSERT_TRUE(replay(after));
    make();
    EXPECT_EQ(states(id), "DELIVERED WAITING WAITING");
    EXPECT_EQ(take().at(0).event_id, after + 1) << "in order";
    ASSERT_TRUE(replay(0));
    while (make(2).more) {
    }
    EXPECT_EQ(states(id), "WAITING WAITING WAITING WAITING WAITING") << "with what was there before it subscribed";
    EXPECT_EQ(replay(999'999).error().kind(), ErrorKind::malformed);
}

TEST_F(Webhooks, pass_their_filters_only) {
    const Uuid id = subscribe(1, "https://receiver.example/", {"held", "released"});
    tell(1, "claimed");
    tell(1, "held");
    make();
    const auto errands = take();
    ASSERT_EQ(errands.size(), 1u);
    EXPECT_NE(errands[0].body.find("manifest.held"), std::string::npos);
    EXPECT_EQ(states(id), "WAITING");
}

TEST_F(Webhooks, carry_nothing_that_is_not_the_partys_to_see) {
    const Uuid own = subscribe(1);
    ASSERT_TRUE(add(2, "https://other.example/", {}, broker("company-2")));
    verify(id_of(2));
    for (const char* audience : {"OFFICERS", "CBP", "SAT"}) tell(1, "canary-private", audience);
    tell(1, "held");
    make();
    EXPECT_EQ(states(own), "WAITING") << "the public one only";
    EXPECT_EQ(states(id_of(2)), "") << "not of another company's manifest";
    const auto errands = take();
    ASSERT_EQ(errands.size(), 1u);
    EXPECT_EQ(errands[0].body.find("canary"), std::string::npos) << errands[0].body;
    EXPECT_EQ(errands[0].body.find("CBP"), std::string::npos) << errands[0].body;
    const auto under = [&](const std::string& text) { return sql("SET ROLE puente_courier; " + text, "puente_app"); };
    EXPECT_EQ(under("SELECT count(*) FROM puente.event WHERE audience <> 'ALL'"), "0");
    for (const char* table : {"finding", "selection_factor", "manifest_version", "inspection_leg", "idempotency"}) {
        EXPECT_EQ(under(std::string{"SELECT count(*) FROM puente."} + table).rfind("ERROR:  permission denied", 0), 0u) << table;
    }
}

TEST_F(Webhooks, belong_to_one_company_and_their_secrets_to_nobody) {
    const Uuid id = subscribe(1);
    tell(1, "held");
    make();
    const auto other = [&](const std::string& text) { return sql("SET ROLE puente_party; SET puente.company = 'company-2'; " + text, "puente_app"); };
    const auto owner = [&](const std::string& text) { return sql("SET ROLE puente_party; SET puente.company = 'company-1'; " + text, "puente_app"); };
    for (const char* table : {"webhook", "webhook_delivery", "webhook_attempt"}) {
        EXPECT_EQ(other(std::string{"SELECT count(*) FROM puente."} + table), "0") << table;
        for (const char* role : {"puente_cbp", "puente_sat", "puente_intake", "puente_gateway", "puente_feed"}) {
            EXPECT_EQ(
                sql(std::string{"SET ROLE "} + role + "; SELECT count(*) FROM puente." + table, "puente_app").rfind("ERROR:  permission denied", 0),
                0u)
                << table << role;
        }
    }
    EXPECT_EQ(owner("SELECT count(*) FROM puente.webhook_delivery"), "1");
    EXPECT_EQ(owner("SELECT secret FROM puente.webhook_secret").rfind("ERROR:  permission denied", 0), 0u);
    EXPECT_EQ(other("SELECT count(webhook_id) FROM puente.webhook_secret"), "0");
    EXPECT_EQ(other("INSERT INTO puente.webhook_secret (webhook_id, secret_no, secret, sealed) VALUES ('" + id.text() + "', 9, 'x', false)")
                  .rfind("ERROR:", 0),
              0u);
    EXPECT_EQ(owner("UPDATE puente.webhook SET verified_at = now()").rfind("ERROR:  permission denied", 0), 0u);
    const auto find = as<store::WebhookRecord>(broker("company-2"), [&](store::Transaction& tx) { return store::find_webhook(tx, id); });
    EXPECT_EQ(find.error().kind(), ErrorKind::not_found);
}

TEST_F(Webhooks, stop_when_the_client_that_answers_for_them_is_revoked) {
    subscribe(1);
    tell(1, "held");
    make();
    EXPECT_EQ(sql("UPDATE puente.client SET revoked = true WHERE client_id = 'b'"), "");
    EXPECT_TRUE(take().empty());
}

TEST_F(Webhooks, the_same_subscription_twice_is_a_conflict) {
    subscribe(1);
    EXPECT_EQ(add(2, "https://receiver.example/", {}, broker("company-1")).error().kind(), ErrorKind::conflict);
}

TEST_F(Webhooks, rotate_with_both_secrets_for_a_while) {
    const Uuid id = subscribe(1);
    const auto rotate = [&](std::chrono::seconds overlap) {
        return as<store::WebhookRecord>(broker("company-1"), [&](store::Transaction& tx) {
            return store::rotate_webhook_secret(tx, id, {std::string(32, 'n'), false}, overlap);
        });
    };
    ASSERT_TRUE(rotate(1h));
    tell(1, "a");
    make();
    auto errands = take();
    ASSERT_EQ(errands.at(0).secrets.size(), 2u);
    EXPECT_EQ(errands[0].secrets[0].octets, std::string(32, 'n')) << "the new one first";
    record({outcome(errands[0], Verdict::delivered)});
    ASSERT_TRUE(rotate(0s));
    tell(1, "b");
    make();
    EXPECT_EQ(take().at(0).secrets.size(), 1u) << "and all older ones end";
}

TEST_F(Webhooks, tell_how_it_stands_with_all_of_them) {
    subscribe(1);
    tell(1, "a");
    tell(2, "b");
    EXPECT_EQ(sql("UPDATE puente.event SET at = now() - interval '90 seconds' WHERE kind = 'a'", "postgres"), "");
    tell(1, "seen by CBP only", "CBP");
    store::WebhookBacklog found = look();
    EXPECT_EQ(found.waiting, 0u) << "made into no delivery yet";
    EXPECT_GE(found.feed_lag, 90s);
    make();
    found = look();
    EXPECT_EQ(found.waiting, 2u);
    EXPECT_EQ(found.parked, 0u);
    EXPECT_EQ(found.feed_lag, 0ms);
    const auto errands = take();
    record({outcome(errands.at(0), Verdict::delivered), outcome(errands.at(1), Verdict::parked)});
    found = look();
    EXPECT_EQ(found.waiting, 0u);
    EXPECT_EQ(found.parked, 1u);
}

TEST_F(Webhooks, are_tidied) {
    const Uuid id = subscribe(1);
    tell(1, "a");
    make();
    record({outcome(take().at(0), Verdict::delivered)});
    EXPECT_EQ(sql("UPDATE puente.webhook_delivery SET made_at = now() - interval '31 days'; UPDATE puente.webhook_attempt SET at = now() - interval "
                  "'31 days'"),
              "");
    const auto tidied = as<std::monostate>(store::As::courier(), [&](store::Transaction& tx) -> Result<std::monostate> {
        const Result<void> done = store::tidy_webhooks(tx, 30h * 24);
        if (!done) return done.error();
        return std::monostate{};
    });
    EXPECT_TRUE(tidied);
    EXPECT_EQ(states(id), "");
    EXPECT_EQ(sql("SELECT count(*) FROM puente.webhook_attempt"), "0");
}

}  // namespace

}  // namespace puente::test
