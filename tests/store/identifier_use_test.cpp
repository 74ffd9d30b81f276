#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <set>

#include "store/desk.hpp"

namespace puente::test {

namespace {

using store::Filing;
using store::FilingOutcome;
using Kind = FilingOutcome::Kind;
using namespace std::chrono;

constexpr manifest::UseKind lasting{"controlNumber", days{1096}};
constexpr manifest::UseKind passing{"plate", hours{2}};

Uuid key(std::uint8_t number) {
    std::array<std::uint8_t, 16> bytes{};
    bytes[0] = 0xAB;
    bytes[15] = number;
    return Uuid{bytes};
}

Filing using_key(int number, std::uint8_t used, const manifest::UseKind& kind = lasting) {
    Filing filing = cleared_filing(number);
    filing.uses.push_back({&kind, "VALUE", "detail " + std::to_string(number), key(used)});
    return filing;
}

class IdentifierUse : public Desk {
protected:
    std::string uses_of(std::uint8_t used) { return sql("SELECT coalesce(sum(cardinality(uses)), 0) FROM puente.identifier_use WHERE key = '" + key(used).text() + "'"); }
};

TEST_F(IdentifierUse, is_noted_and_shown_to_the_next_trip) {
    ASSERT_EQ(file(using_key(1, 7)).kind, Kind::filed);
    Filing second = using_key(2, 7);
    const FilingOutcome outcome = file(second);
    ASSERT_EQ(outcome.kind, Kind::seen_before);
    ASSERT_EQ(outcome.earlier_uses.size(), 1u);
    EXPECT_EQ(outcome.earlier_uses[0].key, key(7));
    EXPECT_EQ(outcome.earlier_uses[0].manifest_id, cleared_filing(1).manifest_id);
    EXPECT_EQ(outcome.earlier_uses[0].arrival, cleared_filing(1).estimated_arrival);
    EXPECT_EQ(outcome.earlier_uses[0].detail, "detail 1");
    EXPECT_EQ(uses_of(7), "1") << "nothing is noted of what was not filed";
    EXPECT_EQ(sql("SELECT count(*) FROM puente.idempotency"), "1");

    second.judged_with = outcome.earlier_uses;
    EXPECT_EQ(file(second).kind, Kind::filed);
    EXPECT_EQ(uses_of(7), "2");
}

TEST_F(IdentifierUse, counts_within_its_span_only) {
    Filing first = using_key(1, 7, passing);
    ASSERT_EQ(file(first).kind, Kind::filed);
    Filing later = using_key(2, 7, passing);
    later.estimated_arrival = first.estimated_arrival + hours{2} + seconds{1};
    EXPECT_EQ(file(later).kind, Kind::filed);
    Filing between = using_key(3, 7, passing);
    between.estimated_arrival = first.estimated_arrival + hours{2};
    const FilingOutcome outcome = file(between);
    EXPECT_EQ(outcome.kind, Kind::seen_before);
    EXPECT_EQ(outcome.earlier_uses.size(), 2u);
}

TEST_F(IdentifierUse, is_looked_up_for_a_rejected_filing_and_not_noted) {
    ASSERT_EQ(file(using_key(1, 7)).kind, Kind::filed);
    Filing rejected = using_key(2, 7);
    rejected.on_file = false;
    rejected.answer_status = 422;
    const FilingOutcome outcome = file(rejected);
    ASSERT_EQ(outcome.kind, Kind::seen_before);
    rejected.judged_with = outcome.earlier_uses;
    EXPECT_EQ(file(rejected).kind, Kind::filed);
    EXPECT_EQ(uses_of(7), "1");
}

TEST_F(IdentifierUse, of_a_repeated_submission_is_its_own) {
    const Filing filing = using_key(1, 7);
    ASSERT_EQ(file(filing).kind, Kind::filed);
    Filing again = filing;
    again.manifest_id = cleared_filing(2).manifest_id;
    EXPECT_EQ(file(again).kind, Kind::replayed);
    again.fingerprint = std::string(32, 'x');
    EXPECT_EQ(file(again).kind, Kind::key_reused);
    EXPECT_EQ(uses_of(7), "1");
}

TEST_F(IdentifierUse, ends_with_a_trip_that_does_not_cross) {
    for (const char* status : {"CANCELLED", "EXPIRED"}) {
        const Filing filing = using_key(1, 7);
        ASSERT_EQ(file(filing).kind, Kind::filed) << status;
        sql(std::string{"UPDATE puente.manifest SET status = '"} + status + "'");
        EXPECT_EQ(uses_of(7), "0") << status;
        EXPECT_EQ(file(using_key(2, 7)).kind, Kind::filed) << status;
        sql("TRUNCATE puente.manifest, puente.idempotency, puente.identifier_use CASCADE");
    }
    ASSERT_EQ(file(using_key(1, 7)).kind, Kind::filed);
    sql("UPDATE puente.manifest SET status = 'CROSSED'");
    EXPECT_EQ(uses_of(7), "1");
}

TEST_F(IdentifierUse, of_neighbours_in_one_batch_shows_in_order) {
    std::vector<Filing> filings;
    for (int i = 0; i < 100; ++i) filings.push_back(using_key(i, static_cast<std::uint8_t>(i % 10)));
    const std::vector<FilingOutcome> outcomes = file_together(filings);
    std::map<int, int> filed;
    for (int i = 0; i < 100; ++i) {
        ASSERT_TRUE(outcomes[static_cast<std::size_t>(i)].kind == Kind::filed || outcomes[static_cast<std::size_t>(i)].kind == Kind::seen_before);
        filed[i % 10] += outcomes[static_cast<std::size_t>(i)].kind == Kind::filed ? 1 : 0;
    }
    for (const auto& [used, times] : filed) EXPECT_EQ(times, 1) << used;
    EXPECT_EQ(sql("SELECT count(*) FROM puente.manifest"), "10");
    EXPECT_EQ(sql("SELECT sum(cardinality(uses)) FROM puente.identifier_use"), "10");
}

TEST_F(IdentifierUse, of_two_writers_at_the_same_moment_shows_to_one_of_them) {
    store::FilingWriter other{settings(), metrics_};
    std::vector<std::future<FilingOutcome>> waiting;
    for (int i = 0; i < 200; ++i) {
        for (const int copy : {0, 1}) {
            const int number = copy == 0 ? i : 199 - i;
            Filing filing = using_key(number + copy * 1000, static_cast<std::uint8_t>(number));
            filing.uses.push_back({&lasting, "SECOND", "", key(static_cast<std::uint8_t>(255 - number % 50))});
            auto awaiting = (copy == 0 ? writer() : other).file(std::make_shared<const Filing>(filing));
            waiting.push_back(boost::asio::co_spawn(io_, std::move(awaiting), boost::asio::use_future));
        }
    }
    for (auto& each : waiting) {
        const FilingOutcome outcome = each.get();
        EXPECT_TRUE(outcome.kind == Kind::filed || outcome.kind == Kind::seen_before) << static_cast<int>(outcome.kind);
    }
    EXPECT_EQ(sql("SELECT count(*) FROM puente.identifier_use WHERE cardinality(uses) > 1"), "0") << "no key was taken twice unseen";
    EXPECT_EQ(sql("SELECT count(*) FROM puente.manifest m WHERE NOT EXISTS (SELECT FROM puente.identifier_use k, unnest(k.uses) AS u WHERE u.manifest_id = m.manifest_id)"), "0");
    other.stop();
}

TEST_F(IdentifierUse, keeps_the_first_and_the_latest_only) {
    std::vector<manifest::EarlierUse> known;
    for (int i = 0; i < 60; ++i) {
        Filing filing = using_key(i, 7);
        filing.judged_with = known;
        const FilingOutcome outcome = file(filing);
        if (outcome.kind == Kind::seen_before) {
            filing.judged_with = outcome.earlier_uses;
            ASSERT_EQ(file(filing).kind, Kind::filed) << i;
        }
        known = filing.judged_with;
    }
    EXPECT_EQ(uses_of(7), "32");
    EXPECT_EQ(sql("SELECT (uses[1]).manifest_id FROM puente.identifier_use"), cleared_filing(0).manifest_id.text());
}

TEST_F(IdentifierUse, is_nobodys_business_but_the_intakes) {
    ASSERT_EQ(file(using_key(1, 7)).kind, Kind::filed);
    for (const store::As& each : {broker("company-1"), carrier("TSTA"), officer("CBP"), officer("SAT"), store::As::gateway()}) {
        static constexpr store::Statement peek{"peek_at_uses", "SELECT key FROM puente.identifier_use"};
        const std::function<Result<int>(store::Transaction&)> look = [](store::Transaction& tx) -> Result<int> {
            const Result<store::Rows> rows = tx.run(peek);
            if (!rows) return rows.error();
            return static_cast<int>(rows->size());
        };
        EXPECT_FALSE(as<int>(each, look)) << static_cast<int>(each.kind) << each.agency;
    }
}

}  // namespace

}  // namespace puente::test
