#include "puente/store/transaction.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <limits>

#include "store/binary_array.hpp"
#include "store/desk.hpp"
#include "store/sqlstate.hpp"

namespace puente::test {

namespace {

using store::BinaryArray;
using store::Element;
using store::Row;
using store::Rows;
using store::Statement;
using store::Transaction;

class TransactionTest : public Desk {
protected:
    template <class... Values>
    std::string first_text(const Statement& statement, const Values&... values) {
        const std::function<Result<std::string>(Transaction&)> ask = [&](Transaction& tx) -> Result<std::string> {
            const Result<Rows> rows = tx.run(statement, values...);
            if (!rows) return rows.error();
            return (*rows)[0].text(0);
        };
        const Result<std::string> said = as<std::string>(store::As::gateway(), ask);
        return said ? *said : "error " + std::to_string(static_cast<int>(said.error().kind()));
    }
    Result<bool> run_as(const store::As& who, const char* text) {
        const std::function<Result<bool>(Transaction&)> work = [text](Transaction& tx) -> Result<bool> {
            const Statement statement{text, text};
            const Result<Rows> rows = tx.run(statement);
            if (!rows) return rows.error();
            return true;
        };
        return as<bool>(who, work);
    }
};

TEST_F(TransactionTest, binds_every_type_exactly) {
    const Statement statement{
        "all_types", "SELECT $1::text, $2::uuid, $3::timestamptz, $4::int4, $5::int8, $6::bool, $7::bytea, ($8::uuid[])[1], ($9::timestamptz[])[1]"};
    const Uuid uuid = *Uuid::parse("01950000-0000-7000-8000-0000000000ff");
    const Instant before_epoch{std::chrono::sys_days{std::chrono::year{1969} / 12 / 31} + std::chrono::microseconds{1}};
    const std::string octets{"\0\xff\\'", 4};
    const std::function<Result<bool>(Transaction&)> ask = [&](Transaction& tx) -> Result<bool> {
        const Result<Rows> rows =
            tx.run(statement, "ñ'\\", uuid, before_epoch, std::numeric_limits<std::int32_t>::min(), std::numeric_limits<std::int64_t>::max(), true,
                   store::Octets{octets}, std::optional<Uuid>{}, std::optional<Instant>{before_epoch});
        if (!rows) return rows.error();
        const Row row = (*rows)[0];
        EXPECT_EQ(row.text(0), "ñ'\\");
        EXPECT_EQ(row.uuid(1), uuid);
        EXPECT_EQ(row.instant(2), before_epoch);
        EXPECT_EQ(row.int32(3), std::numeric_limits<std::int32_t>::min());
        EXPECT_EQ(row.int64(4), std::numeric_limits<std::int64_t>::max());
        EXPECT_TRUE(row.boolean(5));
        EXPECT_EQ(row.octets(6), octets);
        EXPECT_TRUE(row.is_null(7));
        EXPECT_EQ(row.optional_instant(8), before_epoch);
        return true;
    };
    const Result<bool> done = as<bool>(store::As::gateway(), ask);
    ASSERT_TRUE(done) << done.error().detail();
}

TEST_F(TransactionTest, arrays_keep_order_nulls_and_every_octet) {
    BinaryArray texts{Element::text};
    for (const char* text : {"a", "", "{\"'},NULL"}) texts.add_text(text);
    texts.add_null();
    EXPECT_EQ(first_text({"texts", "SELECT array_to_json($1::text[])"}, texts.parameter()), R"(["a","","{\"'},NULL",null])");
    BinaryArray numbers{Element::int64};
    numbers.add_int64(-1);
    numbers.add_int64(1);
    EXPECT_EQ(first_text({"numbers", "SELECT $1::int8[]"}, numbers.parameter()), "{-1,1}");
    BinaryArray small{Element::int32};
    small.add_int32(-7);
    EXPECT_EQ(first_text({"small", "SELECT $1::int4[]"}, small.parameter()), "{-7}");
    BinaryArray flags{Element::boolean};
    flags.add_bool(true);
    flags.add_bool(false);
    EXPECT_EQ(first_text({"flags", "SELECT $1::bool[]"}, flags.parameter()), "{t,f}");
    BinaryArray octets{Element::octets};
    octets.add_octets(std::string_view{"\0\xff", 2});
    EXPECT_EQ(first_text({"octets", "SELECT encode(($1::bytea[])[1], 'hex')"}, octets.parameter()), "00ff");
    EXPECT_EQ(first_text({"none", "SELECT cardinality($1::uuid[])"}, BinaryArray{Element::uuid}.parameter()), "0");
}

TEST_F(TransactionTest, refuses_a_nul_in_text_instead_of_cutting_it) {
    EXPECT_EQ(first_text({"nul", "SELECT $1::text"}, std::string{"AB\0CD", 5}), "error " + std::to_string(static_cast<int>(ErrorKind::malformed)));
}

TEST_F(TransactionTest, commits_nothing_after_a_failed_statement_even_when_the_work_ignores_it) {
    ASSERT_TRUE(sql("CREATE TABLE public.note (word text); GRANT ALL ON public.note TO puente_gateway").empty());
    const std::function<Result<bool>(Transaction&)> careless = [](Transaction& tx) -> Result<bool> {
        const Statement insert{"careless_insert", "INSERT INTO public.note VALUES ('x')"};
        const Statement broken{"careless_broken", "SELECT 1 / 0"};
        (void)tx.run(insert);
        (void)tx.run(broken);
        (void)tx.run(insert);
        return true;
    };
    const Result<bool> done = as<bool>(store::As::gateway(), careless);
    ASSERT_FALSE(done);
    EXPECT_EQ(done.error().kind(), ErrorKind::malformed);
    EXPECT_EQ(sql("SELECT count(*) FROM public.note"), "0");
}

TEST_F(TransactionTest, rolls_back_when_the_work_gives_an_error_or_throws) {
    ASSERT_TRUE(sql("CREATE TABLE public.note (word text); GRANT ALL ON public.note TO puente_gateway").empty());
    const Statement insert{"note", "INSERT INTO public.note VALUES ('x')"};
    const std::function<Result<bool>(Transaction&)> refuses = [&](Transaction& tx) -> Result<bool> {
        (void)tx.run(insert);
        return Error{ErrorKind::conflict, "no"};
    };
    const std::function<Result<bool>(Transaction&)> throws = [&](Transaction& tx) -> Result<bool> {
        (void)tx.run(insert);
        throw std::runtime_error{"a bug"};
    };
    EXPECT_EQ(as<bool>(store::As::gateway(), refuses).error().kind(), ErrorKind::conflict);
    EXPECT_EQ(as<bool>(store::As::gateway(), throws).error().kind(), ErrorKind::internal);
    EXPECT_EQ(sql("SELECT count(*) FROM public.note"), "0");
}

TEST_F(TransactionTest, runs_deadlocked_work_again) {
    ASSERT_TRUE(
        sql("CREATE TABLE public.pair (id int, n int); INSERT INTO public.pair VALUES (1, 0), (2, 0); GRANT ALL ON public.pair TO puente_gateway")
            .empty());
    const auto crosswise = [](std::int32_t first, std::int32_t second) {
        return [first, second](Transaction& tx) -> Result<bool> {
            const Statement add{"crosswise", "UPDATE public.pair SET n = n + 1 WHERE id = $1"};
            const Statement rest{"rest", "SELECT pg_sleep(0.2)"};
            if (const Result<Rows> done = tx.run(add, first); !done) return done.error();
            if (const Result<Rows> done = tx.run(rest); !done) return done.error();
            if (const Result<Rows> done = tx.run(add, second); !done) return done.error();
            return true;
        };
    };
    auto one = pool().in_transaction<bool>(store::As::gateway(), crosswise(1, 2));
    auto two = pool().in_transaction<bool>(store::As::gateway(), crosswise(2, 1));
    auto first = boost::asio::co_spawn(io_, std::move(one), boost::asio::use_future);
    auto second = boost::asio::co_spawn(io_, std::move(two), boost::asio::use_future);
    EXPECT_TRUE(first.get());
    EXPECT_TRUE(second.get());
    EXPECT_EQ(sql("SELECT sum(n) FROM public.pair"), "4");
}

TEST_F(TransactionTest, answers_in_time_when_the_database_does_not) {
    store::DatabaseSettings hasty = settings();
    hasty.answer_time = std::chrono::milliseconds{200};
    hasty.statement_time = std::chrono::milliseconds{1500};
    store::Pool slow{hasty, metrics_};
    const std::function<Result<bool>(Transaction&)> sleep = [](Transaction& tx) -> Result<bool> {
        const Statement long_sleep{"long_sleep", "SELECT pg_sleep(20)"};
        const Result<Rows> rows = tx.run(long_sleep);
        if (!rows) return rows.error();
        return true;
    };
    const auto began = std::chrono::steady_clock::now();
    auto waiting = slow.in_transaction<bool>(store::As::gateway(), sleep);
    const Result<bool> done = boost::asio::co_spawn(io_, std::move(waiting), boost::asio::use_future).get();
    EXPECT_EQ(done.error().kind(), ErrorKind::overloaded);
    EXPECT_LT(std::chrono::steady_clock::now() - began, std::chrono::seconds{1});
    slow.stop();
    EXPECT_LT(std::chrono::steady_clock::now() - began, std::chrono::seconds{5}) << "the sleep is cut off";
}

TEST_F(TransactionTest, an_officer_of_no_known_agency_may_nothing) {
    EXPECT_EQ(run_as(officer("XYZ"), "SELECT 1").error().kind(), ErrorKind::forbidden);
}

struct SqlstateCase {
    const char* state;
    ErrorKind kind;
    bool retryable;
    bool data;
};
constexpr SqlstateCase sqlstate_cases[] = {
    {"23505", ErrorKind::conflict,   false, true },
    {"23514", ErrorKind::conflict,   false, true },
    {"23502", ErrorKind::malformed,  false, true },
    {"22021", ErrorKind::malformed,  false, true },
    {"42501", ErrorKind::forbidden,  false, false},
    {"40001", ErrorKind::overloaded, true,  false},
    {"40P01", ErrorKind::overloaded, true,  false},
    {"55P03", ErrorKind::overloaded, false, false},
    {"57014", ErrorKind::overloaded, false, false},
    {"53100", ErrorKind::overloaded, false, false},
    {"08006", ErrorKind::overloaded, false, false},
    {"42601", ErrorKind::internal,   false, false},
    {"",      ErrorKind::internal,   false, false},
};

TEST(Sqlstate, has_one_meaning_each) {
    for (const SqlstateCase& each : sqlstate_cases) {
        EXPECT_EQ(store::error_of(each.state).kind(), each.kind) << each.state;
        EXPECT_EQ(store::is_retryable(each.state), each.retryable) << each.state;
        EXPECT_EQ(store::is_data_error(each.state), each.data) << each.state;
    }
}

}  // namespace

}  // namespace puente::test
