#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <set>

#include "puente/store/records.hpp"
#include "store/desk.hpp"

namespace puente::test {

namespace {

using store::Filing;
using store::FilingOutcome;
using Kind = FilingOutcome::Kind;

class FilingTest : public Desk {
protected:
    static int count(const std::vector<FilingOutcome>& outcomes, Kind kind) {
        return static_cast<int>(std::count_if(outcomes.begin(), outcomes.end(), [&](const FilingOutcome& outcome) { return outcome.kind == kind; }));
    }
};

TEST_F(FilingTest, puts_record_document_and_event_on_file_exactly) {
    const Filing filing = cleared_filing(1);
    const FilingOutcome outcome = file(filing);
    ASSERT_EQ(outcome.kind, Kind::filed);
    EXPECT_EQ(outcome.status, 201);
    EXPECT_EQ(outcome.body, filing.answer_body);
    EXPECT_EQ(outcome.headers, filing.answer_headers);

    const std::function<Result<store::ManifestRecord>(store::Transaction&)> read = [&](store::Transaction& tx) {
        return store::find_manifest(tx, filing.manifest_id);
    };
    const Result<store::ManifestRecord> record = as<store::ManifestRecord>(broker("company-1"), read);
    ASSERT_TRUE(record) << record.error().detail();
    EXPECT_EQ(record->document, filing.document);
    EXPECT_EQ(record->sha256, filing.sha256);
    EXPECT_EQ(record->rule_sets, filing.rule_sets);
    EXPECT_EQ(record->mode, "TRUCK");
    EXPECT_EQ(record->status.status, "CLEARED");
    EXPECT_EQ(record->status.received_at, filing.received_at);
    EXPECT_EQ(record->status.estimated_arrival, filing.estimated_arrival);
    EXPECT_EQ(record->status.version, 1);
    EXPECT_EQ(record->status.state_no, 1);
    EXPECT_TRUE(record->status.legs.empty());
    EXPECT_EQ(sql("SELECT kind, actor, status FROM puente.event"), "filed|company-1|CLEARED");
}

TEST_F(FilingTest, opens_the_inspection_in_the_same_transaction) {
    ASSERT_EQ(file(selected_filing(1)).kind, Kind::filed);
    EXPECT_EQ(sql("SELECT essential, is_open FROM puente.inspection"), "{agribusiness,medical}|t");
    EXPECT_EQ(sql("SELECT agency, state, kind FROM puente.inspection_leg ORDER BY agency"), "CBP|PENDING|INSPECT\nSAT|PENDING|REVIEW");
    EXPECT_EQ(sql("SELECT agency, name, points FROM puente.selection_factor ORDER BY item"), "CBP|draw|0\nSAT|risk:value|25");
    EXPECT_EQ(sql("SELECT rule_id, agency_only FROM puente.finding ORDER BY item"), "SHARED-1|f\nCBP-1|t\nSAT-1|t");
}

TEST_F(FilingTest, replays_the_first_answer_byte_for_byte) {
    Filing filing = cleared_filing(1);
    filing.answer_body = std::string{"\0\xff\\x41'", 7};
    ASSERT_EQ(file(filing).kind, Kind::filed);
    Filing again = filing;
    again.manifest_id = cleared_filing(2).manifest_id;
    again.answer_body = "another";
    const FilingOutcome replayed = file(again);
    EXPECT_EQ(replayed.kind, Kind::replayed);
    EXPECT_EQ(replayed.body, filing.answer_body);
    EXPECT_EQ(replayed.headers, filing.answer_headers);
    EXPECT_EQ(replayed.status, 201);
    EXPECT_EQ(sql("SELECT count(*) FROM puente.manifest"), "1");
}

TEST_F(FilingTest, refuses_a_key_used_for_another_body) {
    ASSERT_EQ(file(cleared_filing(1)).kind, Kind::filed);
    Filing other = cleared_filing(2);
    other.idempotency_key = cleared_filing(1).idempotency_key;
    EXPECT_EQ(file(other).kind, Kind::key_reused);
    other.client_id = "client-2";
    EXPECT_EQ(file(other).kind, Kind::filed) << "keys belong to their client";
}

TEST_F(FilingTest, remembers_a_rejection_without_a_record) {
    Filing filing = cleared_filing(1);
    filing.on_file = false;
    filing.answer_status = 422;
    const FilingOutcome first = file(filing);
    EXPECT_EQ(first.kind, Kind::filed);
    EXPECT_EQ(first.status, 422);
    EXPECT_EQ(file(filing).kind, Kind::replayed);
    EXPECT_EQ(sql("SELECT count(*) FROM puente.manifest"), "0");
    EXPECT_EQ(sql("SELECT count(*) FROM puente.event"), "0");
}

TEST_F(FilingTest, keeps_one_open_manifest_for_each_trip_and_leaves_the_key_of_the_other_free) {
    ASSERT_EQ(file(cleared_filing(1)).kind, Kind::filed);
    Filing second = cleared_filing(2);
    second.trip_number = cleared_filing(1).trip_number;
    const FilingOutcome unknown = file(second);
    EXPECT_EQ(unknown.kind, Kind::seen_before) << "the rules have to know of it first";
    ASSERT_EQ(unknown.earlier_uses.size(), 1u);
    EXPECT_EQ(unknown.earlier_uses[0].key, Uuid{});
    EXPECT_EQ(unknown.earlier_uses[0].manifest_id, cleared_filing(1).manifest_id);
    EXPECT_EQ(sql("SELECT count(*) FROM puente.idempotency"), "1");
    second.judged_with = unknown.earlier_uses;
    EXPECT_EQ(file(second).kind, Kind::trip_in_use);
    second.judged_with.clear();
    sql("UPDATE puente.manifest SET status = 'CANCELLED'");
    EXPECT_EQ(file(second).kind, Kind::filed);
}

TEST_F(FilingTest, settles_duplicates_among_neighbours_one_by_one) {
    std::vector<Filing> filings;
    for (int i = 0; i < 200; ++i) {
        Filing filing = cleared_filing(i / 4);  // four of each key and trip
        filing.manifest_id = cleared_filing(1000 + i).manifest_id;
        filings.push_back(filing);
        Filing same_trip = cleared_filing(2000 + i);
        same_trip.trip_number = filing.trip_number;
        filings.push_back(same_trip);
    }
    const std::vector<FilingOutcome> outcomes = file_together(filings);
    EXPECT_EQ(count(outcomes, Kind::unavailable), 0);
    EXPECT_EQ(count(outcomes, Kind::key_reused), 0);
    EXPECT_EQ(count(outcomes, Kind::filed), 50) << "one of each trip";
    EXPECT_EQ(sql("SELECT count(*), count(DISTINCT trip_number) FROM puente.manifest"), "50|50");
    EXPECT_EQ(sql("SELECT count(*) FROM puente.idempotency"), "50");
    EXPECT_EQ(sql("SELECT count(*) FROM puente.event"), "50");
    EXPECT_EQ(sql("SELECT count(*) FROM puente.manifest_version"), "50");
}

struct BadFiling {
    const char* name;
    std::function<void(Filing&)> spoil;
};

class BadNeighbour : public FilingTest, public testing::WithParamInterface<BadFiling> {};

TEST_P(BadNeighbour, fails_alone) {
    std::vector<Filing> filings;
    for (int i = 0; i < 40; ++i) filings.push_back(i % 2 == 0 ? cleared_filing(i) : selected_filing(i));
    GetParam().spoil(filings[17]);
    const std::vector<FilingOutcome> outcomes = file_together(filings);
    EXPECT_EQ(outcomes[17].kind, Kind::unavailable);
    EXPECT_EQ(count(outcomes, Kind::filed), 39);
    EXPECT_EQ(sql("SELECT count(*) FROM puente.manifest"), "39");
}

const BadFiling bad_filings[] = {
    {"nul_in_text",
     [](Filing& filing) {
         filing.trip_number = std::string{"A\0B", 3};
     }                                                                                                      },
    {"not_utf8",             [](Filing& filing) { filing.company = "\xff"; }                                },
    {"hash_of_wrong_length", [](Filing& filing) { filing.sha256 = "short"; }                                },
    {"unknown_status",       [](Filing& filing) { filing.status = "SOMEHOW"; }                              },
    {"status_against_legs",  [](Filing& filing) { filing.status = "CLEARED"; }                              },
    {"rule_sets_not_json",   [](Filing& filing) { filing.rule_sets = "{"; }                                 },
    {"same_leg_twice",       [](Filing& filing) { filing.inspection->legs[1] = filing.inspection->legs[0]; }},
    {"finding_of_nobody",    [](Filing& filing) { filing.findings[0].rule_set = "XYZ"; }                    },
};
INSTANTIATE_TEST_SUITE_P(Each, BadNeighbour, testing::ValuesIn(bad_filings), [](const auto& each) { return std::string{each.param.name}; });

TEST_F(FilingTest, two_writers_racing_for_the_same_keys_agree_on_one_winner) {
    store::FilingWriter other{settings(), metrics_};
    std::vector<std::pair<int, std::future<FilingOutcome>>> waiting;
    for (int round = 0; round < 4; ++round) {
        for (int i = 0; i < 150; ++i) {
            for (const int copy : {0, 1}) {
                Filing filing = cleared_filing(copy == 0 ? i : 149 - i);
                const int number = copy == 0 ? i : 149 - i;
                filing.manifest_id = cleared_filing(1000 + (round * 150 + i) * 2 + copy).manifest_id;
                filing.answer_body = filing.manifest_id.text();
                store::FilingWriter& by = copy == 0 ? writer() : other;
                auto awaiting = by.file(std::make_shared<const Filing>(filing));
                waiting.emplace_back(number, boost::asio::co_spawn(io_, std::move(awaiting), boost::asio::use_future));
            }
        }
    }
    std::map<int, std::set<std::string>> answers;
    std::map<int, int> filed;
    for (auto& [number, future] : waiting) {
        const FilingOutcome outcome = future.get();
        ASSERT_TRUE(outcome.kind == Kind::filed || outcome.kind == Kind::replayed) << static_cast<int>(outcome.kind);
        answers[number].insert(outcome.body);
        filed[number] += outcome.kind == Kind::filed ? 1 : 0;
    }
    for (const auto& [number, bodies] : answers) EXPECT_EQ(bodies.size(), 1u) << number;
    for (const auto& [number, times] : filed) EXPECT_EQ(times, 1) << number;
    EXPECT_EQ(sql("SELECT count(*) FROM puente.manifest"), "150");
    other.stop();
}

TEST_F(FilingTest, refuses_at_once_when_too_much_is_waiting) {
    store::DatabaseSettings narrow = settings();
    narrow.queue_max = 2;
    narrow.writers = 1;
    narrow.batch_rows_max = 1;
    narrow.answer_time = std::chrono::milliseconds{700};
    narrow.lock_time = std::chrono::milliseconds{300};
    store::FilingWriter slow{narrow, metrics_};
    std::thread blocker{[&] { sql("BEGIN; LOCK puente.manifest IN ACCESS EXCLUSIVE MODE; SELECT pg_sleep(1); COMMIT"); }};
    ASSERT_TRUE(soon(
        [&] { return sql("SELECT count(*) FROM pg_locks WHERE mode = 'AccessExclusiveLock' AND relation = 'puente.manifest'::regclass") == "1"; }));
    std::vector<std::future<FilingOutcome>> waiting;
    for (int i = 0; i < 6; ++i) {
        auto awaiting = slow.file(std::make_shared<const Filing>(cleared_filing(i)));
        waiting.push_back(boost::asio::co_spawn(io_, std::move(awaiting), boost::asio::use_future));
    }
    std::vector<FilingOutcome> outcomes;
    for (auto& each : waiting) outcomes.push_back(each.get());
    EXPECT_GE(count(outcomes, Kind::overloaded), 3);
    EXPECT_GE(count(outcomes, Kind::unavailable), 1) << "the lock or the answer time ran out";
    blocker.join();
    slow.stop();
}

}  // namespace

}  // namespace puente::test
