#include <gtest/gtest.h>

#include <atomic>
#include <map>
#include <mutex>
#include <sstream>

#include "store/desk.hpp"

namespace puente::test {

namespace {

using store::Filing;
using store::FilingOutcome;
using Kind = FilingOutcome::Kind;

/// Brokers that file without a pause, and send again with the same key what was not answered, as they are told to.
class Outage : public Desk {
protected:
    void begin_load() {
        for (int broker = 0; broker < 16; ++broker) brokers_.emplace_back([this, broker] { file_on(broker); });
    }
    void end_load() {
        over_ = true;
        for (std::thread& broker : brokers_) broker.join();
        brokers_.clear();
    }
    void file_on(int broker) {
        for (int number = broker; !over_; number += 16) {
            Filing filing = number % 5 == 0 ? selected_filing(number) : cleared_filing(number);
            for (int attempt = 0; !over_; ++attempt) {
                filing.manifest_id = cleared_filing(number + 1'000'000 * attempt).manifest_id;
                if (filing.inspection) filing.inspection->inspection_id = selected_filing(number + 1'000'000 * attempt).inspection->inspection_id;
                filing.answer_body = filing.manifest_id.text();
                const FilingOutcome outcome = file(filing);
                if (outcome.kind == Kind::unavailable || outcome.kind == Kind::overloaded) {
                    ++refused_;
                    std::this_thread::sleep_for(std::chrono::milliseconds{20});
                    continue;
                }
                if (outcome.kind != Kind::filed && outcome.kind != Kind::replayed) ++wrong_;
                ++acknowledged_;
                const std::lock_guard lock{mutex_};
                answers_[filing.trip_number] = outcome.body;
                break;
            }
        }
    }
    /// Every acknowledged filing is there, under the id that was told, once, with all its parts.
    void expect_whole() {
        EXPECT_EQ(wrong_, 0);
        EXPECT_EQ(sql("SELECT count(*) FROM (SELECT trip_number FROM puente.manifest GROUP BY 1 HAVING count(*) > 1) AS doubled"), "0");
        std::map<std::string, std::string> there;
        std::istringstream rows{sql("SELECT trip_number, manifest_id FROM puente.manifest")};
        for (std::string row; std::getline(rows, row);) there[row.substr(0, row.find('|'))] = row.substr(row.find('|') + 1);
        for (const auto& [trip, id] : answers_) EXPECT_EQ(there[trip], id) << trip;
        const std::string count = sql("SELECT count(*) FROM puente.manifest");
        for (const char* table : {"manifest_version", "event", "idempotency"})
            EXPECT_EQ(sql(std::string{"SELECT count(*) FROM puente."} + table), count) << table;
        EXPECT_EQ(sql("SELECT count(*) FROM puente.manifest AS m WHERE (m.status <> 'CLEARED') <> EXISTS (SELECT FROM puente.inspection AS i WHERE "
                      "i.manifest_id = m.manifest_id)"),
                  "0");
    }
    bool files_again() {
        const long before = acknowledged_;
        return soon([&] { return acknowledged_ > before + 50; });
    }

