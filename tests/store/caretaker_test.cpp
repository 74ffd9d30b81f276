#include "puente/store/caretaker.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <mutex>

#include "puente/store/expiry.hpp"
#include "puente/telemetry/log.hpp"
#include "store/desk.hpp"

namespace puente::test {

namespace {

using namespace std::chrono_literals;
using store::As;
using store::Caretaker;
using store::Chore;
using store::Statement;
using store::Transaction;

constexpr std::size_t never_more = SIZE_MAX;

/// What happened, in its order, told by several threads.
class Diary {
public:
    void note(const std::string& line) {
        const std::lock_guard lock{mutex_};
        lines_.push_back(line);
    }
    std::vector<std::string> lines() const {
        const std::lock_guard lock{mutex_};
        return lines_;
    }
    std::size_t count(const std::string& line) const {
        const auto all = lines();
        return static_cast<std::size_t>(std::count(all.begin(), all.end(), line));
    }

private:
    mutable std::mutex mutex_;
    std::vector<std::string> lines_;
};

class Chores : public Desk {
protected:
    static Chore chore(const std::string& name, std::chrono::milliseconds every, std::function<Result<std::size_t>(Transaction&, std::size_t)> step,
                       std::size_t portion = never_more) {
        return {name, every, As::watch(), portion, std::move(step)};
    }
    Diary diary_;
};

TEST_F(Chores, are_done_at_once_and_again_after_their_time) {
    const auto noting = [this](const std::string& line) {
        return [this, line](Transaction&, std::size_t) -> Result<std::size_t> {
            diary_.note(line);
            return std::size_t{1};
        };
    };
    Caretaker caretaker{
        settings(), metrics_, {chore("often", 10ms, noting("often")), chore("rarely", 1h, noting("rarely"))}
    };
    EXPECT_TRUE(soon([&] { return diary_.count("often") >= 5; }));
    EXPECT_EQ(diary_.count("rarely"), 1u);
}

TEST_F(Chores, go_on_while_there_is_more_and_let_each_other_pass) {
    std::atomic<std::size_t> left{50};
    Chore large = chore(
        "large", 1h,
        [&](Transaction&, std::size_t most) -> Result<std::size_t> {
            const std::size_t some = std::min(most, left.load());
            left -= some;
            diary_.note("large");
            return some;
        },
        10);
    large.tell = [&](std::size_t done) { diary_.note("told " + std::to_string(done)); };
    Chore idle = chore("idle", 1h, [&](Transaction&, std::size_t) -> Result<std::size_t> {
        diary_.note("idle");
        return std::size_t{0};
    });
    idle.tell = [&](std::size_t) { diary_.note("told nothing"); };
    Caretaker caretaker{
        settings(), metrics_, {large, idle}
    };
    EXPECT_TRUE(soon([&] { return diary_.count("told 50") == 1; }));
    EXPECT_EQ(diary_.count("large"), 6u) << "five portions, and a look at what is left";
    const auto lines = diary_.lines();
    EXPECT_LE(std::find(lines.begin(), lines.end(), "idle") - lines.begin(), 1) << "after one portion at most";
    EXPECT_EQ(diary_.count("told nothing"), 0u);
}

TEST_F(Chores, run_in_a_transaction_under_their_role) {
    static constexpr Statement whoami{"caretaker_test_whoami", "SELECT current_user::text"};
    static constexpr Statement mark{"caretaker_test_mark", "UPDATE puente.board_cursor SET after_event = after_event + 1"};
    Chore sound = chore("sound", 1h, [&](Transaction& tx, std::size_t) -> Result<std::size_t> {
        const Result<store::Rows> rows = tx.run(whoami);
        if (!rows) return rows.error();
        diary_.note((*rows)[0].text(0));
        const Result<store::Rows> marked = tx.run(mark);
        if (!marked) return marked.error();
        return marked->affected();
    });
    Chore broken = chore("broken", 20ms, [&](Transaction& tx, std::size_t) -> Result<std::size_t> {
        const Result<store::Rows> marked = tx.run(mark);
        diary_.note("broken");
        return Error{ErrorKind::conflict, "not today"};
    });
    Caretaker caretaker{
        settings(), metrics_, {broken, sound}
    };
    EXPECT_TRUE(soon([&] { return diary_.count("broken") >= 3; })) << "one that fails is tried again";
    EXPECT_TRUE(soon([&] { return diary_.count("puente_watch") == 1; })) << "and keeps nobody from going on";
    caretaker.stop();
    EXPECT_EQ(sql("SELECT after_event FROM puente.board_cursor"), "1") << "what failed left nothing";
}

TEST_F(Chores, that_fail_are_told_once_until_they_are_done_again) {
    std::atomic<bool> works{false};
    std::atomic<int> tries{0};
    Chore moody = chore("moody", 10ms, [&](Transaction&, std::size_t) -> Result<std::size_t> {
        ++tries;
        if (works) return std::size_t{0};
        return Error{ErrorKind::conflict, "not today"};
    });
    const auto tried = [&](int more) {
        const int before = tries;
        return soon([&] { return tries >= before + more; });
    };
    testing::internal::CaptureStdout();
    telemetry::start_log({});
    {
        Caretaker caretaker{settings(), metrics_, {moody}};
        EXPECT_TRUE(tried(5));
        works = true;
        EXPECT_TRUE(tried(5));
        works = false;
        EXPECT_TRUE(tried(5));
    }
    telemetry::stop_log();
    const std::string log = testing::internal::GetCapturedStdout();
    std::size_t told = 0;
    for (std::size_t at = log.find("chore.waits"); at != std::string::npos; at = log.find("chore.waits", at + 1)) ++told;
    EXPECT_EQ(told, 2u) << log;
    EXPECT_NE(log.find("not today"), std::string::npos);
    EXPECT_NE(log.find("moody"), std::string::npos);
}

TEST_F(Chores, go_on_after_the_connection_was_lost) {
    std::atomic<int> done{0};
    static constexpr Statement one{"caretaker_test_one", "SELECT 1"};
    Caretaker caretaker{settings(), metrics_, {chore("steady", 10ms, [&](Transaction& tx, std::size_t) -> Result<std::size_t> {
                            const Result<store::Rows> rows = tx.run(one);
                            if (!rows) return rows.error();
                            ++done;
                            return std::size_t{0};
                        })}};
    EXPECT_TRUE(soon([&] { return done >= 3; }));
    cluster_.terminate_sessions(database_);
    const int before = done;
    EXPECT_TRUE(soon([&] { return done >= before + 3; }));
}

TEST_F(Chores, end_quickly_while_they_rest_and_while_they_hang) {
    static constexpr Statement sleep{"caretaker_test_sleep", "SELECT pg_sleep(4)"};
    std::atomic<bool> began{false};
    std::atomic<bool> ended{false};
    Caretaker resting{settings(), metrics_, {chore("rest", 1h, [](Transaction&, std::size_t) -> Result<std::size_t> { return std::size_t{0}; })}};
    Caretaker hanging{settings(), metrics_, {chore("hang", 1h, [&](Transaction& tx, std::size_t) -> Result<std::size_t> {
                          began = true;
                          const Result<store::Rows> rows = tx.run(sleep);
                          ended = bool{rows};
                          return std::size_t{0};
                      })}};
    ASSERT_TRUE(soon([&] { return began.load(); }));
    resting.stop();
    hanging.stop();
    EXPECT_FALSE(ended) << "cut off, and nothing of it is done";
}

TEST_F(Chores, of_two_gateways_forget_the_expired_answers_in_portions) {
    for (int i = 1; i <= 25; ++i) file(cleared_filing(i));
    EXPECT_EQ(
        sql("UPDATE puente.idempotency SET expires_at = now() - interval '1 second' WHERE manifest_id IN (SELECT manifest_id FROM puente.manifest "
            "ORDER BY manifest_id LIMIT 20)"),
        "");
    std::atomic<std::size_t> forgotten{0};
    Chore forget{"forget", 1h, As::intake(), 4, store::forget_expired_answers, [&](std::size_t done) { forgotten += done; }};
    Caretaker one{settings(), metrics_, {forget}};
    Caretaker other{settings(), metrics_, {forget}};
    EXPECT_TRUE(soon([&] { return forgotten == 20; })) << forgotten;
    EXPECT_EQ(sql("SELECT count(*) FROM puente.idempotency"), "5");
}

}  // namespace

}  // namespace puente::test