    std::atomic<bool> over_{false};
    std::atomic<long> acknowledged_{0};
    std::atomic<long> refused_{0};
    std::atomic<int> wrong_{0};

private:
    std::mutex mutex_;
    std::map<std::string, std::string> answers_;
    std::vector<std::thread> brokers_;
};

TEST_F(Outage, sessions_ended_under_load_lose_and_double_nothing) {
    writer();
    begin_load();
    for (int round = 0; round < 8; ++round) {
        ASSERT_TRUE(files_again()) << "round " << round;
        cluster_.terminate_sessions(database_);
    }
    ASSERT_TRUE(files_again());
    end_load();
    expect_whole();
}

TEST_F(Outage, kill_9_of_the_database_under_load_loses_and_doubles_nothing) {
    writer();
    pool();
    begin_load();
    for (int round = 0; round < 2; ++round) {
        ASSERT_TRUE(files_again()) << "round " << round;
        EXPECT_TRUE(writer().reachable());
        cluster_.kill();
        EXPECT_TRUE(soon([&] { return !writer().reachable() && !pool().reachable(); }));
        const auto began = std::chrono::steady_clock::now();
        EXPECT_EQ(file(cleared_filing(99'999'999)).kind, Kind::unavailable);
        const std::function<Result<bool>(store::Transaction&)> nothing = [](store::Transaction&) -> Result<bool> { return true; };
        EXPECT_EQ(as<bool>(store::As::gateway(), nothing).error().kind(), ErrorKind::overloaded);
        EXPECT_LT(std::chrono::steady_clock::now() - began, std::chrono::seconds{3}) << "down means a quick answer";
        cluster_.start();
        EXPECT_TRUE(soon([&] { return writer().reachable() && pool().reachable(); }));
    }
    ASSERT_TRUE(files_again());
    end_load();
    EXPECT_GT(refused_, 0);
    expect_whole();
}

TEST_F(Outage, a_writer_that_starts_before_the_database_answers_at_once_and_works_later) {
    cluster_.kill();
    store::DatabaseSettings hasty = settings();
    store::FilingWriter early{hasty, metrics_};
    auto waiting = early.file(std::make_shared<const Filing>(cleared_filing(1)));
    EXPECT_EQ(boost::asio::co_spawn(io_, std::move(waiting), boost::asio::use_future).get().kind, Kind::unavailable);
    cluster_.start();
    EXPECT_TRUE(soon([&] { return early.reachable(); }));
    auto again = early.file(std::make_shared<const Filing>(cleared_filing(1)));
    EXPECT_EQ(boost::asio::co_spawn(io_, std::move(again), boost::asio::use_future).get().kind, Kind::filed);
    early.stop();
    auto late = early.file(std::make_shared<const Filing>(cleared_filing(2)));
    EXPECT_EQ(boost::asio::co_spawn(io_, std::move(late), boost::asio::use_future).get().kind, Kind::overloaded) << "after stop nothing is taken";
}

// A COMMIT that waits for a standby which is not there, and is cancelled, comes back with success and a WARNING (PostgreSQL 15, SyncRepWaitForLSN).
TEST_F(Outage, a_commit_with_a_warning_is_not_acknowledged) {
    writer();
    ASSERT_TRUE(soon([&] { return writer().reachable(); }));
    ASSERT_EQ(sql("ALTER SYSTEM SET synchronous_standby_names = 'nobody'"), "");
    ASSERT_EQ(sql("SELECT pg_reload_conf()"), "t");
    ASSERT_TRUE(soon([&] { return cluster_.sql("postgres", "SHOW synchronous_standby_names") == "nobody"; }));
    std::future<FilingOutcome> waiting = begin_filing(cleared_filing(1));
    const std::string stuck = "SELECT count(*) FROM pg_stat_activity WHERE usename = 'puente_app' AND wait_event = 'SyncRep'";
    ASSERT_TRUE(soon([&] { return sql(stuck) == "1"; }));
    sql("SELECT pg_cancel_backend(pid) FROM pg_stat_activity WHERE wait_event = 'SyncRep' AND usename = 'puente_app'");
    EXPECT_TRUE(soon([&] { return sql("SELECT count(*) FROM puente.manifest") == "1"; })) << "written here";
    ASSERT_TRUE(soon([&] { return sql(stuck) == "1"; })) << "and looked up: which waits for the standby as well";
    EXPECT_EQ(waiting.wait_for(std::chrono::milliseconds{0}), std::future_status::timeout) << "but not acknowledged";
    ASSERT_EQ(sql("ALTER SYSTEM RESET synchronous_standby_names"), "");
    ASSERT_EQ(sql("SELECT pg_reload_conf()"), "t");
    EXPECT_EQ(waiting.get().kind, Kind::filed) << "once the wait is over, it is what it is";
}

}  // namespace

}  // namespace puente::test
